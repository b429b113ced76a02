import type { Metadata } from 'next'
import {
  changeJoinRule,
  changeRole,
  endSessionsOfMember,
  letMemberIn,
  refuseMember,
  removeMember,
} from '@/app/(portal)/settings/actions'
import { JoinRuleForm } from '@/components/settings/join-rule-form'
import { MembersTable } from '@/components/settings/members-table'
import { RemovedMembers } from '@/components/settings/removed-members'
import { SettingsHeader } from '@/components/settings/settings-header'
import { WaitingMembers } from '@/components/settings/waiting-members'
import { listMembers, listRemovedMembers, listWaitingMembers, readJoinRule } from '@/db/queries/organisation'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'

export const metadata: Metadata = { title: 'Members' }

export default async function MembersPage() {
  const member = await requireMember()
  const manages = mayDo(member.role, 'manage_members')
  const [members, rule] = await Promise.all([listMembers(member), readJoinRule(member)])
  const [removed, waiting] = manages
    ? await Promise.all([listRemovedMembers(member), listWaitingMembers(member)])
    : [[], []]

  return (
    <>
      <SettingsHeader current="members" />
      <p className="mb-4 max-w-2xl text-ink-soft">
        {rule === 'everyone'
          ? `Everyone who signs in from ${member.organisationName} becomes a member.`
          : `Whoever signs in from ${member.organisationName} waits until an owner lets them in.`}{' '}
        Viewers read. Admins also connect, sync, rename and disconnect. Owners also manage members.
      </p>
      {waiting.length > 0 ? <WaitingMembers members={waiting} letIn={letMemberIn} refuse={refuseMember} /> : null}
      {manages && rule ? <JoinRuleForm rule={rule} action={changeJoinRule} /> : null}
      <MembersTable
        members={members}
        selfId={member.memberId}
        actions={manages ? { changeRole, removeMember, endSessionsOfMember } : null}
      />
      {removed.length > 0 ? <RemovedMembers members={removed} letIn={letMemberIn} /> : null}
    </>
  )
}
