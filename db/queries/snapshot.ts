import { and, eq, gt, isNull, lte, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { assignments, principals, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import {
  ASSIGNMENT_KINDS,
  type AssignmentKind,
  PRIVILEGES,
  type PrincipalStatus,
  type Privilege,
  SCOPE_LEVELS,
} from '@/lib/domain/vocabulary'
import { isGuid } from './input'

/** A connection's published result: every read made with one of these sees the same moment, whatever is published meanwhile. */
export type Snapshot = { id: string; publishedAt: Date | null }

/** A snapshot of a connection that has published something. */
export type Published = { id: string; publishedAt: Date }

/** The snapshot when something is published that can be read, else null. */
export const publishedOf = ({ id, publishedAt }: Snapshot): Published | null =>
  publishedAt && isGuid(id) ? { id, publishedAt } : null

type OfConnection = { organisationId: PgColumn; connectionId: PgColumn }
type Intervals = OfConnection & { validFrom: PgColumn; validTo: PgColumn }

/** The rows of a table of validity intervals that a snapshot shows. Keeps to the actor's organisation. */
export const inSnapshot = (table: Intervals, actor: Actor, { id, publishedAt }: Published): SQL | undefined =>
  and(eq(table.organisationId, actor.organisationId), eq(table.connectionId, id), isValidAt(table, publishedAt))

/**
 * The same for every connection at once, each at the moment that its readers see now. `connections` has to be joined, and
 * whoever asks keeps to the actor's organisation.
 */
export const inSnapshotNow = (table: Intervals): SQL | undefined =>
  and(toConnection(table), isValidAt(table, connections.publishedAt))

/** A row is valid from its first moment until just before its last. */
const isValidAt = (table: Intervals, moment: Date | SQLWrapper): SQL | undefined =>
  and(lte(table.validFrom, moment), or(isNull(table.validTo), gt(table.validTo, moment)))

/** Joins a row that belongs to a connection with that connection. */
export const toConnection = (table: OfConnection): SQL | undefined =>
  and(eq(connections.organisationId, table.organisationId), eq(connections.id, table.connectionId))

/** The organisation and the tenant within which an id names one principal and one role: columns, or values. */
type Directory = { organisationId: SQLWrapper | string; tenantId: SQLWrapper | string }
type InDirectory = { organisationId: PgColumn; tenantId: PgColumn; id: PgColumn }

/**
 * Joins an id with the principal that it names. A left join keeps the rows of principals about which nothing was ever
 * read: they still have access.
 */
export const toPrincipal = (directory: Directory, id: SQLWrapper | string, table: InDirectory = principals) =>
  isNamed(table, directory, id)

/** Joins an id with the role definition that it names; here too a left join keeps what could not be read. */
export const toRole = (directory: Directory, id: SQLWrapper | string, table: InDirectory = roleDefinitions) =>
  isNamed(table, directory, id)

const isNamed = (table: InDirectory, { organisationId, tenantId }: Directory, id: SQLWrapper | string) =>
  and(eq(table.organisationId, organisationId), eq(table.tenantId, tenantId), eq(table.id, id))

/** The run that published a snapshot: it ended at the snapshot's moment, and no two of one connection do. */
export const runOf = (actor: Actor, { id, publishedAt }: Published): SQL | undefined =>
  and(
    eq(syncRuns.organisationId, actor.organisationId),
    eq(syncRuns.connectionId, id),
    eq(syncRuns.state, 'succeeded'),
    eq(syncRuns.finishedAt, publishedAt),
  )

/** A value's place in a closed list, counted from 1; the place after the last for anything else, null included. */
export function rankIn(value: SQLWrapper, list: readonly string[]): SQL<number> {
  const places = list.map((word, index) => `when '${word}' then ${index + 1}`)
  return sql<number>`case ${value} ${sql.raw(`${places.join(' ')} else ${list.length + 1}`)} end`
}

/**
 * The kind of a role that is held through memberships, from the kinds of the assignment, of the way from the group that
 * holds it down, and of the last membership: the weakest of them (see `weakestKind`).
 */
export function weakestKindOf(...kinds: SQLWrapper[]): SQL<AssignmentKind> {
  const words = sql.raw(ASSIGNMENT_KINDS.map((kind) => `'${kind}'`).join(', '))
  const ranks = kinds.map((kind) => rankIn(kind, ASSIGNMENT_KINDS))
  return sql<AssignmentKind>`(array[${words}])[greatest(${sql.join(ranks, sql`, `)})]`
}

/** Widest first: what is held above the subscription reaches furthest. */
export const widthOfScope = rankIn(assignments.scopeLevel, SCOPE_LEVELS)

/** 1 for a role that grants access, to 5 for one that reads; 6 when what the role amounts to could not be read. */
export const strengthOfRole = rankIn(roleDefinitions.privilege, PRIVILEGES)

/** What a role amounts to, from its strength; null when that could not be read. */
export const privilegeOfStrength = (strength: number): Privilege | null => PRIVILEGES[strength - 1] ?? null

/** The status of a left joined principal. One about which nothing was ever read has no row: unknown, not absent. */
export const statusOfPrincipal = sql<PrincipalStatus>`coalesce(${principals.status}, 'not_readable')`
