import { and, asc, desc, eq, lte, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { auditEvents, organisations } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import type { NotShown } from '@/lib/domain/as-of'
import { knowsEligible } from '@/lib/domain/coverage'
import { isKeptWhole } from '@/lib/domain/retention'
import type { ConnectionState, CoverageLine } from '@/lib/domain/vocabulary'
import { CHAIN_THEN, resultBeside } from './as-of'
import { databaseNow } from './clock'
import { isUsable } from './connections'
import type { Published } from './snapshot'

/** A connection at a moment: with the result that its readers saw then, or why that cannot be shown. */
export type ConnectionAt = { id: string; label: string; subscriptionId: string } & (
  | { kind: 'shown'; snapshot: Published; coverage: CoverageLine[] }
  | { kind: 'not_shown'; why: NotShown }
)

/**
 * What readers of all connections saw at a moment, in label order: of each the result that it had published last then, as
 * `getResultAt` finds it for one. A connection that had been disconnected by then is left out, as it was then. One statement, whose
 * cost per connection is some look-ups by index.
 */
export async function listResultsAt(actor: Actor, at: Date): Promise<ConnectionAt[]> {
  const db = await getDb(actor)
  const result = db
    .select({
      finishedAt: syncRuns.finishedAt,
      coverage: syncRuns.coverage,
      nodeIds: CHAIN_THEN.nodeIds.as('nodes_then'),
      accountId: CHAIN_THEN.accountId.as('account_then'),
      tenantId: CHAIN_THEN.tenantId.as('tenant_then'),
      later: resultBeside('after').as('later_then'),
    })
    .from(syncRuns)
    .where(
      and(
        eq(syncRuns.organisationId, actor.organisationId),
        eq(syncRuns.connectionId, connections.id),
        eq(syncRuns.state, 'succeeded'),
        lte(syncRuns.finishedAt, at),
      ),
    )
    .orderBy(desc(syncRuns.finishedAt))
    .limit(1)
    .as('result')
  const found = await db
    .select({
      id: connections.id,
      label: connections.label,
      subscriptionId: connections.subscriptionId,
      tenantId: connections.tenantId,
      state: connections.state,
      createdAt: connections.createdAt,
      disconnectedAt: connections.disconnectedAt,
      beginsAt: connections.historyBeginsAt,
      prunedTo: organisations.historyPrunedTo,
      firstAt: firstResult,
      finishedAt: result.finishedAt,
      coverage: result.coverage,
      nodeIds: result.nodeIds,
      accountId: result.accountId,
      tenantThen: result.tenantId,
      later: result.later,
    })
    .from(connections)
    .innerJoin(organisations, eq(organisations.id, connections.organisationId))
    .leftJoinLateral(result, sql`true`)
    .where(and(eq(connections.organisationId, actor.organisationId), isUsable))
    .orderBy(asc(sql`lower(${connections.label})`), asc(connections.id))
  return found.filter((row) => !wasDisconnected(row, at)).map((row) => judge(row, at))
}

/** When a connection published the first result that is still known. */
const firstResult = sql<Date | null>`(select min(first.finished_at) from sync_runs first
  where first.organisation_id = ${connections.organisationId} and first.connection_id = ${connections.id}
    and first.state = 'succeeded')`.mapWith(syncRuns.finishedAt)

type Found = { id: string; label: string; subscriptionId: string } & {
  state: ConnectionState
  tenantId: string
  createdAt: Date
  disconnectedAt: Date | null
  beginsAt: Date | null
  prunedTo: Date | null
  firstAt: Date | null
} & Nullable<{
    finishedAt: Date
    coverage: CoverageLine[]
    nodeIds: string[]
    accountId: string
    tenantThen: string
    later: Date
  }>
type Nullable<Row> = { [Key in keyof Row]: Row[Key] | null }

const wasDisconnected = ({ state, disconnectedAt }: Found, at: Date): boolean =>
  state === 'disconnected' && disconnectedAt !== null && disconnectedAt <= at

function judge(row: Found, at: Date): ConnectionAt {
  const { id, label, subscriptionId, finishedAt, accountId, nodeIds, prunedTo, beginsAt, later } = row
  const named = { id, label, subscriptionId }
  const hide = (why: NotShown): ConnectionAt => ({ ...named, kind: 'not_shown', why })
  if (!finishedAt) {
    // Runs are deleted with the history, so that of a moment before the horizon nobody knows whether there was one.
    const mayHaveRead = prunedTo !== null && at < prunedTo && row.createdAt <= at
    return hide(mayHaveRead ? { kind: 'forgotten' } : { kind: 'not_read', first: row.firstAt })
  }
  const isKept = isKeptWhole({ publishedAt: finishedAt, later, beginsAt, prunedTo })
  if (!accountId || !nodeIds || !isKept) return hide({ kind: 'forgotten' })
  if (row.tenantThen !== row.tenantId) return hide({ kind: 'other_tenant' })
  const coverage = row.coverage ?? []
  const snapshot = { id, publishedAt: finishedAt, accountId, nodeIds, eligibleRead: knowsEligible(coverage) }
  return { ...named, kind: 'shown', snapshot, coverage }
}

/** The results of all connections around a moment, by when they were published; null where there is none. */
type ResultTimes = {
  /** The time of the database. */
  now: Date
  /** Until when the organisation's history is deleted. */
  prunedTo: Date | null
  first: Date | null
  /** The last one by the moment, the last one before that, and the first one after the moment. */
  last: Date | null
  earlier: Date | null
  later: Date | null
}

/** When any connection published a result around a moment: the moments at which lists over all subscriptions became others. */
export async function getResultTimes(actor: Actor, at: Date): Promise<ResultTimes> {
  const db = await getDb(actor)
  const time = (select: SQL) => select.mapWith(syncRuns.finishedAt) as SQL<Date | null>
  const moment = sql`${at.toISOString()}::timestamptz`
  const last = sql`(${publishTimes(actor, sql`<= ${moment}`, sql`desc`)})`
  const [found] = await db
    .select({
      now: databaseNow,
      prunedTo: organisations.historyPrunedTo,
      first: time(sql`(${publishTimes(actor, sql`is not null`, sql`asc`)})`),
      last: time(last),
      earlier: time(sql`(${publishTimes(actor, sql`< ${last}`, sql`desc`)})`),
      later: time(sql`(${publishTimes(actor, sql`> ${moment}`, sql`asc`)})`),
    })
    .from(organisations)
    .where(eq(organisations.id, actor.organisationId))
  if (!found) throw new Error('The organisation of the member is gone.')
  return found
}

/** The time of the first publish, in an order, whose time meets a condition. The names are written out, because it stands inside a select. */
const publishTimes = ({ organisationId }: Actor, condition: SQL, order: SQL): SQL => sql`
  select run.finished_at from sync_runs run
  join connections of_run on of_run.organisation_id = run.organisation_id and of_run.id = run.connection_id
  where run.organisation_id = ${organisationId} and run.state = 'succeeded' and of_run.state <> 'deleting'
    and run.finished_at ${condition}
  order by run.finished_at ${order} limit 1`

/** A connection that is deleted or being deleted, by the label that it had, and when that was asked for. */
export type DeletedConnection = { label: string; on: Date }

/**
 * The connections that were connected at a moment and were deleted after it: nothing is kept of them but what the audit log tells.
 */
export async function listDeletedSince(actor: Actor, at: Date): Promise<DeletedConnection[]> {
  const db = await getDb(actor)
  const subscription = sql`${auditEvents.details} ->> 'subscription'`
  const told = db
    .select({
      action: auditEvents.action,
      label: auditEvents.subject,
      on: auditEvents.at,
      connectedAt: sql<Date | null>`max(${auditEvents.at}) filter (where ${auditEvents.action} = 'connection.connected')
        over (partition by ${subscription} order by ${auditEvents.seq})`.as('connected_at'),
    })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.organisationId, actor.organisationId),
        eq(auditEvents.kind, 'change'),
        sql`${auditEvents.action} in ('connection.connected', 'connection.deletion_requested')`,
      ),
    )
    .as('told')
  return db
    .select({ label: told.label, on: told.on })
    .from(told)
    .where(
      and(
        eq(told.action, 'connection.deletion_requested'),
        sql`${told.on} > ${at.toISOString()}::timestamptz`,
        sql`coalesce(${told.connectedAt}, '-infinity') <= ${at.toISOString()}::timestamptz`,
      ),
    )
    .orderBy(asc(sql`lower(${told.label})`), asc(told.on))
}
