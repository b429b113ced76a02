import { Chip } from '@/components/ui/chip'
import { SortTh, Table, Td, Th } from '@/components/ui/table'
import type { AccessRow, AccessSort } from '@/db/queries/list-access'
import { type AccessView, formatAccessView } from '@/lib/access-view'
import { howReached } from '@/lib/how-reached'
import { EmailText } from './email-text'
import { PersonStatus } from './person-status'
import { PrincipalName } from './principal-name'
import { RoleChip } from './role-chip'
import { ScopeLabel } from './scope-label'
import { WIDE_TABLE } from './table-classes'

const COLUMNS: { sort: AccessSort; label: string; width: string }[] = [
  { sort: 'name', label: 'Name', width: 'xl:w-[19%]' },
  { sort: 'email', label: 'Email', width: 'xl:w-[20%]' },
  { sort: 'status', label: 'Status', width: 'xl:w-[14%]' },
  { sort: 'role', label: 'Role', width: 'xl:w-[17%]' },
  { sort: 'scope', label: 'Scope', width: 'xl:w-[13%]' },
]

type Props = { rows: AccessRow[]; path: string; view: AccessView }

/** Who holds what: one row per person, role and scope. */
export function AccessTable({ rows, path, view }: Props) {
  return (
    <Table caption="People and their roles" className={WIDE_TABLE}>
      <thead>
        <tr>
          {COLUMNS.map(({ sort, label, width }) => (
            <SortTh key={sort} href={sortHref(path, view, sort)} direction={directionOf(view, sort)} className={width}>
              {label}
            </SortTh>
          ))}
          <Th className="xl:w-[7%]">How</Th>
          <Th className="xl:w-[10%]">Licence</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <Td>
              <PrincipalName id={row.personId} name={row.name} email={row.email} deleted={row.status === 'deleted'} />
            </Td>
            <Td>
              <EmailText email={row.email} />
            </Td>
            <Td>
              <PersonStatus status={row.status} guest={row.guest} />
            </Td>
            <Td className="max-w-56">
              <RoleChip name={row.roleName ?? row.roleId} privilege={row.privilege} custom={row.custom} />
            </Td>
            <Td className="max-w-56">
              <ScopeLabel scope={row.scope} level={row.level} />
              {row.condition ? (
                <div className="mt-1">
                  <Chip title={row.condition}>With a condition</Chip>
                </div>
              ) : null}
            </Td>
            <Td className="whitespace-nowrap text-ink-soft">{howReached(row.level)}</Td>
            <Td className="whitespace-nowrap text-ink-soft">Microsoft Azure</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function directionOf(view: AccessView, sort: AccessSort) {
  if (view.sort !== sort) return undefined
  return view.direction === 'asc' ? 'ascending' : 'descending'
}

/** Sorting by another column starts upward, by the same one turns it round; both start at the first page. */
function sortHref(path: string, view: AccessView, sort: AccessSort): string {
  const direction = view.sort === sort && view.direction === 'asc' ? 'desc' : 'asc'
  return path + formatAccessView({ ...view, sort, direction, cursor: null })
}
