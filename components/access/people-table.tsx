import type { ReactNode } from 'react'
import { ShortId } from '@/components/ui/copyable'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { HolderRow } from '@/db/queries/holders'
import { keepMoment } from '@/lib/domain/as-of'
import { type AccessView, type HolderSort, type PeopleColumn, USUAL_COLUMNS } from '@/lib/domain/views'
import { AssignmentSource, EmailText, HolderRoles, HolderSortTh, PersonStatusMark, PrincipalName } from './holder-cells'
import { COLUMN_LABELS } from './labels'
import { ScopeLabel, type ScopeOf } from './scope-label'

type Props = { rows: HolderRow[]; path: string; view: AccessView; of: ScopeOf }

/** How a column is headed: by which order it sorts, its place in cards, its share of the width beside the usual columns. */
const HEADINGS: Record<PeopleColumn, { sort?: HolderSort; area: string; line?: 'first'; width?: string }> = {
  email: { sort: 'email', area: 'email', line: 'first', width: 'tabular:w-[18%]' },
  status: { sort: 'status', area: 'status', width: 'tabular:w-[10%]' },
  role: { sort: 'role', area: 'role', width: 'tabular:w-[20%]' },
  scope: { sort: 'scope', area: 'scope', width: 'tabular:w-[13%]' },
  how: { area: 'how', width: 'tabular:w-[12%]' },
  licence: { area: 'licence' },
  objectId: { area: 'id' },
}

/** The people with access to one subscription: a row for each with the strongest role. The name leads to all roles and paths. */
export function PeopleTable({ rows, path, view, of }: Props) {
  // The layout in two lines has a place for each of the usual columns and for no other.
  const isUsual = view.columns.join() === USUAL_COLUMNS.join()
  const place = ({ area, line }: { area: string; line?: 'over' | 'first' }) => (isUsual ? { area, line } : { area })
  return (
    <Table caption="People and their roles" layout={isUsual ? 'people' : 'chosen'}>
      <Thead>
        <HolderSortTh
          by="name"
          path={path}
          view={view}
          {...place({ area: 'name', line: 'over' })}
          className="tabular:w-[16%]"
        >
          Name
        </HolderSortTh>
        {view.columns.map((column) => {
          const { sort, width, ...at } = HEADINGS[column]
          const cell = { ...place(at), className: isUsual ? width : undefined }
          if (!sort)
            return (
              <Th key={column} {...cell}>
                {COLUMN_LABELS[column]}
              </Th>
            )
          return (
            <HolderSortTh key={column} by={sort} path={path} view={view} {...cell}>
              {COLUMN_LABELS[column]}
            </HolderSortTh>
          )
        })}
      </Thead>
      <Tbody>
        {rows.map((row) => {
          const href = keepMoment(`${path}/people/${row.principalId}`, view.at)
          return (
            <Tr key={row.principalId}>
              <Td {...place({ area: 'name', line: 'over' })}>
                <PrincipalName
                  id={row.principalId}
                  name={row.name}
                  email={row.email}
                  deleted={row.status === 'deleted'}
                  href={href}
                />
              </Td>
              {view.columns.map((column) => (
                <Td
                  key={column}
                  {...place(HEADINGS[column])}
                  {...(LABELLED.includes(column) && { label: COLUMN_LABELS[column] })}
                  {...(QUIET.includes(column) && { className: 'text-ink-soft' })}
                >
                  <PersonCell column={column} row={row} href={href} path={path} view={view} of={of} />
                </Td>
              ))}
            </Tr>
          )
        })}
      </Tbody>
    </Table>
  )
}

/** What does not speak for itself in a card. */
const LABELLED: readonly PeopleColumn[] = ['licence', 'objectId']
/** What is not said in the colour of what one looks for. */
const QUIET: readonly PeopleColumn[] = ['email', 'how', 'licence']

type PersonCellProps = Omit<Props, 'rows'> & { column: PeopleColumn; row: HolderRow; href: string }

function PersonCell({ column, row, href, path, view, of }: PersonCellProps) {
  const cells: Record<PeopleColumn, () => ReactNode> = {
    email: () => <EmailText email={row.email} source={row.emailSource} />,
    status: () => <PersonStatusMark status={row.status} guest={row.guest} lastSignInAt={row.lastSignInAt} />,
    role: () => <HolderRoles row={row} href={href} />,
    scope: () => <ScopeLabel scope={row.scope} level={row.level} of={of} inheritance />,
    how: () => (
      <AssignmentSource
        group={row.group}
        groups={row.groups}
        direct={row.direct}
        groupsPath={`${path}/groups`}
        at={view.at}
      />
    ),
    licence: () => 'Microsoft Azure',
    objectId: () => <ShortId id={row.principalId} label={`Object ID of ${row.name ?? 'the person'}`} />,
  }
  return cells[column]()
}
