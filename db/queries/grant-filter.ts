import { and, eq, inArray, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { assignments } from '@/db/schema'
import type { AssignmentKind, ScopeLevel } from '@/lib/domain/vocabulary'

/** Which grants count. */
export type GrantFilter = {
  /** Any of these; empty for every role. */
  roleIds: string[]
  /** Acting at this scope: held at it or above it. */
  scope: string | null
  /** Held at scopes of this level. */
  level: ScopeLevel | null
  /** Held by an assignment of one's own, or through a group. */
  how: 'direct' | 'group' | null
  /** `held` is active or activated. */
  held: AssignmentKind | 'held' | null
}

/** Whether a filter asks for anything that only the grants can answer. */
export const narrowsGrants = ({ roleIds, scope, level, how, held }: GrantFilter): boolean =>
  roleIds.length > 0 || [scope, level, how, held].some((value) => value !== null)

/** The assignments a filter leaves, whoever holds them; `how` they are held is not a matter of the assignment. */
export function grantMatches(actor: Actor, connectionId: string, filter: GrantFilter): SQL | undefined {
  const { roleIds, scope, level, held } = filter
  return and(
    roleIds.length > 0 ? inArray(assignments.roleId, roleIds) : undefined,
    level ? eq(assignments.scopeLevel, level) : undefined,
    held === 'held' ? ne(assignments.kind, 'eligible') : undefined,
    held && held !== 'held' ? eq(assignments.kind, held) : undefined,
    scope ? actsAt(actor, connectionId, scope.toLowerCase()) : undefined,
  )
}

const MANAGEMENT_GROUP = '/providers/microsoft.management/managementgroups/'

/** Held at a scope or above it. Every management group that an assignment of a subscription names lies above the subscription. */
function actsAt(actor: Actor, connectionId: string, scope: string): SQL | undefined {
  const heldAt = sql`lower(${assignments.scope})`
  if (scope === '/') return eq(assignments.scopeLevel, 'root')
  if (scope.startsWith(MANAGEMENT_GROUP))
    return or(
      eq(assignments.scopeLevel, 'root'),
      sql`${heldAt} = ${scope}`,
      sql`${heldAt} in (${managementGroupsAbove(actor, connectionId, scope)})`,
    )
  return or(
    inArray(assignments.scopeLevel, ['root', 'management_group']),
    sql`${heldAt} = ${scope}`,
    sql`starts_with(${scope}, ${heldAt} || '/')`,
  )
}

/** The scopes of the management groups between the root and one of them; none when the chain could not be read. */
const managementGroupsAbove = (actor: Actor, connectionId: string, scope: string): SQL => sql`
  with chain as (
    select ${MANAGEMENT_GROUP} || lower(entry.value ->> 'id') as scope, entry.place
    from connections,
      jsonb_array_elements(coalesce(connections.management_groups, '[]')) with ordinality as entry (value, place)
    where connections.organisation_id = ${actor.organisationId} and connections.id = ${connectionId}
  )
  select above.scope from chain above join chain own on own.scope = ${scope} and above.place < own.place`
