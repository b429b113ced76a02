import { type AnyColumn, and, eq, gt, ilike, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { assignments, principals, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { PRIVILEGES, type PrincipalStatus, type Privilege } from '@/lib/domain/vocabulary'

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
export const statusOfPrincipal = sql<PrincipalStatus>`coalesce(${principals.status}, 'not_readable')`

/** Widest first: what is held above the subscription reaches furthest. */
export const widthOfScope = sql<number>`case ${assignments.scopeLevel} when 'root' then 1 when 'management_group' then 2 when 'subscription' then 3 when 'resource_group' then 4 else 5 end`

/** What a role amounts to, from its strength; null when that could not be read. */
export const privilegeOfStrength = (strength: number): Privilege | null => PRIVILEGES[strength - 1] ?? null

/** 1 for a role that grants access, to 5 for one that reads; 6 when what the role amounts to could not be read. */
export const strengthOfRole = sql<number>`case ${roleDefinitions.privilege} when 'grants_access' then 1 when 'writes' then 2 when 'writes_data' then 3 when 'reads_data' then 4 when 'reads' then 5 else 6 end`

type OfConnection = { organisationId: PgColumn; connectionId: PgColumn; validFrom: PgColumn; validTo: PgColumn }

/** The rows of a table of validity intervals that a snapshot shows. Keeps to the actor's organisation. */
export function inSnapshot(table: OfConnection, actor: Actor, { id, publishedAt }: Published): SQL | undefined {
  return and(
    eq(table.organisationId, actor.organisationId),
    eq(table.connectionId, id),
    lte(table.validFrom, publishedAt),
    or(isNull(table.validTo), gt(table.validTo, publishedAt)),
  )
}

/** The run that published a snapshot: it ended at the snapshot's moment, and no two of one connection do. */
export const runOf = (actor: Actor, { id, publishedAt }: Published): SQL | undefined =>
  and(
    eq(syncRuns.organisationId, actor.organisationId),
    eq(syncRuns.connectionId, id),
    eq(syncRuns.state, 'succeeded'),
    eq(syncRuns.finishedAt, publishedAt),
  )

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether an id from an address may be compared with a uuid column; PostgreSQL refuses anything else with an error. */
export const isGuid = (text: string): boolean => GUID.test(text)

/** Longest search looked at, in characters: longer than any name worth typing. */
const LONGEST_SEARCH = 200

/** Rows where any of the columns contains the typed text, in any case. `%`, `_` and `\` are ordinary characters. */
export function searchText(typed: string, columns: AnyColumn[]): SQL | undefined {
  const text = typed.replaceAll('\0', '').trim().slice(0, LONGEST_SEARCH)
  if (text === '') return undefined
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return or(...columns.map((column) => ilike(column, pattern)))
}
