import { ChevronLeft } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Chip } from '@/components/ui/chip'
import { ShortId } from '@/components/ui/copyable'
import { Name } from '@/components/ui/name'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import type { GroupDetails, GroupGrant, GroupMemberRow } from '@/db/queries/groups'
import { wordsOfCondition } from '@/lib/domain/condition-words'
import { spellControls } from '@/lib/domain/words'
import { GroupName, GroupStateMark } from './group-name'
import { EmailText, PersonStatusMark, PrincipalKindText, PrincipalName } from './holder-cells'
import { GROUP_STATE_WORDS, isOpened } from './labels'
import { EndsChip, RoleChip } from './role-chip'
import { ScopeLabel, type ScopeOf } from './scope-label'

type Props = {
  group: GroupDetails
  /** The address of the connection's page. */
  home: string
  of: ScopeOf
  /** The page on which a permission can be asked for; null for those who may not ask. */
  settingsHref: string | null
  /** The links to the other pages of members. */
  pager: ReactNode
}

/** One group: how far it was opened, the roles it holds, the groups it is in, and its direct members. */
export function GroupView({ group, home, of, settingsHref, pager }: Props) {
  const path = `${home}/groups`
  const { says, next } = GROUP_STATE_WORDS[group.state]
  const asks = (group.state === 'not_asked' || group.state === 'flat') && settingsHref

  return (
    <section aria-labelledby="group-title" className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <div>
        <Link
          href={path}
          prefetch={false}
          className="-ml-1 inline-flex items-center gap-1 rounded-md pr-1.5 text-sm text-ink-soft hover:text-ink"
        >
          <ChevronLeft aria-hidden className="size-4" />
          All groups
        </Link>
        <h2 id="group-title" dir="auto" className="mt-1 text-left text-xl font-semibold tracking-tight break-words">
          {spellControls(group.name ?? 'A group without a known name')}
        </h2>
        <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-soft">
          <GroupStateMark state={group.state} />
          <span className="tabular-nums">{describeReach(group)}</span>
          <ShortId id={group.id} label="ID of the group" />
        </div>
        <p className="mt-2 max-w-3xl text-sm text-ink-soft">
          {says}{' '}
          {asks ? (
            <Link href={settingsHref} prefetch={false} className="link">
              Ask for GroupMember.Read.All in Settings
            </Link>
          ) : (
            next
          )}
        </p>
      </div>
      <Part title="Holds here">
        {group.held.length > 0 ? (
          <GroupGrants grants={group.held} of={of} />
        ) : (
          <p className="text-sm text-ink-soft">
            No role itself. Its members have access through the groups it lies in.
          </p>
        )}
      </Part>
      {group.parents.length > 0 ? (
        <Part title="Lies in">
          <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
            {group.parents.map((parent) => (
              <li key={parent.id} className="min-w-0 max-w-full">
                <GroupName group={parent} groupsPath={path} />
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      {isOpened(group.state) ? (
        <Part title={group.state === 'flat' ? 'Everyone in it' : 'Directly in it'}>
          {group.memberPage.rows.length > 0 ? (
            <>
              <GroupMembers rows={group.memberPage.rows} home={home} />
              {pager}
            </>
          ) : (
            <p className="text-sm text-ink-soft">Nobody: the group is empty, so its roles reach no one.</p>
          )}
        </Part>
      ) : null}
    </section>
  )
}

function describeReach({ members, directMembers }: GroupDetails): string | null {
  if (members === null) return null
  const all = `reaches ${members.toLocaleString('en')} ${members === 1 ? 'member' : 'members'}`
  return directMembers === null ? all : `${all}; ${directMembers.toLocaleString('en')} directly in it`
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-2 font-medium">{title}</h3>
      {children}
    </div>
  )
}

/** The roles of the group itself, which everyone in it has, directly or through groups inside it. */
function GroupGrants({ grants, of }: { grants: GroupGrant[]; of: ScopeOf }) {
  return (
    <Table caption="Roles the group holds here">
      <Thead>
        <Th className="tabular:w-[34%]">Role</Th>
        <Th className="tabular:w-[28%]">Scope</Th>
        <Th>Assigned in Azure</Th>
        <Th>First seen</Th>
      </Thead>
      <Tbody>
        {grants.map((grant) => (
          <Tr key={grant.key}>
            <Td>
              <span className="flex flex-wrap items-center gap-1">
                <RoleChip
                  name={grant.roleName ?? grant.roleId}
                  privilege={grant.privilege}
                  custom={grant.custom}
                  eligible={grant.kind === 'eligible'}
                />
                <EndsChip kind={grant.kind} endsAt={grant.endsAt} />
              </span>
            </Td>
            <Td label="Scope">
              <ScopeLabel scope={grant.scope} level={grant.level} of={of} inheritance />
              {grant.condition ? (
                <span className="mt-1 block">
                  <Chip title={wordsOfCondition(grant.condition) ?? grant.condition}>With a condition</Chip>
                </span>
              ) : null}
            </Td>
            <Td label="Assigned in Azure" className="text-ink-soft">
              {grant.assignedOn ? <RelativeTime at={grant.assignedOn} /> : 'Azure does not say'}
            </Td>
            <Td label="First seen" className="text-ink-soft">
              <RelativeTime at={grant.firstSeen} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

/** The direct members of a group. People lead to their paths, groups to their own page. */
function GroupMembers({ rows, home }: { rows: GroupMemberRow[]; home: string }) {
  return (
    <Table caption="Members of the group">
      <Thead>
        <Th className="tabular:w-[26%]">Name</Th>
        <Th className="tabular:w-[14%]">Kind</Th>
        <Th className="tabular:w-[28%]">Email</Th>
        <Th className="tabular:w-[16%]">Status</Th>
        <Th>First seen in it</Th>
      </Thead>
      <Tbody>
        {rows.map((member) => (
          <Tr key={member.id}>
            <Td>
              <MemberName member={member} home={home} />
            </Td>
            <Td label="Kind" className="text-ink-soft">
              {member.kind === 'user' ? 'Person' : <PrincipalKindText kind={member.kind} variety={null} />}
            </Td>
            <Td label="Email">{member.kind === 'user' ? <EmailText email={member.email} /> : null}</Td>
            <Td label="Status">
              {member.kind === 'user' ? <PersonStatusMark status={member.status} guest={member.guest} /> : null}
            </Td>
            <Td label="First seen in it" className="text-ink-soft">
              <RelativeTime at={member.since} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

function MemberName({ member: { id, kind, name, email, status }, home }: { member: GroupMemberRow; home: string }) {
  if (kind === 'group') return <GroupName group={{ id, name }} groupsPath={`${home}/groups`} />
  if (kind !== 'user')
    return name ? <Name of={name} className="font-medium" /> : <ShortId id={id} label="ID of the member" />
  return (
    <PrincipalName id={id} name={name} email={email} deleted={status === 'deleted'} href={`${home}/people/${id}`} />
  )
}
