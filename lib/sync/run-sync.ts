import { DrizzleQueryError } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { tidy } from '@/db/tidy'
import { AzureError, toAzureError } from '@/lib/azure/client/errors'
import { createMeter } from '@/lib/azure/client/transport'
import { azureForConnection } from '@/lib/connections/azure-for-connection'
import { SealBroken } from '@/lib/connections/seal'
import type { SyncJob } from '@/lib/jobs/enqueue-sync'
import { log } from '@/lib/log'
import { claimRun } from './claim-run'
import { countCurrent } from './count-current'
import { failRun } from './fail-run'
import { followRun } from './follow-run'
import { RunLost } from './held-run'
import { publishAccess } from './publish-access'
import { readAccess } from './read-access'

/** Longer than any sync we have measured, with throttling; after it the run is ended and tried again later. */
const RUN_DEADLINE_MINUTES = 20

/** The embedded engine is tidied after a publish that wrote this many rows or more. */
const TIDY_FROM_ROWS = 100

/**
 * Carries one run to its end and writes the outcome on it.
 *
 * A subscription is read whole before any of it is written. When it cannot be read, the last published result stays:
 * showing nobody would claim that access was removed.
 *
 * @param shutdown aborts when the process is ending; the run is then left for the next worker
 */
export async function runSync(job: SyncJob, shutdown: AbortSignal): Promise<void> {
  const run = await claimRun(job)
  if (!run) return
  const meter = createMeter()
  const following = followRun(run, meter)
  const signal = AbortSignal.any([shutdown, following.lost, AbortSignal.timeout(RUN_DEADLINE_MINUTES * 60_000)])
  try {
    const azure = azureForConnection(run.connection, meter, signal)
    const access = await readAccess(azure, run.connection.subscriptionId, await countCurrent(run), following.report)
    following.report('publishing')
    await following.stop()
    signal.throwIfAborted()
    const db = await getDb()
    const { written } = await db.transaction((tx) => publishAccess(tx, run, access, meter))
    if (written >= TIDY_FROM_ROWS) await tidy()
    log().info({
      event: 'sync_succeeded',
      runId: run.id,
      connectionId: run.connection.id,
      calls: meter.calls,
      retries: meter.retries,
    })
  } catch (error) {
    await following.stop()
    if (error instanceof RunLost || following.lost.aborted) {
      log().warn({ event: 'sync_lost', runId: run.id, error: following.lost.reason ?? error })
      return
    }
    const failure = shutdown.aborted
      ? new AzureError('interrupted', 'The process ended.', { cause: error })
      : failureOf(error)
    await failRun(run, failure, meter)
    log().warn({ event: 'sync_failed', runId: run.id, connectionId: run.connection.id, problem: failure.code, error })
  }
}

function failureOf(error: unknown): AzureError {
  if (error instanceof SealBroken)
    return new AzureError('secret_unreadable', 'The stored sign-in could not be opened.', { cause: error })
  // The database failed, not Microsoft: what was read is lost, and reading again in a minute is the cure.
  if (error instanceof DrizzleQueryError)
    return new AzureError('interrupted', 'The database did not take the result.', { cause: error })
  return toAzureError(error)
}
