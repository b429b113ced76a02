import { EmailText, PersonStatusMark, PrincipalName } from '@/components/access/holder-cells'
import { PRIVILEGE_LABELS } from '@/components/access/labels'
import { SortTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { PersonRow } from '@/db/queries/people'
import { keepMoment } from '@/lib/domain/as-of'
import type { Direction } from '@/lib/domain/views'

type Props = {
  rows: PersonRow[]
  direction: Direction
  sortHref: string
  /** The moment that is shown, as an address has it; empty for now. */
  at: string
}

/** What the strongest role amounts to, whether it is held, and how wide it reaches. */
function describeStrongest({ strongest, eligibleOnly, below }: PersonRow): string {
  if (!strongest) return 'Unknown role'
  const where = below ? ', in a part of a subscription' : ''
  return `${PRIVILEGE_LABELS[strongest]}${where}${eligibleOnly ? ' (eligible)' : ''}`
}

/** Everyone with access to any connected subscription: a row for each person. */
export function AllPeopleTable({ rows, direction, sortHref, at }: Props) {
  return (
    <Table caption="People in all connected subscriptions" layout="everyone">
      <Thead>
        <SortTh
          href={sortHref}
          direction={direction === 'asc' ? 'ascending' : 'descending'}
          area="name"
          line="over"
          className="tabular:w-[23%]"
        >
          Name
        </SortTh>
        <Th area="email" line="first" className="tabular:w-[24%]">
          Email
        </Th>
        <Th area="status" className="tabular:w-[13%]">
          Status
        </Th>
        <Th area="subscriptions" className="tabular:w-[11%] tabular:text-right">
          Subscriptions
        </Th>
        <Th area="roles" className="tabular:w-[13%] tabular:text-right">
          Roles in subscriptions
        </Th>
        <Th area="strongest">Strongest role</Th>
      </Thead>
      <Tbody>
        {rows.map((row) => (
          <Tr key={`${row.tenantId} ${row.id}`}>
            <Td area="name" line="over">
              <PrincipalName
                id={row.id}
                name={row.name}
                email={row.email}
                deleted={row.status === 'deleted'}
                href={keepMoment(`/people/${row.id}`, at)}
              />
            </Td>
            <Td area="email" line="first">
              <EmailText email={row.email} />
            </Td>
            <Td area="status">
              <PersonStatusMark status={row.status} guest={row.guest} />
            </Td>
            <Td area="subscriptions" label="Subscriptions" className="tabular-nums tabular:text-right">
              {row.subscriptions.toLocaleString('en')}
            </Td>
            <Td area="roles" label="Roles in subscriptions" className="tabular-nums tabular:text-right">
              {row.grants.toLocaleString('en')}
            </Td>
            <Td area="strongest" className="text-ink-soft">
              {describeStrongest(row)}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}
