import { sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { syncRuns } from '@/db/schema/runs'
import type { Meter } from '@/lib/azure/client/transport'
import type { RunCounters, RunPhase } from '@/lib/domain/vocabulary'
import { type ClaimedRun, HEARTBEAT_SECONDS } from './claim-run'
import { heldRun, RunLost } from './held-run'

/** Progress is written at most this often: pages look once a second. */
const WRITE_EVERY_MS = 500

export type Report = (phase: RunPhase, counters?: RunCounters) => void

type Followed = {
  report: Report
  /** Aborts with {@link RunLost} as the reason once the run is no longer ours. */
  lost: AbortSignal
  /** Ends the heartbeat once the last report is written. Later reports, of requests that were cut short, count for nothing. */
  stop(): Promise<void>
}

/** Writes a run's phase, counts and sign of life as it goes, and notices when the run was taken away. */
export function followRun(run: ClaimedRun, meter: Meter): Followed {
  const lost = new AbortController()
  let phase: RunPhase = 'starting'
  let counters: RunCounters = {}
  let writing: Promise<void> = Promise.resolve()
  let due: NodeJS.Timeout | undefined
  let stopped = false

  const write = async () => {
    const db = await getDb()
    const held = await db
      .update(syncRuns)
      .set({ phase, counters, calls: meter.calls, retries: meter.retries, heartbeatAt: sql`now()` })
      .where(heldRun(run))
      .returning({ id: syncRuns.id })
    if (held.length === 0) lost.abort(new RunLost('The run is no longer held by this worker.'))
  }
  const flush = () => {
    due = undefined
    writing = writing.then(write).catch((error: unknown) => lost.abort(error))
  }
  const heartbeat = setInterval(flush, HEARTBEAT_SECONDS * 1000)

  return {
    lost: lost.signal,
    report(newPhase, newCounters = {}) {
      if (stopped) return
      phase = newPhase
      counters = { ...counters, ...newCounters }
      due ??= setTimeout(flush, WRITE_EVERY_MS)
    },
    async stop() {
      stopped = true
      clearInterval(heartbeat)
      clearTimeout(due)
      if (due) flush()
      await writing
    },
  }
}
