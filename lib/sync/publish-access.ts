import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { Meter } from '@/lib/azure/client/transport'
import { lockDirectory, whereConnection } from '@/lib/connections/connection'
import type { Access } from '@/lib/domain/access'
import { nextSyncAt } from '@/lib/domain/connection-status'
import { isGap, isPassing } from '@/lib/domain/coverage'
import type { Schedule } from '@/lib/domain/vocabulary'
import { type ClaimedRun, RunLost, whereHeldBy } from '@/lib/runs/runs'
import { writeAssignments, writeDenies, writeGroups, writeHolders, writePrincipals, writeRoles } from './write-access'

/**
 * Publishes what a run read, in the transaction it is given: readers see the old result or the new one, never a mix.
 * It locks the connection first, so that two publishes of one connection cannot interleave, and then checks the fencing
 * number, so that a worker that lost its run writes nothing. Throws {@link RunLost} in that case.
 *
 * @returns how many rows of interval tables were written
 */
export async function publishAccess(
  tx: Transaction,
  run: ClaimedRun,
  access: Access,
  meter: Meter,
): Promise<{ written: number }> {
  const { organisationId, connection } = run
  const { holders, signals, roleCounts } = access.summarised
  const own = whereConnection(organisationId, connection.id)
  const [locked] = await tx
    .select({
      schedule: connections.schedule,
      publishedAt: connections.publishedAt,
      // Strictly after the last publish: what is read as of a time must stay what it was.
      at: sql<string>`greatest(date_trunc('milliseconds', clock_timestamp()), ${connections.publishedAt} + interval '1 millisecond')::text`,
    })
    .from(connections)
    .where(own)
    .for('update')
  const [held] = await tx.select({ id: syncRuns.id }).from(syncRuns).where(whereHeldBy(run)).for('update')
  if (!locked || !held) throw new RunLost()

  const at = new Date(locked.at)
  await lockDirectory(tx, organisationId, connection.tenantId)
  await writePrincipals(tx, run, access)
  await writeRoles(tx, run, access)
  const assigned = await writeAssignments(tx, run, access.assignments, at)
  const { gained, lost } = assigned
  const written =
    assigned.written +
    (await writeDenies(tx, run, access, at)) +
    (await writeGroups(tx, run, access, at)) +
    (await writeHolders(tx, run, holders, at))
  await refreshStatistics(tx, written)

  const seen = holders.filter(({ summary }) => !summary.allUnread)
  const people = seen.filter(({ kind }) => kind === 'user').length
  const assignments = access.assignments.filter(
    ({ kind, principalKind }) => kind !== 'eligible' && principalKind !== 'delegate',
  ).length
  await tx
    .update(syncRuns)
    .set({
      state: 'succeeded',
      phase: 'done',
      finishedAt: at,
      gained,
      lost,
      people,
      others: seen.filter(({ kind }) => kind !== 'user' && kind !== 'group').length,
      unread: holders.length - seen.length,
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
      nextSyncAt: nextLook(access, locked, at),
      subscriptionName: access.subscription.name,
      subscriptionState: access.subscription.state,
      managementGroups: access.managementGroups,
    })
    .where(own)
  return { written }
}

/** Minutes until something is looked at again that will probably be known, or answer, by then. */
const LOOK_AGAIN_MINUTES = 10

/**
 * When the schedule asks for the next sync, or soon, when something is in doubt that a second look decides. A result that
 * was itself such a look is followed by none: what is still in doubt then can be so for long.
 */
function nextLook(
  { coverage, principals }: Access,
  { schedule, publishedAt }: { schedule: Schedule; publishedAt: Date | null },
  at: Date,
): Date | null {
  const due = nextSyncAt(schedule, at)
  if (publishedAt && at.getTime() - publishedAt.getTime() < 2 * LOOK_AGAIN_MINUTES * 60_000) return due
  const isDoubtful = coverage.some(isPassing) || principals.values().some(({ status }) => status === 'unconfirmed')
  if (!due || !isDoubtful) return due
  return new Date(Math.min(due.getTime(), at.getTime() + LOOK_AGAIN_MINUTES * 60_000))
}

/** Rows from which on a publish changes the tables enough to need new statistics. */
const ANALYSE_FROM_ROWS = 1_000

/**
 * Refreshes the statistics that the database plans its queries by. With those of an empty table a list of fifty thousand
 * takes minutes instead of milliseconds, and autovacuum comes too late, or never on the embedded engine.
 */
async function refreshStatistics(tx: Transaction, written: number): Promise<void> {
  if (written < ANALYSE_FROM_ROWS) return
  await tx.execute(
    sql`analyze assignments, principals, connection_groups, group_members, group_nesting, group_owners, holders`,
  )
}
