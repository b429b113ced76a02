import type { Metadata } from 'next'
import { changeRole, removeMember, signOutEverywhere } from '@/app/(portal)/settings/actions'
import { MembersTable } from '@/components/settings/members-table'
import { SettingsHeader } from '@/components/settings/settings-header'
import { SignOutEverywhere } from '@/components/settings/sign-out-everywhere'
import { listMembers } from '@/db/queries/organisation'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'

export const metadata: Metadata = { title: 'Members' }

export default async function MembersPage() {
  const member = await requireMember()
  const members = await listMembers(member)

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
        actions={mayDo(member.role, 'manage_members') ? { changeRole, removeMember } : null}
      />
      <SignOutEverywhere action={signOutEverywhere} />
    </>
  )
}
