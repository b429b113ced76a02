import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections, syncRuns } from '@/db/schema'
import { isGuid } from './is-guid'

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
