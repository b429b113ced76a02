import { sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { AzureError, problemOf } from '@/lib/azure/client/errors'
import { LONGEST_PAUSE_MS } from '@/lib/azure/client/retry'
import type { Meter } from '@/lib/azure/client/transport'
import { lockAccount, markReconnectNeeded } from '@/lib/connections/account'
import { whereConnection } from '@/lib/connections/connection'
import type { ProblemKind } from '@/lib/domain/problem'
import { explain, isOfAccount } from '@/lib/domain/problems'
import type { ConnectionState } from '@/lib/domain/vocabulary'
import { log } from '@/lib/log'
import { type HeldRun, whereHeldBy } from '@/lib/runs/runs'

type Cost = Pick<Meter, 'calls' | 'retries'>

/**
 * Ends a run as failed, and never throws: a failure that the database refuses to store is replaced by a plain one, without
 * anything of Microsoft's in it. A run that cannot be ended even so is logged, and stays for the sweep of lost runs
 * (end-lost-runs.ts).
 */
export async function endFailedRun(run: HeldRun, error: AzureError, meter: Cost): Promise<void> {
  try {
    await failRun(run, error, meter)
  } catch (refused) {
    log().error({ event: 'sync_failure_not_stored', runId: run.id, problem: error.code, error: refused })
    try {
      await failRun(run, new AzureError('unknown', 'The failure itself could not be stored.'), meter)
    } catch (again) {
      log().error({ event: 'sync_not_ended', runId: run.id, error: again })
    }
  }
}

const STATE_AFTER_FAILURE: Record<ProblemKind, ConnectionState> = {
  transient: 'active',
  ours: 'active',
  sign_in: 'reconnect_needed',
  right: 'action_needed',
}

/** Minutes until a run is tried again that failed with a sign-in which somebody has replaced meanwhile. */
const REPLACED_SIGN_IN_MINUTES = 1

/**
 * Writes down that a run failed and what follows: a retry after minutes, or waiting for a person. The published result
 * stays as it is. Does nothing when the run is no longer held by this worker.
 */
export async function failRun(run: HeldRun, error: AzureError, meter: Cost): Promise<void> {
  const { kind } = explain(error.code)
  const isLongPause = (error.retryAfterMs ?? 0) > LONGEST_PAUSE_MS
  const problem = isLongPause && kind === 'transient' ? { ...problemOf(error), code: 'long_pause' } : problemOf(error)
  const db = await getDb(run)
  await db.transaction(async (tx) => {
    const own = whereConnection(run.organisationId, run.connection.id)
    // First the account, then the connection, then its run: everyone locks them in this order.
    const account = run.account && isOfAccount(error.code) ? await lockAccount(tx, run, run.account.id) : null
    await tx.select({ id: connections.id }).from(connections).where(own).for('update')
    const failed = await tx
      .update(syncRuns)
      .set({ state: 'failed', problem, finishedAt: sql`now()`, calls: meter.calls, retries: meter.retries })
      .where(whereHeldBy(run))
      .returning({ id: syncRuns.id })
    if (failed.length === 0) return

    const waits = account && run.account ? await markReconnectNeeded(tx, run.account, error.code) : null
    const [counted] = await tx
      .update(connections)
      .set({
        failures: sql`failures + 1`,
        // What is wrong with the account is said there, once for all of its connections.
        state: account ? 'active' : STATE_AFTER_FAILURE[kind],
        stateReason: account || kind === 'transient' ? null : error.code,
      })
      .where(own)
      .returning({ failures: connections.failures })
    const wait =
      waits === false
        ? REPLACED_SIGN_IN_MINUTES * 60_000
        : chooseRetryMs(kind, counted?.failures ?? 1, error.retryAfterMs)
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
 * @param askedMs milliseconds that Microsoft asked to wait: the least we wait, up to a day
 */
export function chooseRetryMs(kind: ProblemKind, failures: number, askedMs = 0): number | null {
  if (kind === 'sign_in' || kind === 'right') return null
  const steps = kind === 'transient' ? TRANSIENT_MINUTES : OURS_MINUTES
  const minutes = steps[Math.min(failures, steps.length) - 1] ?? 1
  return Math.max(minutes * 60_000, Math.min(askedMs, LONGEST_PAUSE_MS))
}
