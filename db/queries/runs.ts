import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { syncRuns } from '@/db/schema/runs'
import type { CountedResult } from '@/lib/domain/people-chart'
import type { Cursor } from '@/lib/domain/views'
import { isGuid } from './input'
import { EMPTY_PAGE, keyset, type Page, readPageOrFirst } from './keyset'

export type RunRow = Awaited<ReturnType<typeof readRuns>>['rows'][number]

/** A page of a connection's syncs, latest request first. */
export async function listRuns(
  actor: Actor,
  connectionId: string,
  cursor: Cursor | null,
  limit = 50,
): Promise<Page<RunRow>> {
  if (!isGuid(connectionId)) return EMPTY_PAGE
  return readPageOrFirst(cursor, (at) => readRuns(actor, connectionId, at, limit))
}

async function readRuns(actor: Actor, connectionId: string, cursor: Cursor | null, limit: number) {
  const { beyond, order, fetch, at, page } = keyset([syncRuns.requestedAt, syncRuns.id], 'desc', cursor, limit)
  const db = await getDb(actor)
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
      coverage: syncRuns.coverage,
      people: syncRuns.people,
      unread: syncRuns.unread,
      assignments: syncRuns.assignments,
      requestedAt: syncRuns.requestedAt,
      startedAt: syncRuns.startedAt,
      finishedAt: syncRuns.finishedAt,
      /** When the result before it was published; null for the first one. */
      previousAt: sql<Date | null>`(select max(before.finished_at) from sync_runs before
        where before.organisation_id = sync_runs.organisation_id and before.connection_id = sync_runs.connection_id
          and before.state = 'succeeded' and before.finished_at < sync_runs.finished_at)`.mapWith(syncRuns.finishedAt),
    })
    .from(syncRuns)
    .where(and(eq(syncRuns.organisationId, actor.organisationId), eq(syncRuns.connectionId, connectionId), beyond))
    .orderBy(...order)
    .limit(fetch)
  return page(found)
}

/** So many points a chart has at most: of each equal part of the time the last result. */
const POINTS = 60

/** What a connection's published results added up to over all the time that is kept, the earliest first, thinned out to {@link POINTS}. */
export async function listCountedResults(actor: Actor, connectionId: string): Promise<CountedResult[]> {
  if (!isGuid(connectionId)) return []
  const db = await getDb(actor)
  const { rows } = await db.execute<Omit<CountedResult, 'publishedAt'> & { publishedAt: string }>(sql`
    select distinct on (part) finished_at as "publishedAt", people, privileged, unread, gaps from (
      select *, width_bucket(extract(epoch from finished_at), min(extract(epoch from finished_at)) over (),
        max(extract(epoch from finished_at)) over () + 1, ${POINTS}::int) as part
      from sync_runs where organisation_id = ${actor.organisationId} and connection_id = ${connectionId}
        and state = 'succeeded' and finished_at is not null) as results
    order by part, finished_at desc`)
  return rows.map((row) => ({ ...row, publishedAt: new Date(row.publishedAt) }))
}
