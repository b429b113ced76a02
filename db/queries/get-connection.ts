import { and, desc, eq, inArray, notInArray } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections, syncRuns } from '@/db/schema'
import { isGuid } from './is-guid'

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
