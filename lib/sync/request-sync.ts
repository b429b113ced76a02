import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
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
    if (!opened.joined) await audit(tx, actor, { action: 'connection.sync_requested', subject: connection.label })
    return opened
  })
  if (!run.joined) await sendSync(run)
  return { runId: run.runId, joined: run.joined }
}
