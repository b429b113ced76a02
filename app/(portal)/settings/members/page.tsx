import type { Metadata } from 'next'
import {
  changeJoinRule,
  changeRole,
  endSessionsOfMember,
  invitePerson,
  letMemberIn,
  refuseMember,
  removeMember,
  takeBackInvitation,
} from '@/app/(portal)/settings/actions'
import { Invitations } from '@/components/settings/invitations'
import { GroupsNotToldAdvice } from '@/components/settings/join-doubt'
import { JoinRuleForm } from '@/components/settings/join-rule-form'
import { MembersTable } from '@/components/settings/members-table'
import { RemovedMembers } from '@/components/settings/removed-members'
import { SettingsHeader } from '@/components/settings/settings-header'
import { WaitingMembers } from '@/components/settings/waiting-members'
import {
  listInvitations,
  listMembers,
  listRemovedMembers,
  listWaitingMembers,
  readJoinRule,
} from '@/db/queries/organisation'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import type { JoinRule } from '@/lib/domain/vocabulary'

export const metadata: Metadata = { title: 'Members' }

export default async function MembersPage() {
  const member = await requireMember()
  const manages = mayDo(member.role, 'manage_members')
  const [members, joining] = await Promise.all([listMembers(member), readJoinRule(member)])
  const [removed, waiting, invited] = manages
    ? await Promise.all([listRemovedMembers(member), listWaitingMembers(member), listInvitations(member)])
    : [[], [], []]
  const groupsNotTold = [...members, ...waiting].some(({ joinDoubt }) => joinDoubt === 'groups_not_told')

  return (
    <>
      <SettingsHeader current="members" />
      <p className="mb-4 max-w-2xl text-ink-soft">
        {joining ? describeRule(joining.rule, member.organisationName) : null} Viewers read. Admins also connect, sync,
        rename and disconnect. Owners also manage members.
      </p>
      {waiting.length > 0 ? <WaitingMembers members={waiting} letIn={letMemberIn} refuse={refuseMember} /> : null}
      {manages && groupsNotTold ? <GroupsNotToldAdvice /> : null}
      {manages && joining ? <JoinRuleForm {...joining} action={changeJoinRule} /> : null}
      <MembersTable
        members={members}
        selfId={member.memberId}
        actions={manages ? { changeRole, removeMember, endSessionsOfMember, letMemberIn } : null}
      />
      {manages ? <Invitations invitations={invited} invite={invitePerson} takeBack={takeBackInvitation} /> : null}
      {removed.length > 0 ? <RemovedMembers members={removed} letIn={letMemberIn} /> : null}
    </>
  )
}

function describeRule(rule: JoinRule, organisation: string): string {
  switch (rule) {
    case 'everyone':
      return `Everyone who signs in from ${organisation} becomes a member.`
    case 'groups':
      return `Whoever signs in from ${organisation} becomes a member if they are in one of the groups, or hold one of the app roles, that owners named.`
    case 'invitation':
      return `Whoever signs in from ${organisation} has to be invited by an owner first.`
    case 'approval':
      return `Whoever signs in from ${organisation} waits until an owner lets them in.`
  }
}
