import type { Actor } from '@/db/actor'
import { type ConnectionProgress, getProgress } from '@/db/queries/connections'
import { listRuns, type RunRow } from '@/db/queries/runs'
import type { Attempt } from '@/lib/connections/attempts'
import type { RunTrigger } from '@/lib/domain/vocabulary'

/** What begins a sync of an attempt: the attempt itself, and the retries after it failed. */
const OWN: readonly RunTrigger[] = ['connect', 'reconnect', 'retry']

/** Greater than any ID, so that a cursor with it lies before everything of the same moment. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * How far the syncs that an attempt began have come, in label order. An attempt is confirmed before it expires, and so its
 * syncs are asked for before then. Later syncs of the same connection are not shown, however they ended.
 */
export async function readProgress(actor: Actor, attempt: Attempt): Promise<ConnectionProgress[]> {
  const all = await getProgress(actor, attempt.madeConnectionIds)
  return Promise.all(
    all.map(async (progress) => {
      if (!progress.run || progress.run.requestedAt <= attempt.expiresAt) return progress
      const own = await findOwnRun(actor, progress.connectionId, attempt.expiresAt)
      return own ? { ...progress, nextSyncAt: null, run: { ...own, counters: {} } } : progress
    }),
  )
}

async function findOwnRun(actor: Actor, connectionId: string, expiresAt: Date): Promise<RunRow | undefined> {
  const before = await listRuns(actor, connectionId, { at: [expiresAt.toISOString(), LAST_ID], side: 'after' })
  return before.rows.find(({ trigger, requestedAt }) => requestedAt <= expiresAt && OWN.includes(trigger))
}
