import Link from 'next/link'
import { Chip } from '@/components/ui/chip'
import { RelativeTime } from '@/components/ui/relative-time'
import { Table, Td, Th } from '@/components/ui/table'
import type { PersonRole } from '@/db/queries/get-person'
import { howReached } from '@/lib/how-reached'
import { RoleChip } from './role-chip'
import { ScopeLabel } from './scope-label'
import { WIDE_TABLE } from './table-classes'

/** A person's roles, subscription by subscription, with both moments a role can be said to date from. */
export function PersonRoles({ roles }: { roles: PersonRole[] }) {
  const subscriptions = Map.groupBy(roles, (role) => role.connectionId)

  return (
    <div className="grid gap-8">
      {[...subscriptions].map(([connectionId, held]) => (
        <SubscriptionRoles key={connectionId} connectionId={connectionId} roles={held} />
      ))}
      <p className="max-w-3xl text-sm text-ink-soft">
        “Assigned in Azure” is the time Azure gives for the assignment. “First seen” is when a sync of Rolecall first
        found it: the role may have been held before. Roles held through groups are not listed yet.
      </p>
    </div>
  )
}

function SubscriptionRoles({ connectionId, roles }: { connectionId: string; roles: PersonRole[] }) {
  const [first] = roles
  if (!first) return null
  return (
    <section className="min-w-0">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 dir="auto" className="min-w-0 text-lg font-semibold break-words">
          <Link href={`/integrations/azure/${connectionId}`} className="hover:underline">
            {first.connectionLabel}
          </Link>
        </h2>
        {first.publishedAt ? (
          <p className="text-xs text-ink-faint">
            read <RelativeTime at={first.publishedAt} />
          </p>
        ) : null}
      </div>
      <Table caption={`Roles in ${first.connectionLabel}`} className={WIDE_TABLE}>
        <thead>
          <tr>
            <Th className="xl:w-[24%]">Role</Th>
            <Th className="xl:w-[20%]">Scope</Th>
            <Th>How</Th>
            <Th>Assigned in Azure</Th>
            <Th>First seen</Th>
          </tr>
        </thead>
        <tbody>
          {roles.map((role) => (
            <tr key={role.key}>
              <Td className="max-w-56">
                <RoleChip name={role.roleName ?? role.roleId} privilege={role.privilege} custom={role.custom} />
              </Td>
              <Td className="max-w-56">
                <ScopeLabel scope={role.scope} level={role.level} />
                {role.condition ? (
                  <div className="mt-1">
                    <Chip title={role.condition}>With a condition</Chip>
                  </div>
                ) : null}
              </Td>
              <Td className="text-ink-soft max-xl:whitespace-nowrap">{howReached(role.level)}</Td>
              <Td className="whitespace-nowrap text-ink-soft">
                {role.assignedOn ? <RelativeTime at={role.assignedOn} /> : 'Azure does not say'}
              </Td>
              <Td className="whitespace-nowrap text-ink-soft">
                <RelativeTime at={role.firstSeen} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  )
}
