import { and, asc, eq, inArray, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections, holders, roleDefinitions } from '@/db/schema'
import type { AssignmentKind, Privilege, ScopeLevel } from '@/lib/domain/vocabulary'
import { privilegeOfStrength } from './access-rows'
import { holdersNow } from './people-filter'

/** What a person has in one connected subscription: where their row meets its column. */
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
}

/** The cells of some people in all connected subscriptions; no cell where they have no access. */
export async function listCells(actor: Actor, people: { tenantId: string; id: string }[]): Promise<Cell[]> {
  if (people.length === 0) return []
  const eligibleRole = alias(roleDefinitions, 'eligible_role')
  const tenants = Map.groupBy(people, ({ tenantId }) => tenantId)
  const db = await getDb()
  const found = await db
    .select({
      personId: holders.principalId,
      tenantId: holders.tenantId,
      connectionId: holders.connectionId,
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
    })
    .from(holders)
    .innerJoin(connections, holdersNow)
    .leftJoin(
      roleDefinitions,
      and(
        eq(roleDefinitions.organisationId, holders.organisationId),
        eq(roleDefinitions.tenantId, holders.tenantId),
        eq(roleDefinitions.id, holders.roleId),
      ),
    )
    .leftJoin(
      eligibleRole,
      and(
        eq(eligibleRole.organisationId, holders.organisationId),
        eq(eligibleRole.tenantId, holders.tenantId),
        eq(eligibleRole.id, holders.eligibleRoleId),
      ),
    )
    .where(
      and(
        eq(holders.organisationId, actor.organisationId),
        or(
          ...[...tenants].map(([tenantId, some]) =>
            and(
              eq(holders.tenantId, tenantId),
              inArray(
                holders.principalId,
                some.map(({ id }) => id),
              ),
            ),
          ),
        ),
      ),
    )
    .orderBy(asc(holders.principalId), asc(holders.connectionId))
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
