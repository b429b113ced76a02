import { and, eq, gt, inArray, isNull, lte, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { alias, type PgColumn } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { assignments, connectionNodes, denyAssignments, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { groupNesting, principals } from '@/db/schema/directory'
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

/**
 * A connection's published result: every read made with one of these sees the same moment, whatever is published meanwhile.
 * `nodeIds` are the nodes at which its access is kept, `accountId` is whose directory it runs through, and `eligibleRead` tells
 * whether it knows which roles are only eligible: see {@link SNAPSHOT}.
 */
export type Snapshot = {
  id: string
  publishedAt: Date | null
  accountId: string | null
  nodeIds: string[]
  eligibleRead: boolean
}

/** A snapshot of a connection that has published something. */
export type Published = { id: string; publishedAt: Date; accountId: string; nodeIds: string[]; eligibleRead: boolean }

/** The snapshot when something is published that can be read, else null. */
export const publishedOf = ({ publishedAt, accountId, ...rest }: Snapshot): Published | null =>
  publishedAt && accountId && isGuid(rest.id) ? { publishedAt, accountId, ...rest } : null

const nodesOfConnection = sql`from connection_nodes chain join nodes on nodes.organisation_id = chain.organisation_id and nodes.id = chain.node_id
  where chain.organisation_id = ${connections.organisationId} and chain.connection_id = ${connections.id}
    and chain.valid_from <= ${connections.publishedAt} and (chain.valid_to is null or chain.valid_to > ${connections.publishedAt})`

/** The columns of a snapshot of a connection, to be selected from `connections` together, in one statement. */
export const SNAPSHOT = {
  id: connections.id,
  publishedAt: connections.publishedAt,
  nodeIds: sql<string[]>`coalesce((select json_agg(chain.node_id order by chain.place) ${nodesOfConnection}), '[]')`,
  accountId: sql<string | null>`(select nodes.account_id ${nodesOfConnection} limit 1)`,
  eligibleRead: connections.eligibleRead,
}

/** Whose rows are read: those of one organisation. */
export type Reader = Pick<Actor, 'organisationId'>

type Interval = { organisationId: PgColumn; validFrom: PgColumn; validTo: PgColumn }
type OfNode = Interval & { nodeId: PgColumn }
type OfAccount = Interval & { accountId: PgColumn }

/** The rows of a table of validity intervals that a snapshot shows. Keeps to the actor's organisation. */
export const inSnapshot = (table: OfNode | OfAccount, actor: Reader, published: Published): SQL | undefined =>
  and(
    eq(table.organisationId, actor.organisationId),
    'nodeId' in table ? inArray(table.nodeId, published.nodeIds) : eq(table.accountId, published.accountId),
    isValidAt(table, published.publishedAt),
  )

/**
 * When something was read last, as a snapshot has it. The age of a row is brought up to date in its interval, so that one which is
 * no earlier than the snapshot was written after it.
 */
export const ageIn = ({ publishedAt }: Published, readAt: Date | null): Date | null =>
  readAt && readAt < publishedAt ? readAt : null

/**
 * Joins the nodes of every connection whose result is shown (`connectionsShown`), each as that result has them. `connections` has to
 * be joined before, and whoever asks keeps to the actor's organisation.
 */
export const nodesShown = and(
  eq(connectionNodes.organisationId, connections.organisationId),
  eq(connectionNodes.connectionId, connections.id),
  isValidAt(connectionNodes, connections.publishedAt),
)

/** Joins the nodes of every connection as its last result has them, which its readers may not see yet while it is published. */
export const nodesOfLastResult = and(
  eq(connectionNodes.organisationId, connections.organisationId),
  eq(connectionNodes.connectionId, connections.id),
  isNull(connectionNodes.validTo),
)

/** The rows of a table that belong to the nodes of {@link nodesShown}, as the result of the connection has them. */
export const atNodeShown = (table: OfNode): SQL | undefined =>
  and(
    eq(table.organisationId, connectionNodes.organisationId),
    eq(table.nodeId, connectionNodes.nodeId),
    isValidAt(table, connections.publishedAt),
  )

/**
 * A row is valid from its first moment until just before its last. The indexes of a directory's tables end with when a row begins, and
 * PostgreSQL 18, which can skip through an index to a column further behind, takes the look-up of one member for a thousand of them when that
 * is asked: it then reads all members instead. The `greatest` of one value is that value, and keeps it from the index.
 */
function isValidAt(table: Interval, moment: Date | SQLWrapper): SQL | undefined {
  const at = moment instanceof Date ? sql.param(moment, table.validFrom) : moment
  const hasBegun = 'accountId' in table ? sql`greatest(${table.validFrom}) <= ${at}` : lte(table.validFrom, moment)
  return and(hasBegun, or(isNull(table.validTo), gt(table.validTo, moment)))
}

/** The rows of the directory of an account, in SQL, as the result of a connection that is shown has them. */
export const inDirectoryShown = (table: OfAccount, accountId: SQLWrapper): SQL | undefined =>
  and(
    eq(table.organisationId, connections.organisationId),
    eq(table.accountId, accountId),
    isValidAt(table, connections.publishedAt),
  )

type OfConnection = { organisationId: PgColumn; connectionId: PgColumn }

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
export const runOf = (actor: Actor, { id, publishedAt }: Pick<Published, 'id' | 'publishedAt'>): SQL | undefined =>
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

const nesting = alias(groupNesting, 'nesting_of_snapshot')
const rootGrants = alias(assignments, 'grants_of_snapshot')
const rootDenials = alias(denyAssignments, 'denials_of_snapshot')

/**
 * Whether a snapshot's access runs through a group: it holds an assignment or is named in a denial, or is inside such a group. The
 * directory of the account has the groups of its other connections as well.
 */
export const isGroupOfSnapshot = (actor: Actor, published: Published, groupId: SQLWrapper): SQL => sql`exists (
  select from ${groupNesting} as ${nesting} where ${and(inSnapshot(nesting, actor, published), eq(nesting.innerId, groupId))} and (
    exists (select from ${assignments} as ${rootGrants}
      where ${and(inSnapshot(rootGrants, actor, published), eq(rootGrants.principalId, nesting.groupId))})
    or ${nesting.groupId} in (select named.who ->> 'id' from ${denyAssignments} as ${rootDenials},
      jsonb_array_elements(${rootDenials.principals} || ${rootDenials.excluded}) as named (who)
      where ${inSnapshot(rootDenials, actor, published)})))`
