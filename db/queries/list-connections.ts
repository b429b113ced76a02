import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections, syncRuns } from '@/db/schema'

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
