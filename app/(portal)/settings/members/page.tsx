import type { Metadata } from 'next'
import { changeRole, endSessionsOfMember, letMemberIn, removeMember } from '@/app/(portal)/settings/actions'
import { MembersTable } from '@/components/settings/members-table'
import { RemovedMembers } from '@/components/settings/removed-members'
import { SettingsHeader } from '@/components/settings/settings-header'
import { listMembers, listRemovedMembers } from '@/db/queries/organisation'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'

export const metadata: Metadata = { title: 'Members' }

export default async function MembersPage() {
  const member = await requireMember()
  const manages = mayDo(member.role, 'manage_members')
  const members = await listMembers(member)
  const removed = manages ? await listRemovedMembers(member) : []

  return (
    <>
      <SettingsHeader current="members" />
      <p className="mb-4 max-w-2xl text-ink-soft">
        Everyone who signs in from {member.organisationName} becomes a member. Viewers read. Admins also connect, sync,
        rename and disconnect. Owners also manage members.
      </p>
      <MembersTable
        members={members}
        selfId={member.memberId}
        actions={manages ? { changeRole, removeMember, endSessionsOfMember } : null}
      />
      {removed.length > 0 ? <RemovedMembers members={removed} letIn={letMemberIn} /> : null}
    </>
  )
}
