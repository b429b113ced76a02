import { and, asc, desc, eq, inArray, ne, notInArray, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Database } from '@/db/database'
import { accounts } from '@/db/schema/accounts'
import { connectionDeletions, connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { ConnectionState, RunState } from '@/lib/domain/vocabulary'
import { isAccountOf, otherConnections } from './accounts'
import { databaseNow } from './clock'
import { isGuid } from './input'
import { SNAPSHOT, toConnection } from './snapshot'

export const OPEN: RunState[] = ['queued', 'running']

const publishedRun = alias(syncRuns, 'published_run')
const isPublishedRun = and(
  eq(publishedRun.organisationId, connections.organisationId),
  eq(publishedRun.id, connections.publishedRunId),
)
export const openRun = alias(syncRuns, 'open_run')
export const isOpenRun = and(
  eq(openRun.organisationId, connections.organisationId),
  eq(openRun.connectionId, connections.id),
  inArray(openRun.state, OPEN),
)

/** Whether nothing but its account keeps a connection from being read. */
export const waitsForAccount = sql`${connections.state} = 'active' and ${accounts.state} <> 'active'`

/** The state of a connection and its reason as pages show them: with its account in need of a reconnect, it is in need of one. */
export const shownState = sql<ConnectionState>`case when ${waitsForAccount} then 'reconnect_needed' else ${connections.state} end`
const shownReason = sql<
  string | null
>`case when ${waitsForAccount} then coalesce(${accounts.stateReason}, 'sign_in_expired') else ${connections.stateReason} end`

export type ConnectionFacts = NonNullable<Awaited<ReturnType<typeof getConnection>>>

/** What is being deleted is no connection any more: only {@link listDeletions} tells of it. */
export const isUsable = ne(connections.state, 'deleting')

/**
 * The facts of one connection with the run readers see (`publishedRun`), the last one that ended (`lastRun`) and the one
 * under way (`openRun`), read in one statement, with the time of the database (`now`). Null for an id the organisation does not have, whoever else has it.
 */
export async function getConnection(actor: Actor, connectionId: string) {
  if (!isGuid(connectionId)) return null
  const db = await getDb(actor)
  const ended = db
    .select()
    .from(syncRuns)
    .where(
      and(
        eq(syncRuns.organisationId, actor.organisationId),
        eq(syncRuns.connectionId, connectionId),
        notInArray(syncRuns.state, OPEN),
      ),
    )
    .orderBy(desc(syncRuns.requestedAt), desc(syncRuns.id))
    .limit(1)
    .as('last_run')

  const [found] = await db
    .select({
      ...SNAPSHOT,
      now: databaseNow,
      integration: connections.integration,
      subscriptionId: connections.subscriptionId,
      subscriptionName: connections.subscriptionName,
      subscriptionState: connections.subscriptionState,
      tenantId: connections.tenantId,
      account: { id: accounts.id, name: accounts.name, kind: accounts.kind, others: otherConnections },
      label: connections.label,
      state: shownState,
      stateReason: shownReason,
      schedule: connections.schedule,
      nextSyncAt: connections.nextSyncAt,
      failures: connections.failures,
      connectedByName: connections.connectedByName,
      createdAt: connections.createdAt,
      disconnectedAt: connections.disconnectedAt,
      optionalScopes: accounts.optionalScopes,
      managementGroups: connections.managementGroups,
      publishedRun: {
        id: publishedRun.id,
        coverage: publishedRun.coverage,
        gaps: publishedRun.gaps,
        plan: publishedRun.plan,
        finishedAt: publishedRun.finishedAt,
        signals: publishedRun.signals,
        people: publishedRun.people,
        others: publishedRun.others,
        unread: publishedRun.unread,
        assignments: publishedRun.assignments,
      },
      lastRun: {
        id: ended.id,
        state: ended.state,
        problem: ended.problem,
        gaps: ended.gaps,
        requestedAt: ended.requestedAt,
        finishedAt: ended.finishedAt,
      },
      openRun: {
        id: openRun.id,
        state: openRun.state,
        phase: openRun.phase,
        counters: openRun.counters,
        trigger: openRun.trigger,
        requestedAt: openRun.requestedAt,
        startedAt: openRun.startedAt,
      },
    })
    .from(connections)
    .innerJoin(accounts, isAccountOf)
    .leftJoin(publishedRun, isPublishedRun)
    .leftJoin(ended, eq(ended.connectionId, connections.id))
    .leftJoin(openRun, isOpenRun)
    .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId), isUsable))
  return found ?? null
}

/** The last run of each connection that came to a result, for a lateral join. */
export const lastResult = (db: Database, organisationId: string) =>
  db
    .select({
      state: syncRuns.state,
      gaps: syncRuns.gaps,
      problem: syncRuns.problem,
      coverage: syncRuns.coverage,
      finishedAt: syncRuns.finishedAt,
    })
    .from(syncRuns)
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        eq(syncRuns.connectionId, connections.id),
        inArray(syncRuns.state, ['succeeded', 'failed']),
      ),
    )
    .orderBy(desc(syncRuns.requestedAt), desc(syncRuns.id))
    .limit(1)
    .as('last_run')

/** When the result of each of the organisation's connections was published that its readers see now, and its own state. */
export async function listPublishedTimes(actor: Actor) {
  const db = await getDb(actor)
  return db
    .select({ id: connections.id, publishedAt: connections.publishedAt, state: connections.state })
    .from(connections)
    .where(and(eq(connections.organisationId, actor.organisationId), ne(connections.state, 'deleting')))
}

export type ConnectionTile = Awaited<ReturnType<typeof listConnections>>[number]

/**
 * The organisation's connections in label order, disconnected ones too, each with the run that readers see, the last
 * one that came to a result, and the one under way. One statement, whose cost per connection is one look-up by index.
 *
 * @param connectionIds only these of them
 */
export async function listConnections(actor: Actor, connectionIds?: string[]) {
  if (connectionIds?.length === 0) return []
  const db = await getDb(actor)
  const last = lastResult(db, actor.organisationId)
  return db
    .select({
      ...SNAPSHOT,
      now: databaseNow,
      integration: connections.integration,
      label: connections.label,
      subscriptionId: connections.subscriptionId,
      subscriptionName: connections.subscriptionName,
      tenantId: connections.tenantId,
      state: shownState,
      stateReason: shownReason,
      schedule: connections.schedule,
      nextSyncAt: connections.nextSyncAt,
      publishedAt: connections.publishedAt,
      people: publishedRun.people,
      others: publishedRun.others,
      unread: publishedRun.unread,
      coverage: publishedRun.coverage,
      signals: publishedRun.signals,
      lastRun: {
        state: last.state,
        gaps: last.gaps,
        problem: last.problem,
        coverage: last.coverage,
        finishedAt: last.finishedAt,
      },
      openRun: { state: openRun.state, phase: openRun.phase, counters: openRun.counters, startedAt: openRun.startedAt },
    })
    .from(connections)
    .innerJoin(accounts, isAccountOf)
    .leftJoin(publishedRun, isPublishedRun)
    .leftJoin(openRun, isOpenRun)
    .leftJoinLateral(last, sql`true`)
    .where(
      and(
        eq(connections.organisationId, actor.organisationId),
        isUsable,
        connectionIds ? inArray(connections.id, connectionIds) : undefined,
      ),
    )
    .orderBy(asc(sql`lower(${connections.label})`), asc(connections.id))
}

export type DeletionRow = Awaited<ReturnType<typeof listDeletions>>[number]

/** The connections that are being deleted, the oldest request first, each with how many rows of its tables are gone so far. */
export async function listDeletions(actor: Actor) {
  const db = await getDb(actor)
  return db
    .select({
      id: connections.id,
      integration: connections.integration,
      label: connections.label,
      subscriptionName: connections.subscriptionName,
      subscriptionId: connections.subscriptionId,
      requestedByName: connectionDeletions.requestedByName,
      requestedAt: connectionDeletions.requestedAt,
      deleted: connectionDeletions.deleted,
    })
    .from(connectionDeletions)
    .innerJoin(connections, toConnection(connectionDeletions))
    .where(eq(connectionDeletions.organisationId, actor.organisationId))
    .orderBy(asc(connectionDeletions.requestedAt), asc(connections.id))
}

export type ConnectionProgress = Awaited<ReturnType<typeof getProgress>>[number]

/**
 * How far the newest run of each of these connections has come, in label order; `run` is null before the first. `found` is what the
 * result adds up to that readers see, and by which run it was published.
 */
export async function getProgress(actor: Actor, connectionIds: string[]) {
  const ids = connectionIds.filter(isGuid)
  if (ids.length === 0) return []
  const db = await getDb(actor)
  const newest = db
    .selectDistinctOn([syncRuns.connectionId])
    .from(syncRuns)
    .where(and(eq(syncRuns.organisationId, actor.organisationId), inArray(syncRuns.connectionId, ids)))
    .orderBy(asc(syncRuns.connectionId), desc(syncRuns.requestedAt), desc(syncRuns.id))
    .as('newest')

  return db
    .select({
      connectionId: connections.id,
      label: connections.label,
      state: shownState,
      nextSyncAt: connections.nextSyncAt,
      found: {
        runId: publishedRun.id,
        people: publishedRun.people,
        unread: publishedRun.unread,
        signals: publishedRun.signals,
      },
      run: {
        id: newest.id,
        state: newest.state,
        phase: newest.phase,
        counters: newest.counters,
        gaps: newest.gaps,
        problem: newest.problem,
        people: newest.people,
        assignments: newest.assignments,
        requestedAt: newest.requestedAt,
        startedAt: newest.startedAt,
        finishedAt: newest.finishedAt,
      },
    })
    .from(connections)
    .innerJoin(accounts, isAccountOf)
    .leftJoin(publishedRun, isPublishedRun)
    .leftJoin(newest, eq(newest.connectionId, connections.id))
    .where(and(eq(connections.organisationId, actor.organisationId), inArray(connections.id, ids), isUsable))
    .orderBy(asc(connections.label), asc(connections.id))
}
