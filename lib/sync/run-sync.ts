import { DrizzleQueryError, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { tidy } from '@/db/tidy'
import { AzureError, problemOf, toAzureError } from '@/lib/azure/client/errors'
import { createMeter, type Meter } from '@/lib/azure/client/transport'
import { whereConnection } from '@/lib/connections/connection'
import { azureForConnection, SealBroken } from '@/lib/connections/vault'
import { explain, type ProblemKind } from '@/lib/domain/problems'
import type { ConnectionState } from '@/lib/domain/vocabulary'
import { log } from '@/lib/log'
import type { SyncJob } from '@/lib/runs/queue'
import { type ClaimedRun, claimRun, followRun, RunLost, whereHeldBy } from '@/lib/runs/runs'
import { lastResultOf } from './last-result'
import { publishAccess } from './publish-access'
import { readAccess } from './read-access'

/** Longer than any sync we have measured, throttled ones included. After it the run is ended and tried again later. */
const RUN_DEADLINE_MINUTES = 20

/** A publish that wrote this many rows or more leaves enough behind for the embedded engine to be tidied. */
const TIDY_FROM_ROWS = 100

/**
 * Carries one run to its end and writes the outcome on it. Does nothing when another worker holds the run.
 *
 * A subscription is read whole before any of it is written. When it cannot be read, the last published result stays:
 * showing nobody would claim that access was removed.
 *
 * @param shutdown aborts when the process is ending; the run then fails as interrupted, and is tried again
 */
export async function runSync(job: SyncJob, shutdown: AbortSignal): Promise<void> {
  const run = await claimRun(job)
  if (!run) return
  const meter = createMeter()
  const following = followRun(run, meter)
  const signal = AbortSignal.any([shutdown, following.lost, AbortSignal.timeout(RUN_DEADLINE_MINUTES * 60_000)])
  try {
    const azure = azureForConnection(run.connection, meter, signal)
    const access = await readAccess(azure, run.connection.subscriptionId, lastResultOf(run), following.report)
    following.report('publishing')
    await following.stop()
    signal.throwIfAborted()
    const db = await getDb(run)
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
      : toFailure(error)
    await failRun(run, failure, meter)
    log().warn({ event: 'sync_failed', runId: run.id, connectionId: run.connection.id, problem: failure.code, error })
  }
}

/** What went wrong, as one of the problems that the portal explains. */
function toFailure(error: unknown): AzureError {
  if (error instanceof SealBroken)
    return new AzureError('secret_unreadable', 'The stored sign-in could not be opened.', { cause: error })
  // The database failed, not Microsoft. What was read is lost, so it has to be read again.
  if (error instanceof DrizzleQueryError)
    return new AzureError('interrupted', 'The database did not take the result.', { cause: error })
  return toAzureError(error)
}

const STATE_AFTER_FAILURE: Record<ProblemKind, ConnectionState> = {
  transient: 'active',
  ours: 'active',
  sign_in: 'reconnect_needed',
  right: 'action_needed',
}

/**
 * Writes down that a run failed and what follows: a retry after minutes, or waiting for a person. The published result
 * stays as it is. Does nothing when the run is no longer held by this worker.
 */
export async function failRun(run: ClaimedRun, error: AzureError, meter: Meter): Promise<void> {
  const { kind } = explain(error.code)
  const db = await getDb(run)
  await db.transaction(async (tx) => {
    const own = whereConnection(run.organisationId, run.connection.id)
    // First the connection, then its run: everyone locks them in this order.
    await tx.select({ id: connections.id }).from(connections).where(own).for('update')
    const failed = await tx
      .update(syncRuns)
      .set({
        state: 'failed',
        problem: problemOf(error),
        finishedAt: sql`now()`,
        calls: meter.calls,
        retries: meter.retries,
      })
      .where(whereHeldBy(run))
      .returning({ id: syncRuns.id })
    if (failed.length === 0) return

    const [counted] = await tx
      .update(connections)
      .set({
        failures: sql`failures + 1`,
        state: STATE_AFTER_FAILURE[kind],
        stateReason: kind === 'transient' ? null : error.code,
      })
      .where(own)
      .returning({ failures: connections.failures })
    const wait = chooseRetryMs(kind, counted?.failures ?? 1, error.retryAfterMs)
    await tx
      .update(connections)
      .set({ nextSyncAt: wait === null ? null : sql`now() + make_interval(secs => ${wait / 1000})` })
      .where(own)
  })
}

/** Minutes to wait before the next try, by failures in a row. Never long, because most outages are over in minutes. */
const TRANSIENT_MINUTES = [1, 2, 5, 15, 30, 60]

/** The same for faults in our own set-up: they last until somebody mends them, and the sync should then go on by itself. */
const OURS_MINUTES = [15, 60]

/**
 * Milliseconds until a failed connection is tried again, or null when only a person can help.
 *
 * @param failures how often it has failed in a row, this time included (1 or more)
 * @param askedMs milliseconds that Microsoft asked to wait, which is the least we wait
 */
export function chooseRetryMs(kind: ProblemKind, failures: number, askedMs = 0): number | null {
  if (kind === 'sign_in' || kind === 'right') return null
  const steps = kind === 'transient' ? TRANSIENT_MINUTES : OURS_MINUTES
  const minutes = steps[Math.min(failures, steps.length) - 1] ?? 1
  return Math.max(minutes * 60_000, askedMs)
}
