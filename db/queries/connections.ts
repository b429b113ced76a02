import { and, asc, desc, eq, inArray, notInArray, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { Cursor } from '@/lib/domain/views'
import { isGuid } from './input'
import { EMPTY_PAGE, keyset, type Page, readPage } from './keyset'

const OPEN = ['queued', 'running'] as const

export type ConnectionFacts = NonNullable<Awaited<ReturnType<typeof getConnection>>>

/**
 * The facts of one connection with the run readers see (`publishedRun`), the last one that ended (`lastRun`) and the one
 * under way (`openRun`), read in one statement. Null for an id the organisation does not have, whoever else has it.
 */
export async function getConnection(actor: Actor, connectionId: string) {
  if (!isGuid(connectionId)) return null
  const db = await getDb()
  const published = alias(syncRuns, 'published_run')
  const open = alias(syncRuns, 'open_run')
  const ended = db
    .select()
    .from(syncRuns)
    .where(
      and(
        eq(syncRuns.organisationId, actor.organisationId),
        eq(syncRuns.connectionId, connectionId),
        notInArray(syncRuns.state, [...OPEN]),
      ),
    )
    .orderBy(desc(syncRuns.requestedAt), desc(syncRuns.id))
    .limit(1)
    .as('last_run')

  const [found] = await db
    .select({
      id: connections.id,
      integration: connections.integration,
      subscriptionId: connections.subscriptionId,
      subscriptionName: connections.subscriptionName,
      subscriptionState: connections.subscriptionState,
      tenantId: connections.tenantId,
      accountName: connections.accountName,
      label: connections.label,
      state: connections.state,
      stateReason: connections.stateReason,
      schedule: connections.schedule,
      nextSyncAt: connections.nextSyncAt,
      failures: connections.failures,
      publishedAt: connections.publishedAt,
      connectedByName: connections.connectedByName,
      createdAt: connections.createdAt,
      disconnectedAt: connections.disconnectedAt,
      optionalScopes: connections.optionalScopes,
      managementGroups: connections.managementGroups,
      publishedRun: {
        id: published.id,
        coverage: published.coverage,
        gaps: published.gaps,
        plan: published.plan,
        finishedAt: published.finishedAt,
        signals: published.signals,
        people: published.people,
        others: published.others,
        assignments: published.assignments,
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
        id: open.id,
        state: open.state,
        phase: open.phase,
        counters: open.counters,
        trigger: open.trigger,
        requestedAt: open.requestedAt,
        startedAt: open.startedAt,
      },
    })
    .from(connections)
    .leftJoin(
      published,
      and(eq(published.organisationId, connections.organisationId), eq(published.id, connections.publishedRunId)),
    )
    .leftJoin(ended, eq(ended.connectionId, connections.id))
    .leftJoin(
      open,
      and(
        eq(open.organisationId, connections.organisationId),
        eq(open.connectionId, connections.id),
        inArray(open.state, [...OPEN]),
      ),
    )
    .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId)))
  return found ?? null
}

export type ConnectionRow = Awaited<ReturnType<typeof listConnections>>[number]

/**
 * The organisation's connections in label order, disconnected ones too, each with the run that readers see, the last
 * one that came to a result, and the one under way. One statement, whose cost per connection is one look-up by index.
 */
export async function listConnections(actor: Actor) {
  const db = await getDb()
  const published = alias(syncRuns, 'published_run')
  const open = alias(syncRuns, 'open_run')
  const last = db
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
        eq(syncRuns.organisationId, actor.organisationId),
        eq(syncRuns.connectionId, connections.id),
        inArray(syncRuns.state, ['succeeded', 'failed']),
      ),
    )
    .orderBy(desc(syncRuns.requestedAt), desc(syncRuns.id))
    .limit(1)
    .as('last_run')

  return db
    .select({
      id: connections.id,
      integration: connections.integration,
      label: connections.label,
      subscriptionId: connections.subscriptionId,
      subscriptionName: connections.subscriptionName,
      tenantId: connections.tenantId,
      state: connections.state,
      stateReason: connections.stateReason,
      schedule: connections.schedule,
      publishedAt: connections.publishedAt,
      people: published.people,
      others: published.others,
      signals: published.signals,
      lastRun: {
        state: last.state,
        gaps: last.gaps,
        problem: last.problem,
        coverage: last.coverage,
        finishedAt: last.finishedAt,
      },
      openRun: { state: open.state, phase: open.phase, counters: open.counters, startedAt: open.startedAt },
    })
    .from(connections)
    .leftJoin(
      published,
      and(eq(published.organisationId, connections.organisationId), eq(published.id, connections.publishedRunId)),
    )
    .leftJoin(
      open,
      and(
        eq(open.organisationId, connections.organisationId),
        eq(open.connectionId, connections.id),
        inArray(open.state, ['queued', 'running']),
      ),
    )
    .leftJoinLateral(last, sql`true`)
    .where(eq(connections.organisationId, actor.organisationId))
    .orderBy(asc(sql`lower(${connections.label})`), asc(connections.id))
}

export type ConnectionProgress = Awaited<ReturnType<typeof getProgress>>[number]

/** How far the newest run of each of these connections has come, in label order; `run` is null before the first. */
export async function getProgress(actor: Actor, connectionIds: string[]) {
  const ids = connectionIds.filter(isGuid)
  if (ids.length === 0) return []
  const db = await getDb()
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
      state: connections.state,
      nextSyncAt: connections.nextSyncAt,
      run: {
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
    .leftJoin(newest, eq(newest.connectionId, connections.id))
    .where(and(eq(connections.organisationId, actor.organisationId), inArray(connections.id, ids)))
    .orderBy(asc(connections.label), asc(connections.id))
}

export type RunRow = Awaited<ReturnType<typeof readRuns>>['rows'][number]

/** A page of a connection's syncs, latest request first. */
export async function listRuns(
  actor: Actor,
  connectionId: string,
  cursor: Cursor | null,
  limit = 50,
): Promise<Page<RunRow>> {
  if (!isGuid(connectionId)) return EMPTY_PAGE
  const place = cursor && isPlace(cursor) ? cursor : null
  return readPage(place, (at) => readRuns(actor, connectionId, at, limit))
}

/** A cursor comes from the address: anything but a time and an id would be an error in SQL. */
function isPlace({ at: [time = '', id = ''] }: Cursor): boolean {
  return /^\d{4}-\d\d-\d\dT[\d:.+Z-]+$/.test(time) && !Number.isNaN(Date.parse(time)) && isGuid(id)
}

async function readRuns(actor: Actor, connectionId: string, cursor: Cursor | null, limit: number) {
  const { beyond, order, fetch, at, page } = keyset([syncRuns.requestedAt, syncRuns.id], 'desc', cursor, limit)
  const db = await getDb()
  const found = await db
    .select({
      at,
      id: syncRuns.id,
      trigger: syncRuns.trigger,
      requestedByName: syncRuns.requestedByName,
      state: syncRuns.state,
      phase: syncRuns.phase,
      gaps: syncRuns.gaps,
      calls: syncRuns.calls,
      retries: syncRuns.retries,
      problem: syncRuns.problem,
      gained: syncRuns.gained,
      lost: syncRuns.lost,
      plan: syncRuns.plan,
      people: syncRuns.people,
      assignments: syncRuns.assignments,
      requestedAt: syncRuns.requestedAt,
      startedAt: syncRuns.startedAt,
      finishedAt: syncRuns.finishedAt,
    })
    .from(syncRuns)
    .where(and(eq(syncRuns.organisationId, actor.organisationId), eq(syncRuns.connectionId, connectionId), beyond))
    .orderBy(...order)
    .limit(fetch)
  return page(found)
}
