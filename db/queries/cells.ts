import { and, asc, eq, inArray, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectionNodes, holders, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import type { AssignmentKind, Privilege, ScopeLevel } from '@/lib/domain/vocabulary'
import { connectionsShown, isHolderShown, nodeOfHolder, type Results } from './results-shown'
import { privilegeOfStrength, toRole } from './snapshot'
import { asHolders, combineRows } from './subscription-holders'

/** What a person has in one connected subscription: a cell of the matrix of people and subscriptions. */
export type Cell = {
  personId: string
  tenantId: string
  connectionId: string
  /** The strongest role held; when nothing is held, the strongest eligible one. */
  role: { id: string; name: string | null; privilege: Privilege | null; custom: boolean }
  assignmentKind: AssignmentKind
  scope: string
  level: ScopeLevel
  /** The group it is held through; null when held directly. */
  groupId: string | null
  /** An eligible role stronger than anything held. */
  eligible: { roleId: string; roleName: string | null; privilege: Privilege | null } | null
  /** Distinct roles at scopes, eligible ones too. */
  grants: number
  /** When the role that is shown was read last, if that was before the result. */
  unreadSince: Date | null
}

/** When a role was read last, as the result has it: see `ageIn`. */
const ageShown =
  sql<Date | null>`case when holders.unread_since < holders.published_at then holders.unread_since end`.mapWith(
    holders.unreadSince,
  )

/** The cells of some people in all connected subscriptions, now or at a moment; no cell where they have no access. */
export async function listCells(
  actor: Actor,
  results: Results,
  people: { tenantId: string; id: string }[],
): Promise<Cell[]> {
  if (people.length === 0) return []
  const eligibleRole = alias(roleDefinitions, 'eligible_role')
  const tenants = Map.groupBy(people, ({ tenantId }) => tenantId)
  const db = await getDb(actor)
  const isAsked = [...tenants].map(([tenantId, some]) =>
    and(
      eq(holders.tenantId, tenantId),
      inArray(
        holders.principalId,
        some.map(({ id }) => id),
      ),
    ),
  )
  const found = await db
    .select({
      personId: holders.principalId,
      tenantId: holders.tenantId,
      connectionId: sql<string>`holders.connection_id`,
      roleId: holders.roleId,
      roleName: roleDefinitions.name,
      strongest: holders.strongest,
      custom: sql<boolean>`coalesce(${roleDefinitions.custom}, false)`,
      assignmentKind: holders.assignmentKind,
      scope: holders.scope,
      level: holders.scopeLevel,
      groupId: holders.groupId,
      eligibleRoleId: holders.eligibleRoleId,
      eligibleRoleName: eligibleRole.name,
      eligibleStrongest: holders.eligibleStrongest,
      grants: holders.grants,
      unreadSince: ageShown,
    })
    .from(
      asHolders(
        combineRows({
          from: sql`${holders} join ${connectionNodes} on ${nodeOfHolder} join ${connectionsShown(actor, results)} on ${isHolderShown}
          where ${and(eq(holders.organisationId, actor.organisationId), or(...isAsked))}`,
          of: [connections.id, holders.principalId, holders.tenantId],
          more: sql`${connections.id} as connection_id, ${connections.publishedAt}`,
          eligibleRead: sql`bool_and(${connections.eligibleRead}) over own`,
        }),
      ),
    )
    .leftJoin(roleDefinitions, toRole(holders, holders.roleId))
    .leftJoin(eligibleRole, toRole(holders, holders.eligibleRoleId, eligibleRole))
    .orderBy(asc(holders.principalId), asc(sql`holders.connection_id`))
  return found.map(
    ({ roleId, roleName, strongest, custom, eligibleRoleId, eligibleRoleName, eligibleStrongest, ...cell }) => ({
      ...cell,
      role: { id: roleId, name: roleName, privilege: privilegeOfStrength(strongest), custom },
      eligible:
        eligibleRoleId && eligibleStrongest
          ? { roleId: eligibleRoleId, roleName: eligibleRoleName, privilege: privilegeOfStrength(eligibleStrongest) }
          : null,
    }),
  )
}
