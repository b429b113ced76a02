import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { allow } from '@/lib/allow'
import { audit } from '@/lib/audit'
import { lockConnection } from '@/lib/connections/lock-connection'
import { NotFound } from '@/lib/connections/not-found'
import { openRun } from '@/lib/connections/open-run'
import { enqueueSync } from '@/lib/jobs/enqueue-sync'

/** Asks for a sync now. A run that is already open is joined; a disconnected subscription has nothing to sync with. */
export async function requestSync(actor: Actor, connectionId: string): Promise<{ runId: string; joined: boolean }> {
  allow(actor, 'sync')
  const db = await getDb()
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
  if (!run.joined) await enqueueSync(run)
  return { runId: run.runId, joined: run.joined }
}
