import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { syncRuns } from '@/db/schema/runs'
import { allow, audit, NotFound } from '@/lib/actor'
import { lockConnection } from '@/lib/connections/connection'
import { limit } from '@/lib/limits'
import { sendSync } from '@/lib/runs/queue'
import { openRun } from '@/lib/runs/runs'

/**
 * Asks for a sync now, or joins the run that is open already. Throws {@link NotFound} also for a disconnected subscription,
 * which has no sign-in to sync with, and TooMany.
 */
export async function requestSync(actor: Actor, connectionId: string): Promise<{ runId: string; joined: boolean }> {
  allow(actor, 'sync')
  await limit('sync_member', actor.memberId)
  // With the organisation in it, so that nobody can use up what another organisation has left.
  await limit('sync', `${actor.organisationId} ${connectionId}`)
  const db = await getDb(actor)
  const run = await db.transaction(async (tx) => {
    const connection = await lockConnection(tx, actor, connectionId)
    if (connection.state === 'disconnected') throw new NotFound('The subscription is disconnected.')
    const opened = await openRun(tx, {
      organisationId: actor.organisationId,
      connectionId,
      trigger: 'manual',
      by: actor,
    })
    if (opened.joined) await askByHand(tx, actor, opened.runId)
    else await audit(tx, actor, { action: 'connection.sync_requested', subject: connection.label })
    return opened
  })
  if (!run.joined) await sendSync(run)
  return { runId: run.runId, joined: run.joined }
}

/** Makes a run that has not begun one that was asked for by hand now, so that it takes nothing that was read before. */
async function askByHand(tx: Transaction, { organisationId, memberId, name }: Actor, runId: string): Promise<void> {
  await tx
    .update(syncRuns)
    .set({ trigger: 'manual', requestedAt: sql`now()`, requestedById: memberId, requestedByName: name })
    .where(and(eq(syncRuns.organisationId, organisationId), eq(syncRuns.id, runId), eq(syncRuns.state, 'queued')))
}
