import { and, eq, gt, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { assignments, connections, principals, roleDefinitions } from '@/db/schema'
import { type PersonStatus, PRIVILEGES, type Privilege } from '@/lib/domain/vocabulary'
import { isGuid } from './is-guid'

/** A connection's published result: every read made with one of these sees the same moment, whatever is published meanwhile. */
export type Snapshot = { id: string; publishedAt: Date | null }

/** A snapshot of a connection that has published something. */
export type Published = { id: string; publishedAt: Date }

/** The snapshot, when there is something published to be read; else null. */
export const publishedOf = ({ id, publishedAt }: Snapshot): Published | null =>
  publishedAt && isGuid(id) ? { id, publishedAt } : null

/** The assignments of a snapshot that were valid at its moment. Keeps to the actor's organisation. */
export function assignmentsOf(actor: Actor, snapshot: { id: string; publishedAt: Date }): SQL | undefined {
  return and(
    eq(assignments.organisationId, actor.organisationId),
    eq(assignments.connectionId, snapshot.id),
    lte(assignments.validFrom, snapshot.publishedAt),
    or(isNull(assignments.validTo), gt(assignments.validTo, snapshot.publishedAt)),
  )
}

/** Every assignment of a connected subscription as its readers see it now: each connection at its own published moment. */
export const assignmentsNow = and(
  eq(assignments.organisationId, connections.organisationId),
  eq(assignments.connectionId, connections.id),
  lte(assignments.validFrom, connections.publishedAt),
  or(isNull(assignments.validTo), gt(assignments.validTo, connections.publishedAt)),
)

export const heldByPeople = eq(assignments.principalKind, 'user')

export const toRole = and(
  eq(roleDefinitions.organisationId, assignments.organisationId),
  eq(roleDefinitions.tenantId, assignments.tenantId),
  eq(roleDefinitions.id, assignments.roleId),
)

/** A person nothing was ever read about has no row; they are unknown, not absent. */
export const statusOfPrincipal = sql<PersonStatus>`coalesce(${principals.status}, 'not_readable')`

/** Widest first: what is held above the subscription reaches furthest. */
export const widthOfScope = sql<number>`case ${assignments.scopeLevel} when 'root' then 1 when 'management_group' then 2 when 'subscription' then 3 when 'resource_group' then 4 else 5 end`

/** What a role amounts to, from its strength; null when that could not be read. */
export const privilegeOfStrength = (strength: number): Privilege | null => PRIVILEGES[strength - 1] ?? null

/** 1 for a role that grants access, to 5 for one that reads; 6 when what the role amounts to could not be read. */
export const strengthOfRole = sql<number>`case ${roleDefinitions.privilege} when 'grants_access' then 1 when 'writes' then 2 when 'writes_data' then 3 when 'reads_data' then 4 when 'reads' then 5 else 6 end`
