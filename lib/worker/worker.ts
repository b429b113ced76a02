import { and, eq, inArray, lte, sql } from 'drizzle-orm'
import type { PgBoss } from 'pg-boss'
import { z } from 'zod'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import { isAccountOf } from '@/db/queries/accounts'
import { nowAsStored } from '@/db/queries/clock'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { whereConnection } from '@/lib/connections/connection'
import { deleteConnection, sendLostDeletions } from '@/lib/connections/delete-connection'
import { followTenants } from '@/lib/connections/follow'
import { resealSecrets } from '@/lib/connections/reseal-secrets'
import { prepareExport, sendLostExports } from '@/lib/exports/prepare-export'
import { log } from '@/lib/log'
import {
  DELETION_QUEUE,
  DUE_RUNS_QUEUE,
  EXPORT_QUEUE,
  getQueue,
  SWEEP_QUEUE,
  SYNC_QUEUE,
  type SyncJob,
  sendSync,
} from '@/lib/runs/queue'
import { isLost, MOST_CLAIMS, openRun } from '@/lib/runs/runs'
import { endLostRuns } from '@/lib/sync/end-lost-runs'
import { runSync } from '@/lib/sync/run-sync'
import { pruneHistory } from './prune-history'
import { sweep } from './sweep'

/** Syncs at a time in one process: they mostly wait for Microsoft. */
export const CONCURRENT_SYNCS = 4

/** How often a worker looks for jobs where the database cannot wake it. */
const POLL_SECONDS = 1

const EVERY_MINUTE = '* * * * *'
const EVERY_FIVE_MINUTES = '*/5 * * * *'

/** Makes this process carry out syncs and deletions and keep the schedules, until `signal` aborts the runs under way. */
export async function startWorker(signal: AbortSignal): Promise<void> {
  const queue = await getQueue()
  for (let started = 0; started < CONCURRENT_SYNCS; started++) await startSyncWorker(queue, signal)
  await queue.work(DELETION_QUEUE, { pollingIntervalSeconds: POLL_SECONDS }, async (jobs) => {
    for (const job of jobs)
      await logFailure('deletion_failed', () => deleteConnection(DeletionJobData.parse(job.data), signal))
  })
  await queue.work(EXPORT_QUEUE, { pollingIntervalSeconds: POLL_SECONDS }, async (jobs) => {
    for (const job of jobs)
      await logFailure('export_failed', () => prepareExport(ExportJobData.parse(job.data), signal))
  })
  await queue.work(DUE_RUNS_QUEUE, { pollingIntervalSeconds: POLL_SECONDS }, async () => {
    await logFailure('due_runs_failed', sendDueRuns)
    await logFailure('lost_deletions_failed', sendLostDeletions)
    await logFailure('lost_exports_failed', sendLostExports)
  })
  await queue.work(SWEEP_QUEUE, { pollingIntervalSeconds: POLL_SECONDS }, async () => {
    await logFailure('sweep_failed', async () => void (await sweep(signal)))
    await logFailure('prune_failed', async () => void (await pruneHistory(signal)))
    // After the sweep, which has deleted what was sealed for attempts that have expired.
    await logFailure('reseal_failed', async () => void (await resealSecrets(signal)))
    await logFailure('follow_job_failed', () => followTenants(signal))
  })
  await queue.schedule(DUE_RUNS_QUEUE, EVERY_MINUTE)
  await queue.schedule(SWEEP_QUEUE, EVERY_FIVE_MINUTES)
  await sendDueRuns()
  await sendLostDeletions()
  log().info({ event: 'worker_started' })
}

/** The queue keeps what its jobs throw to itself, so it is logged here. */
async function logFailure(event: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    log().error({ event, error })
    throw error
  }
}

const DeletionJobData = z.object({ organisationId: z.guid(), connectionId: z.guid() })
const ExportJobData = z.object({ organisationId: z.guid(), exportId: z.guid() })
const SyncJobData = z.object({ organisationId: z.guid(), runId: z.guid() })

/**
 * Starts one worker, which carries out one sync at a time, the oldest first.
 *
 * pg-boss wakes workers when a sync is sent, and otherwise lets them look only every half a minute. A sync that was sent
 * while all of them were busy would wait that long, so a worker that ends one looks for the next at once. It takes no
 * more than one: the others stay free for other workers, and still wait in the queue when this process is killed.
 */
async function startSyncWorker(queue: PgBoss, signal: AbortSignal): Promise<void> {
  const worker: string = await queue.work(SYNC_QUEUE, { pollingIntervalSeconds: POLL_SECONDS }, async (jobs) => {
    try {
      for (const job of jobs) await logFailure('sync_job_failed', () => runSync(SyncJobData.parse(job.data), signal))
    } finally {
      // A process that is ending leaves what waits to the next one.
      if (!signal.aborted) queue.notifyWorker(worker)
    }
  })
}

/** Runs sent at once, of those that are due and of those that lost their worker. The rest follow a minute later. */
const RUNS_AT_ONCE = 100

/**
 * Opens the runs that are due and sends them to workers, together with runs whose worker is gone; those that have lost too
 * many are ended. Once a minute, in one worker.
 */
export async function sendDueRuns(): Promise<void> {
  await endLostRuns()
  for (const [organisationId, due] of Map.groupBy(await listDueConnections(), (one) => one.organisationId)) {
    const connectionIds = due.map(({ connectionId }) => connectionId)
    for (const run of await openDueRuns(organisationId, connectionIds)) await sendSync(run)
  }
  for (const run of await findLostRuns()) await sendSync(run)
}

const isDue = and(
  eq(connections.state, 'active'),
  eq(accounts.state, 'active'),
  lte(connections.nextSyncAt, nowAsStored),
)

/** The connections of all organisations whose next sync is due, those first that have been for longest. */
async function listDueConnections(): Promise<{ organisationId: string; connectionId: string }[]> {
  const db = await getDbOfEveryOrganisation()
  return db
    .select({ organisationId: connections.organisationId, connectionId: connections.id })
    .from(connections)
    .innerJoin(accounts, isAccountOf)
    .where(isDue)
    .orderBy(connections.nextSyncAt)
    .limit(RUNS_AT_ONCE)
}

/** Opens the runs of those connections of an organisation that are still due and that nobody else is changing. */
async function openDueRuns(organisationId: string, connectionIds: string[]): Promise<SyncJob[]> {
  const db = await getDb({ organisationId })
  return db.transaction(async (tx) => {
    const due = await tx
      .select({ connectionId: connections.id, failures: connections.failures })
      .from(connections)
      .innerJoin(accounts, isAccountOf)
      .where(and(eq(connections.organisationId, organisationId), inArray(connections.id, connectionIds), isDue))
      .orderBy(connections.nextSyncAt)
      .for('update', { of: connections, skipLocked: true })
    const opened: SyncJob[] = []
    for (const { connectionId, failures } of due) {
      await tx.update(connections).set({ nextSyncAt: null }).where(whereConnection(organisationId, connectionId))
      opened.push(
        await openRun(tx, { organisationId, connectionId, trigger: failures > 0 ? 'retry' : 'schedule', by: null }),
      )
    }
    return opened
  })
}

/** A queued run this old may have lost its job, so it is sent again. That does nothing while its job waits. */
const QUEUED_TOO_LONG_SECONDS = 120

/** Runs whose worker is gone: queued for too long, or running without a heartbeat. One that is carried out after all cannot be claimed again. */
async function findLostRuns(): Promise<SyncJob[]> {
  const db = await getDbOfEveryOrganisation()
  return db
    .select({ organisationId: syncRuns.organisationId, runId: syncRuns.id })
    .from(syncRuns)
    .where(
      sql`(state = 'queued' and requested_at < now() - make_interval(secs => ${QUEUED_TOO_LONG_SECONDS}))
       or (state = 'running' and ${isLost} and fence < ${MOST_CLAIMS})`,
    )
    .orderBy(syncRuns.requestedAt)
    .limit(RUNS_AT_ONCE)
}
