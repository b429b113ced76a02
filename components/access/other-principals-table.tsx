import { Chip } from '@/components/ui/chip'
import { ShortId } from '@/components/ui/copyable'
import { Table, Td, Th } from '@/components/ui/table'
import type { HolderRow } from '@/db/queries/holders'
import type { AccessView } from '@/lib/domain/views'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { AssignmentSource, HolderRoles, HolderSortTh, PrincipalKindText } from './holder-cells'
import { ScopeLabel, type ScopeOf } from './scope-label'

type Props = {
  rows: HolderRow[]
  /** The address of this list, and of the connection's groups. */
  path: string
  groupsPath: string
  view: AccessView
  of: ScopeOf
  /** How far names were read, which is why one may be missing. Null where the result does not say. */
  names: CoverageLine['state'] | null
}

/** Everything with access that is no person: a row for each with the strongest role. */
export function OtherPrincipalsTable({ rows, path, groupsPath, view, of, names }: Props) {
  return (
    <Table caption="Other principals and their roles" wide>
      <thead>
        <tr>
          <HolderSortTh by="name" path={path} view={view} className="xl:w-[26%]">
            Name
          </HolderSortTh>
          <Th className="xl:w-[18%]">Kind</Th>
          <Th className="xl:w-[10%]">ID</Th>
          <HolderSortTh by="role" path={path} view={view} className="xl:w-[20%]">
            Role
          </HolderSortTh>
          <HolderSortTh by="scope" path={path} view={view} className="xl:w-[14%]">
            Scope
          </HolderSortTh>
          <Th>How</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.principalId}>
            <Td className="max-w-72">
              <Name row={row} names={names} />
            </Td>
            <Td className="text-ink-soft max-xl:whitespace-nowrap">
              <PrincipalKindText kind={row.kind} variety={row.variety} />
            </Td>
            <Td>
              <ShortId id={row.principalId} label={`ID of ${row.name ?? 'the principal'}`} />
            </Td>
            <Td className="max-w-56">
              <HolderRoles row={row} />
            </Td>
            <Td className="max-w-56">
              <ScopeLabel scope={row.scope} level={row.level} of={of} inheritance />
            </Td>
            <Td className="max-w-48 text-ink-soft">
              <AssignmentSource group={row.group} groups={row.groups} direct={row.direct} groupsPath={groupsPath} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Name({ row: { name, kind, status, signals }, names }: { row: HolderRow; names: Props['names'] }) {
  const orphan = signals.includes('orphan')
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
      {name ? (
        <span dir="auto" title={name} className={`min-w-0 truncate font-medium ${orphan ? 'line-through' : ''}`}>
          {name}
        </span>
      ) : (
        <span className="text-ink-soft">{explainMissingName({ kind, status }, names)}</span>
      )}
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
  if (kind === 'foreign_group') return 'Known to its own tenant only'
  if (kind === 'service_principal' && names === 'not_asked') return 'Name not asked for'
  return 'Name not readable with the granted permissions'
}
