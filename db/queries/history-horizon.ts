import { and, eq, isNotNull, ne } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { organisations } from '@/db/schema/organisations'
import type { HistoryBegin } from '@/lib/domain/retention'
import type { HistoryLength } from '@/lib/domain/vocabulary'
import { isGuid } from './input'

/**
 * The earliest moment as of which a connection can be asked and everything is there: its first result, or the horizon to which the
 * organisation's history is deleted, when that is later. At such a moment the connection showed what it had published last, which
 * may be older. Null for a connection without a result, and for one that the actor's organisation does not have.
 */
export async function readHistoryBegin(actor: Actor, connectionId: string): Promise<HistoryBegin | null> {
  if (!isGuid(connectionId)) return null
  const db = await getDb(actor)
  const [found] = await db
    .select({
      beganAt: connections.historyBeginsAt,
      prunedTo: organisations.historyPrunedTo,
      prunedAfter: organisations.historyPrunedAfter,
      kept: organisations.historyKept,
    })
    .from(connections)
    .innerJoin(organisations, eq(organisations.id, connections.organisationId))
    .where(
      and(
        eq(connections.organisationId, actor.organisationId),
        eq(connections.id, connectionId),
        ne(connections.state, 'deleting'),
        isNotNull(connections.historyBeginsAt),
      ),
    )
  if (!found?.beganAt) return null
  const { beganAt, prunedTo, prunedAfter, kept } = found
  const isPruned = prunedTo !== null && prunedTo > beganAt
  return { since: isPruned ? prunedTo : beganAt, isPruned, prunedAfter: isPruned ? prunedAfter : null, kept }
}

/**
 * For how long the organisation keeps its history, and the horizon before which it is deleted. That is null where there is none, or
 * where it lies before the organisation, so that there was nothing to delete.
 */
export async function readHistoryLength(actor: Actor): Promise<{ kept: HistoryLength; prunedTo: Date | null }> {
  const db = await getDb(actor)
  const [found] = await db
    .select({
      kept: organisations.historyKept,
      prunedTo: organisations.historyPrunedTo,
      createdAt: organisations.createdAt,
    })
    .from(organisations)
    .where(eq(organisations.id, actor.organisationId))
  if (!found) throw new Error('The organisation of the member is gone.')
  const { kept, prunedTo, createdAt } = found
  return { kept, prunedTo: prunedTo && prunedTo > createdAt ? prunedTo : null }
}
