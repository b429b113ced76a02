import { RelativeTime } from '@/components/ui/relative-time'
import { ShortId } from '@/components/ui/short-id'
import { Table, Td, Th } from '@/components/ui/table'
import type { GroupMemberRow } from '@/db/queries/groups'
import { EmailText } from './email-text'
import { GroupName } from './group-name'
import { PersonStatus } from './person-status'
import { PrincipalKind } from './principal-kind'
import { PrincipalName } from './principal-name'

/** Who and what is directly in a group; people lead to their paths, groups to themselves. */
export function GroupMembers({ rows, home }: { rows: GroupMemberRow[]; home: string }) {
  return (
    <Table caption="Members of the group">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Kind</Th>
          <Th>Email</Th>
          <Th>Status</Th>
          <Th>First seen in it</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((member) => (
          <tr key={member.id}>
            <Td className="max-w-72 min-w-40">
              <Name member={member} home={home} />
            </Td>
            <Td className="whitespace-nowrap text-ink-soft">
              {member.kind === 'user' ? 'Person' : <PrincipalKind kind={member.kind} variety={null} />}
            </Td>
            <Td>{member.kind === 'user' ? <EmailText email={member.email} /> : null}</Td>
            <Td>{member.kind === 'user' ? <PersonStatus status={member.status} guest={member.guest} /> : null}</Td>
            <Td className="whitespace-nowrap text-ink-soft">
              <RelativeTime at={member.since} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Name({ member: { id, kind, name, email, status }, home }: { member: GroupMemberRow; home: string }) {
  if (kind === 'group') return <GroupName group={{ id, name }} path={`${home}/groups`} />
  if (kind !== 'user')
    return name ? (
      <span dir="auto" title={name} className="block truncate font-medium">
        {name}
      </span>
    ) : (
      <ShortId id={id} label="ID of the member" />
    )
  return (
    <PrincipalName id={id} name={name} email={email} deleted={status === 'deleted'} href={`${home}/people/${id}`} />
  )
}
