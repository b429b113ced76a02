import { Chip } from '@/components/ui/chip'
import { ShortId } from '@/components/ui/copyable'
import { joinClasses } from '@/components/ui/join-classes'
import { ListLink } from '@/components/ui/list-link'
import { Name } from '@/components/ui/name'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { HolderRow } from '@/db/queries/holders'
import { keepMoment } from '@/lib/domain/as-of'
import type { AccessView } from '@/lib/domain/views'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import {
  AssignmentSource,
  HolderRoles,
  HolderSortTh,
  OfOrganisation,
  OtherStatusMark,
  PrincipalKindText,
} from './holder-cells'
import { ScopeLabel, type ScopeOf } from './scope-label'

type Props = {
  rows: HolderRow[]
  /** The address of this list, and of the connection's page. */
  path: string
  home: string
  view: AccessView
  of: ScopeOf
  /** How far names were read, which is why one may be missing. Null where the result does not say. */
  names: CoverageLine['state'] | null
}

/** Everything with access that is no person: a row for each with the strongest role. */
export function OtherPrincipalsTable({ rows, path, home, view, of, names }: Props) {
  return (
    <Table caption="Other principals and their roles" layout="principals">
      <Thead>
        <HolderSortTh by="name" path={path} view={view} area="name" line="over" className="tabular:w-[20%]">
          Name
        </HolderSortTh>
        <Th area="kind" line="first" className="tabular:w-[14%]">
          Kind
        </Th>
        <HolderSortTh by="status" path={path} view={view} area="status" line="over" className="tabular:w-[11%]">
          Status
        </HolderSortTh>
        <Th area="id" line="under" className="tabular:w-[9%]">
          ID
        </Th>
        <HolderSortTh by="role" path={path} view={view} area="role" className="tabular:w-[20%]">
          Role
        </HolderSortTh>
        <HolderSortTh by="scope" path={path} view={view} area="scope" className="tabular:w-[14%]">
          Scope
        </HolderSortTh>
        <Th area="how" line="over">
          How
        </Th>
      </Thead>
      <Tbody>
        {rows.map((row) => (
          <Tr key={row.principalId}>
            <Td area="name" line="over">
              <PrincipalCell row={row} href={keepMoment(`${home}/people/${row.principalId}`, view.at)} names={names} />
            </Td>
            <Td area="kind" line="first" className="text-ink-soft">
              <PrincipalKindText kind={row.kind} variety={row.variety} />
            </Td>
            <Td area="status" line="over">
              <OtherStatusMark status={row.status} />
            </Td>
            <Td area="id" line="under">
              <ShortId id={row.principalId} label={`ID of ${row.name ?? 'the principal'}`} />
            </Td>
            <Td area="role">
              <HolderRoles row={row} href={keepMoment(`${home}/people/${row.principalId}`, view.at)} />
            </Td>
            <Td area="scope">
              <ScopeLabel scope={row.scope} level={row.level} of={of} inheritance />
            </Td>
            <Td area="how" line="over" className="text-ink-soft">
              <AssignmentSource
                group={row.group}
                groups={row.groups}
                direct={row.direct}
                groupsPath={`${home}/groups`}
                at={view.at}
              />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

type PrincipalCellProps = { row: HolderRow; href: string; names: Props['names'] }

/** A principal by its name, or why it has none, as a link to everything that it holds. */
function PrincipalCell({ row: { name, kind, status, organisation, signals }, href, names }: PrincipalCellProps) {
  const orphan = signals.includes('orphan')
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
      <ListLink href={href} className="min-w-0 wrap-anywhere hover:underline">
        {name ? (
          <Name of={name} className={joinClasses('font-medium', orphan && 'line-through')} />
        ) : (
          <span className="text-ink-soft">{explainMissingName({ kind, status }, names)}</span>
        )}
      </ListLink>
      <OfOrganisation organisation={organisation} />
      {orphan ? (
        <Chip tone="bad" title="The directory does not know it any more; its assignment is left over">
          Orphaned
        </Chip>
      ) : null}
    </span>
  )
}

function explainMissingName({ kind, status }: Pick<HolderRow, 'kind' | 'status'>, names: Props['names']): string {
  if (status === 'not_found') return 'Gone from the directory'
  if (kind === 'foreign_group' || kind === 'delegate') return 'Known to its own tenant only'
  if (kind === 'service_principal' && names === 'not_asked') return 'Name not asked for'
  return 'Name not readable with the granted permissions'
}
