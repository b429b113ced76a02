import { and, eq, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { type AzureError, problemOf } from '@/lib/azure/client/errors'
import type { Meter } from '@/lib/azure/client/transport'
import { explain, type ProblemKind } from '@/lib/domain/problems'
import type { ConnectionState } from '@/lib/domain/vocabulary'
import type { ClaimedRun } from './claim-run'
import { heldRun } from './held-run'
import { retryAfterMs } from './retry-after'

const STATE_AFTER: Record<ProblemKind, ConnectionState> = {
  transient: 'active',
  ours: 'active',
  sign_in: 'reconnect_needed',
  right: 'action_needed',
}

/**
 * Writes down that a run failed and what follows: a retry after minutes, or waiting for a person. The published result
 * is not touched. Does nothing when the run is no longer held.
 */
export async function failRun(run: ClaimedRun, error: AzureError, meter: Meter): Promise<void> {
  const { kind } = explain(error.code)
  const db = await getDb()
  await db.transaction(async (tx) => {
    const own = and(eq(connections.organisationId, run.organisationId), eq(connections.id, run.connection.id))
    // First the connection, then its run: the order in which everyone takes them.
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
      .where(heldRun(run))
      .returning({ id: syncRuns.id })
    if (failed.length === 0) return

    const [counted] = await tx
      .update(connections)
      .set({
        failures: sql`failures + 1`,
        state: STATE_AFTER[kind],
        stateReason: kind === 'transient' ? null : error.code,
      })
      .where(own)
      .returning({ failures: connections.failures })
    const wait = retryAfterMs(kind, counted?.failures ?? 1, error.retryAfterMs)
    await tx
      .update(connections)
      .set({ nextSyncAt: wait === null ? null : sql`now() + make_interval(secs => ${wait / 1000})` })
      .where(own)
  })
}
