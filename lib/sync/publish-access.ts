import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { Meter } from '@/lib/azure/client/transport'
import { lockDirectory } from '@/lib/connections/connection'
import type { Access } from '@/lib/domain/access'
import { nextSyncAt } from '@/lib/domain/connection-status'
import { isGap } from '@/lib/domain/coverage'
import { type ClaimedRun, RunLost, whereHeldBy } from '@/lib/runs/runs'
import { writeAssignments, writeDenies, writeGroups, writeHolders, writePrincipals, writeRoles } from './write-access'

/** From this many rows on the database is told at once what its tables look like now. */
const ANALYSE_FROM_ROWS = 1_000

/**
 * Makes what a run read the published result, in the transaction it is given: readers see the old or the new, never a
 * mix. Takes the connection's row first, so that two publishes of one connection cannot interleave, then checks the
 * fencing number, so that a worker that woke up late writes nothing. Throws {@link RunLost} for it.
 */
export async function publishAccess(
  tx: Transaction,
  run: ClaimedRun,
  access: Access,
  meter: Meter,
): Promise<{ written: number }> {
  const { organisationId, connection } = run
  const { holders, signals, roleCounts } = access.summarised
  const own = and(eq(connections.organisationId, organisationId), eq(connections.id, connection.id))
  const [locked] = await tx
    .select({
      schedule: connections.schedule,
      // Strictly after the last one: what is read as of a publish time must stay what it was.
      at: sql<string>`greatest(date_trunc('milliseconds', clock_timestamp()), ${connections.publishedAt} + interval '1 millisecond')::text`,
    })
    .from(connections)
    .where(own)
    .for('update')
  const [held] = await tx.select({ id: syncRuns.id }).from(syncRuns).where(whereHeldBy(run)).for('update')
  if (!locked || !held) throw new RunLost('The run is no longer held by this worker.')

  const at = new Date(locked.at)
  await lockDirectory(tx, organisationId, connection.tenantId)
  await writePrincipals(tx, run, access)
  await writeRoles(tx, run, access)
  const { gained, lost, written } = await writeAssignments(tx, run, access.assignments, at)
  const besides =
    (await writeDenies(tx, run, access, at)) +
    (await writeGroups(tx, run, access, at)) +
    (await writeHolders(tx, run, holders, at))

  await refreshStatistics(tx, written + besides)

  const people = holders.filter(({ kind }) => kind === 'user').length
  const assignments = access.assignments.filter(({ kind }) => kind !== 'eligible').length
  await tx
    .update(syncRuns)
    .set({
      state: 'succeeded',
      phase: 'done',
      finishedAt: at,
      gained,
      lost,
      people,
      others: holders.length - people,
      assignments,
      counters: { assignments, people, peopleWanted: people, groups: access.groups.size },
      plan: access.plan,
      signals,
      roleCounts,
      coverage: access.coverage,
      gaps: access.coverage.some(isGap),
      calls: meter.calls,
      retries: meter.retries,
      problem: null,
    })
    .where(whereHeldBy(run))
  await tx
    .update(connections)
    .set({
      publishedRunId: run.id,
      publishedAt: at,
      state: 'active',
      stateReason: null,
      failures: 0,
      nextSyncAt: nextSyncAt(locked.schedule, at),
      subscriptionName: access.subscription.name,
      subscriptionState: access.subscription.state,
      managementGroups: access.managementGroups,
    })
    .where(own)
  return { written: written + besides }
}

/**
 * Whoever reads the new result should meet a planner that knows it: with the statistics of an empty table a list of
 * fifty thousand takes minutes instead of milliseconds, and autovacuum comes too late, or on the embedded engine never.
 */
async function refreshStatistics(tx: Transaction, written: number): Promise<void> {
  if (written < ANALYSE_FROM_ROWS) return
  await tx.execute(sql`analyze assignments, principals, connection_groups, group_members, group_nesting, holders`)
}
