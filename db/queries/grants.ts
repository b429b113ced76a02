import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { directoryGroups, groupMembers, groupNesting, principals } from '@/db/schema/directory'
import type { GrantFilter } from '@/lib/domain/views'
import type { AssignmentKind, Permission, Privilege, ScopeLevel, WayHeld } from '@/lib/domain/vocabulary'
import { ageOfMembership, grantMatches, kindMatches } from './holder-filters'
import {
  ageIn,
  inSnapshot,
  publishedOf,
  type Snapshot,
  strengthOfRole,
  toPrincipal,
  toRole,
  weakestKindOf,
} from './snapshot'

/** A grant as somebody has it: by an assignment of their own, or of a group that they are in at any depth. */
export type MatchingGrant = {
  principalId: string
  /** Of the assignment. */
  key: string
  roleId: string
  roleName: string | null
  privilege: Privilege | null
  custom: boolean
  scope: string
  level: ScopeLevel
  kind: AssignmentKind
  /** The group that holds it; null when held directly. */
  groupId: string | null
  groupName: string | null
  condition: string | null
  startsAt: Date | null
  endsAt: Date | null
  assignedOn: Date | null
  firstSeen: Date
  /** When it, or a membership that leads to it, was read last, if an earlier reading stands in for it. */
  readAt: Date | null
}

/** What is shown of an assignment and its role, which is left joined. */
export const GRANT = {
  key: assignments.key,
  roleId: assignments.roleId,
  roleName: roleDefinitions.name,
  privilege: roleDefinitions.privilege,
  custom: sql<boolean>`coalesce(${roleDefinitions.custom}, false)`,
  scope: assignments.scope,
  level: assignments.scopeLevel,
  kind: assignments.kind,
  startsAt: assignments.startsAt,
  endsAt: assignments.endsAt,
  condition: assignments.condition,
  assignedOn: assignments.createdOn,
  firstSeen: assignments.validFrom,
  readAt: assignments.readAt,
}

const ANY: GrantFilter = { roleIds: [], scope: null, level: null, how: null, held: null }

/**
 * Every grant of a snapshot that a filter leaves, of each of these holders, by holder and strongest first. One that is
 * held in several ways, directly and through groups, comes once for each holder of an assignment.
 */
export async function listMatchingGrants(
  actor: Actor,
  snapshot: Snapshot,
  principalIds: string[],
  filter: Partial<GrantFilter> = {},
): Promise<MatchingGrant[]> {
  const published = publishedOf(snapshot)
  if (!published || principalIds.length === 0) return []
  const asked = { ...ANY, ...filter }
  const isShown = inSnapshot(assignments, actor, published)
  const direct = sql`
    select ${assignments.principalId} as holder_id, ${assignments.principalId}, null as group_id, 'active' as membership, null::timestamptz as read_at
    from ${assignments} where ${and(isShown, inArray(assignments.principalId, principalIds))}`
  const wayReadAt = sql`least(${groupNesting.readAt}, ${ageOfMembership})`
  const through = sql`
    select ${groupNesting.groupId} as holder_id, ${groupMembers.memberId} as principal_id, ${groupNesting.groupId},
      ${weakestKindOf(groupNesting.membership, groupMembers.membership)} as membership,
      -- A way that was read now counts before one of an earlier reading.
      case when count(*) = count(${wayReadAt}) then max(${wayReadAt}) end as read_at
    from ${groupMembers} join ${groupNesting} on ${and(
      inSnapshot(groupNesting, actor, published),
      eq(groupNesting.innerId, groupMembers.groupId),
    )} join ${directoryGroups} on ${and(
      inSnapshot(directoryGroups, actor, published),
      eq(directoryGroups.groupId, groupMembers.groupId),
    )}
    where ${and(
      inSnapshot(groupMembers, actor, published),
      inArray(groupMembers.memberId, principalIds),
      sql`${groupMembers.memberKind} <> 'group'`,
    )}
    group by 1, 2, 3, 4`
  const ways: Record<WayHeld | 'any', SQL> = { direct, group: through, any: sql`${direct} union ${through}` }
  const kind = weakestKindOf(assignments.kind, sql`held.membership`)
  const groupNames = alias(principals, 'group_names')
  const db = await getDb(actor)
  const found = await db
    .selectDistinct({
      ...GRANT,
      kind: kind.as('held_kind'),
      readAt: sql<Date | null>`least(${assignments.readAt}, held.read_at)`
        .mapWith(assignments.readAt)
        .as('known_since'),
      principalId: sql<string>`held.principal_id`.as('held_by'),
      groupId: sql<string | null>`held.group_id`.as('held_through'),
      groupName: groupNames.name,
      strength: strengthOfRole.as('strength'),
    })
    .from(assignments)
    .innerJoin(sql`(${ways[asked.how ?? 'any']}) as held`, sql`held.holder_id = ${assignments.principalId}`)
    .leftJoin(roleDefinitions, toRole(assignments, assignments.roleId))
    .leftJoin(groupNames, toPrincipal(assignments, sql`held.group_id`, groupNames))
    .where(and(isShown, grantMatches(actor, published.id, asked), kindMatches(kind, asked.held)))
    .orderBy(sql`held_by`, sql`strength`, asc(assignments.key), sql`held_through nulls first`)
  return found.map((grant) => ({ ...grant, readAt: ageIn(published, grant.readAt) }))
}

export type RolePermissions = {
  id: string
  name: string | null
  privilege: Privilege | null
  custom: boolean
  permissions: Permission[]
}

/** What each of the roles allows that are known in an organisation, in all of its tenants. */
export async function listKnownPermissions(actor: Actor): Promise<Permission[][]> {
  const db = await getDb(actor)
  const known = await db
    .select({ permissions: roleDefinitions.permissions })
    .from(roleDefinitions)
    .where(eq(roleDefinitions.organisationId, actor.organisationId))
  return known.map(({ permissions }) => permissions)
}

/** The roles that someone or something holds or could activate in a snapshot, with what they allow; strongest first. */
export async function listRolePermissions(actor: Actor, snapshot: Snapshot): Promise<RolePermissions[]> {
  const published = publishedOf(snapshot)
  if (!published) return []
  const db = await getDb(actor)
  const held = db
    .selectDistinct({ id: assignments.roleId })
    .from(assignments)
    .where(inSnapshot(assignments, actor, published))
  return db
    .select({
      id: roleDefinitions.id,
      name: roleDefinitions.name,
      privilege: roleDefinitions.privilege,
      custom: roleDefinitions.custom,
      permissions: roleDefinitions.permissions,
    })
    .from(roleDefinitions)
    .innerJoin(
      connections,
      and(
        eq(connections.organisationId, roleDefinitions.organisationId),
        eq(connections.tenantId, roleDefinitions.tenantId),
        eq(connections.id, published.id),
      ),
    )
    .where(and(eq(roleDefinitions.organisationId, actor.organisationId), inArray(roleDefinitions.id, held)))
    .orderBy(asc(strengthOfRole), asc(roleDefinitions.sortName), asc(sql`${roleDefinitions.id}`))
}
