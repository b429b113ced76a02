import { and, eq, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { SyncJob } from '@/lib/jobs/enqueue-sync'

/** A running run without a sign of life for this long has lost its worker. Heartbeats come every {@link HEARTBEAT_SECONDS}. */
export const HEARTBEAT_LOST_SECONDS = 90
export const HEARTBEAT_SECONDS = 15

export type ClaimedRun = {
  organisationId: string
  id: string
  fence: number
  connection: typeof connections.$inferSelect
}

/**
 * Takes a run for this worker, or gives null when there is nothing to take: done, cancelled, or in live hands. The
 * fencing number rises with each claim, and only its latest holder can write to the run again.
 */
export async function claimRun({ organisationId, runId }: SyncJob): Promise<ClaimedRun | null> {
  const db = await getDb()
  const [claimed] = await db
    .update(syncRuns)
    .set({
      state: 'running',
      phase: 'starting',
      fence: sql`fence + 1`,
      startedAt: sql`coalesce(started_at, now())`,
      heartbeatAt: sql`now()`,
    })
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        eq(syncRuns.id, runId),
        sql`(state = 'queued' or (state = 'running' and heartbeat_at < now() - make_interval(secs => ${HEARTBEAT_LOST_SECONDS})))`,
      ),
    )
    .returning({ fence: syncRuns.fence, connectionId: syncRuns.connectionId })
  if (!claimed) return null
  const [connection] = await db
    .select()
    .from(connections)
    .where(and(eq(connections.organisationId, organisationId), eq(connections.id, claimed.connectionId)))
  return connection ? { organisationId, id: runId, fence: claimed.fence, connection } : null
}
