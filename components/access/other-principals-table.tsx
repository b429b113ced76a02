import { ShortId } from '@/components/ui/short-id'
import { Table, Td, Th } from '@/components/ui/table'
import type { OtherPrincipalRow } from '@/db/queries/list-other-principals'
import type { PrincipalKind } from '@/db/schema'
import { howReached } from '@/lib/how-reached'
import { RoleChip } from './role-chip'
import { ScopeLabel } from './scope-label'
import { WIDE_TABLE } from './table-classes'

const KINDS: Record<PrincipalKind, string> = {
  user: 'User',
  group: 'Group',
  service_principal: 'Service principal',
  foreign_group: 'Group of another tenant',
  device: 'Device',
  other: 'Other',
}

/** What holds roles without being a person: one row per principal, role and scope. */
export function OtherPrincipalsTable({ rows }: { rows: OtherPrincipalRow[] }) {
  return (
    <Table caption="Other principals and their roles" className={WIDE_TABLE}>
      <thead>
        <tr>
          <Th className="xl:w-[28%]">Name</Th>
          <Th>Kind</Th>
          <Th>ID</Th>
          <Th className="xl:w-[20%]">Role</Th>
          <Th>Scope</Th>
          <Th>How</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <Td className="max-w-72">
              {row.name ? (
                <span dir="auto" title={row.name} className="block truncate font-medium">
                  {row.name}
                </span>
              ) : (
                <span className="text-ink-soft">Name not readable with the granted permissions</span>
              )}
            </Td>
            <Td className="whitespace-nowrap text-ink-soft">{KINDS[row.kind]}</Td>
            <Td>
              <ShortId id={row.principalId} label={`ID of ${row.name ?? 'the principal'}`} />
            </Td>
            <Td className="max-w-56">
              <RoleChip name={row.roleName ?? row.roleId} privilege={row.privilege} custom={row.custom} />
            </Td>
            <Td className="max-w-56">
              <ScopeLabel scope={row.scope} level={row.level} />
            </Td>
            <Td className="text-ink-soft max-xl:whitespace-nowrap">{howReached(row.level)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
