import { ShortId } from '@/components/ui/copyable'
import { Name } from '@/components/ui/name'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import type { GroupMemberRow, GroupOwnerRow } from '@/db/queries/groups'
import { keepMoment } from '@/lib/domain/as-of'
import { dateWords, momentWords } from '@/lib/domain/words'
import { GroupName, MembershipChip } from './group-name'
import { EmailText, NotReadSince, PersonStatusMark, PrincipalKindText, PrincipalName } from './holder-cells'

/** The direct members of a group, and who can become one. People lead to their paths, groups to their own page. */
export function GroupMembers({ rows, home, at }: { rows: GroupMemberRow[]; home: string; at: string }) {
  return (
    <Table caption="Members of the group">
      <Thead>
        <Th className="tabular:w-[28%]">Name</Th>
        <Th className="tabular:w-[14%]">Kind</Th>
        <Th className="tabular:w-[27%]">Email</Th>
        <Th className="tabular:w-[15%]">Status</Th>
        <Th>First seen in it</Th>
      </Thead>
      <Tbody>
        {rows.map((member) => {
          const faded = member.readAt ? 'text-ink-soft' : undefined
          return (
            <Tr key={`${member.id} ${member.membership}`}>
              <Td>
                <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
                  <span className={faded}>
                    <MemberName member={member} home={home} at={at} />
                  </span>
                  <MembershipChip membership={member.membership} endsAt={member.endsAt} />
                  {member.readAt ? <NotReadSince at={member.readAt} /> : null}
                </span>
              </Td>
              <Td label="Kind" className="text-ink-soft">
                <MemberKind member={member} />
              </Td>
              <Td label="Email">
                {member.kind === 'user' ? (
                  <span className={faded}>
                    <EmailText email={member.email} source={member.emailSource} />
                  </span>
                ) : null}
              </Td>
              <Td label="Status">
                {member.kind === 'user' ? <PersonStatusMark status={member.status} guest={member.guest} /> : null}
              </Td>
              <Td label="First seen in it" className="text-ink-soft">
                <RelativeTime at={member.since} />
              </Td>
            </Tr>
          )
        })}
      </Tbody>
    </Table>
  )
}

/** Who decides on the members of a group, or can become able to. */
export function GroupOwners({ rows, home, at }: { rows: GroupOwnerRow[]; home: string; at: string }) {
  return (
    <Table caption="Owners of the group">
      <Thead>
        <Th className="tabular:w-[28%]">Name</Th>
        <Th className="tabular:w-[14%]">Kind</Th>
        <Th className="tabular:w-[27%]">Email</Th>
        <Th className="tabular:w-[15%]">Status</Th>
        <Th>How</Th>
      </Thead>
      <Tbody>
        {rows.map((owner) => (
          <Tr key={`${owner.id} ${owner.ownership}`}>
            <Td>
              <MemberName member={owner} home={home} at={at} />
            </Td>
            <Td label="Kind" className="text-ink-soft">
              <MemberKind member={owner} />
            </Td>
            <Td label="Email">
              {owner.kind === 'user' ? <EmailText email={owner.email} source={owner.emailSource} /> : null}
            </Td>
            <Td label="Status">
              {owner.kind === 'user' ? <PersonStatusMark status={owner.status} guest={owner.guest} /> : null}
            </Td>
            <Td label="How" className={owner.ownership === 'eligible' ? 'text-eligible' : 'text-ink-soft'}>
              {describeOwnership(owner)}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

function describeOwnership({ ownership, endsAt }: GroupOwnerRow): string {
  if (ownership === 'eligible') return `can become owner by activating${endsAt ? `, until ${dateWords(endsAt)}` : ''}`
  if (ownership === 'activated')
    return endsAt ? `owner until ${momentWords(endsAt)}, activated` : 'owner for some hours, activated'
  return endsAt ? `owner until ${dateWords(endsAt)}` : 'owner now'
}

type Member = Pick<GroupMemberRow, 'id' | 'kind' | 'variety' | 'name' | 'email' | 'status'>

function MemberKind({ member: { kind, variety } }: { member: Member }) {
  if (kind === 'user' && variety !== 'agent') return 'Person'
  return <PrincipalKindText kind={kind} variety={variety} />
}

function MemberName({ member, home, at }: { member: Member; home: string; at: string }) {
  const { id, kind, name, email, status } = member
  if (kind === 'group') return <GroupName group={{ id, name }} groupsPath={`${home}/groups`} at={at} />
  if (kind !== 'user')
    return name ? <Name of={name} className="font-medium" /> : <ShortId id={id} label="ID of the principal" />
  return (
    <PrincipalName
      id={id}
      name={name}
      email={email}
      deleted={status === 'deleted'}
      href={keepMoment(`${home}/people/${id}`, at)}
    />
  )
}
