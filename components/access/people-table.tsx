import type { ReactNode } from 'react'
import { SortTh, Table, Td, Th } from '@/components/ui/table'
import type { HolderRow } from '@/db/queries/holders'
import { type AccessView, formatAccessView, type HolderSort } from '@/lib/domain/views'
import { AssignmentSource, EmailText, HolderRoles, PersonStatusMark, PrincipalName } from './holder-cells'
import { ScopeLabel, type ScopeOf } from './scope-label'
import { WIDE_TABLE } from './skeletons'

type Props = { rows: HolderRow[]; path: string; view: AccessView; of: ScopeOf }

/** Who has access: one row per person, with the strongest of what they hold. Their name leads to everything, path by path. */
export function PeopleTable({ rows, path, view, of }: Props) {
  return (
    <Table caption="People and their roles" className={WIDE_TABLE}>
      <thead>
        <tr>
          <HolderSortTh by="name" path={path} view={view} className="xl:w-[16%]">
            Name
          </HolderSortTh>
          <HolderSortTh by="email" path={path} view={view} className="xl:w-[17%]">
            Email
          </HolderSortTh>
          <HolderSortTh by="status" path={path} view={view} className="xl:w-[12%]">
            Status
          </HolderSortTh>
          <HolderSortTh by="role" path={path} view={view} className="xl:w-[22%]">
            Role
          </HolderSortTh>
          <HolderSortTh by="scope" path={path} view={view} className="xl:w-[12%]">
            Scope
          </HolderSortTh>
          <Th className="xl:w-[11%]">How</Th>
          <Th className="xl:w-[10%]">Licence</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.principalId}>
            <Td>
              <PrincipalName
                id={row.principalId}
                name={row.name}
                email={row.email}
                deleted={row.status === 'deleted'}
                href={pathsOf(path, row)}
              />
            </Td>
            <Td>
              <EmailText email={row.email} />
            </Td>
            <Td>
              <PersonStatusMark status={row.status} guest={row.guest} lastSignInAt={row.lastSignInAt} />
            </Td>
            <Td className="max-w-56">
              <HolderRoles row={row} href={pathsOf(path, row)} />
            </Td>
            <Td className="max-w-56">
              <ScopeLabel scope={row.scope} level={row.level} of={of} inheritance />
            </Td>
            <Td className="max-w-48 text-ink-soft">
              <AssignmentSource
                group={row.group}
                groups={row.groups}
                direct={row.direct}
                groupsPath={`${path}/groups`}
              />
            </Td>
            <Td className="whitespace-nowrap text-ink-soft">Microsoft Azure</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

const pathsOf = (path: string, { principalId }: HolderRow) => `${path}/people/${principalId}`

type HolderSortThProps = { by: HolderSort; path: string; view: AccessView; className?: string; children: ReactNode }

/** A heading that sorts a view: by another column it starts upward, by the same one it turns round; both start at the first page. */
export function HolderSortTh({ by, path, view, className, children }: HolderSortThProps) {
  const sorted = view.sort === by
  const direction = sorted && view.direction === 'asc' ? 'desc' : 'asc'
  return (
    <SortTh
      href={path + formatAccessView({ ...view, sort: by, direction, cursor: null })}
      direction={sorted ? (view.direction === 'asc' ? 'ascending' : 'descending') : undefined}
      className={className}
    >
      {children}
    </SortTh>
  )
}
