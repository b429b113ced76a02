import { EmailText, PersonStatusMark, PrincipalName } from '@/components/access/holder-cells'
import { PRIVILEGE_LABELS } from '@/components/access/labels'
import { SortTh, Table, Td, Th } from '@/components/ui/table'
import type { PersonRow } from '@/db/queries/people'
import type { Direction } from '@/lib/domain/views'

type Props = { rows: PersonRow[]; direction: Direction; sortHref: string }

/** Everyone with access to any connected subscription: a row for each person. */
export function AllPeopleTable({ rows, direction, sortHref }: Props) {
  return (
    <Table caption="People in all connected subscriptions" wide>
      <thead>
        <tr>
          <SortTh href={sortHref} direction={direction === 'asc' ? 'ascending' : 'descending'} className="xl:w-[26%]">
            Name
          </SortTh>
          <Th className="xl:w-[30%]">Email</Th>
          <Th>Status</Th>
          <Th className="text-right">Subscriptions</Th>
          <Th className="text-right">Roles</Th>
          <Th>Strongest role</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.tenantId} ${row.id}`}>
            <Td>
              <PrincipalName id={row.id} name={row.name} email={row.email} deleted={row.status === 'deleted'} />
            </Td>
            <Td>
              <EmailText email={row.email} />
            </Td>
            <Td>
              <PersonStatusMark status={row.status} guest={row.guest} />
            </Td>
            <Td className="text-right tabular-nums">{row.subscriptions.toLocaleString('en')}</Td>
            <Td className="text-right tabular-nums">{row.grants.toLocaleString('en')}</Td>
            <Td className="whitespace-nowrap text-ink-soft">
              {row.strongest ? PRIVILEGE_LABELS[row.strongest] : 'Not readable'}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
