import { fromPglite, PgBoss } from 'pg-boss'
import { getEngine } from '@/db/client'
import { log } from '@/lib/log'

/** Jobs that each carry out one sync. The names of the queues are stored in databases, so they stay. */
export const SYNC_QUEUE = 'sync'
/** Jobs that each look for runs that are due, once a minute. */
export const DUE_RUNS_QUEUE = 'tick'

/** Jobs that each delete one connection. */
export const DELETION_QUEUE = 'deletion'

/** Jobs that each delete what is kept no longer, every five minutes. */
export const SWEEP_QUEUE = 'sweep'

/** Jobs that each write one export that somebody takes later. */
export const EXPORT_QUEUE = 'export'

/** What a job of {@link SYNC_QUEUE} holds: ids only, since the queue's tables are no place for anything else. */
export type SyncJob = { organisationId: string; runId: string }

/**
 * Sends a run that is stored as queued to a worker. If the process dies before this, the worker that looks for due runs
 * finds the run and sends it. A run that has a job waiting gets no second one, and one that is sent twice is claimed once.
 */
export async function sendSync({ organisationId, runId }: SyncJob): Promise<void> {
  const queue = await getQueue()
  const job: SyncJob = { organisationId, runId }
  await queue.send(SYNC_QUEUE, job, { singletonKey: runId })
}

/** What a job of {@link DELETION_QUEUE} holds. */
export type DeletionJob = { organisationId: string; connectionId: string }

/** Sends a deletion that is written down to a worker. If the process dies before this, the worker's look for due work sends it. */
export async function sendDeletion({ organisationId, connectionId }: DeletionJob): Promise<void> {
  const queue = await getQueue()
  const job: DeletionJob = { organisationId, connectionId }
  await queue.send(DELETION_QUEUE, job, { singletonKey: connectionId })
}

/** What a job of {@link EXPORT_QUEUE} holds. */
export type ExportJob = { organisationId: string; exportId: string }

/** Sends an export that was asked for to a worker. If the process dies before this, the worker's look for due work sends it. */
export async function sendExport({ organisationId, exportId }: ExportJob): Promise<void> {
  const queue = await getQueue()
  const job: ExportJob = { organisationId, exportId }
  await queue.send(EXPORT_QUEUE, job, { singletonKey: exportId })
}

const shared = globalThis as typeof globalThis & { rolecallQueue?: Promise<PgBoss> }

/**
 * The queue, on the same database as everything else, started once per process. It retries nothing: a failed run is
 * tried again by its connection's own schedule, which knows what the failure was.
 */
export function getQueue(): Promise<PgBoss> {
  shared.rolecallQueue ??= startOnce()
  return shared.rolecallQueue
}

/** Milliseconds that running jobs get to end. */
const STOP_TIMEOUT_MS = 5000

/** Lets running jobs end, then stops the queue. Does nothing when it was never started. */
export async function stopQueue(): Promise<void> {
  const queue = await shared.rolecallQueue
  shared.rolecallQueue = undefined
  await queue?.stop({ graceful: true, timeout: STOP_TIMEOUT_MS })
}

function startOnce(): Promise<PgBoss> {
  const starting = startQueue()
  // A failed start is not remembered, because its cause may pass.
  starting.catch(() => {
    if (shared.rolecallQueue === starting) shared.rolecallQueue = undefined
  })
  return starting
}

/** Seconds that a finished job stays, for whoever looks into the queue by hand. */
const JOB_KEPT_SECONDS = 24 * 60 * 60

/** Longer than a run's own deadline: pg-boss should never be the one to end a sync. */
const SYNC_EXPIRES_SECONDS = 60 * 60

/** Long enough for the largest connection: the next job goes on where this one ended. */
const DELETION_EXPIRES_SECONDS = 60 * 60

/** Millions of rows take minutes. An export whose worker is gone is found by its heartbeat, long before this. */
const EXPORT_EXPIRES_SECONDS = 60 * 60

const SWEEP_EXPIRES_SECONDS = 5 * 60

const DUE_RUNS_EXPIRES_SECONDS = 60

async function startQueue(): Promise<PgBoss> {
  const engine = await getEngine()
  const queue = new PgBoss({
    ...(engine.kind === 'embedded'
      ? { db: fromPglite(engine.pglite), backend: 'pglite' as const }
      : { connectionString: engine.pool.options.connectionString }),
    // The schema was made with the database: pg-boss would ask for the right to create schemas even when it exists.
    createSchema: false,
    useListenNotify: true,
    // The embedded engine has one connection and no other process to compete with: less housekeeping, fewer pauses.
    ...(engine.kind === 'embedded' ? { reindex: false, monitorVacuum: false } : {}),
  })
  queue.on('error', (error) => log().error({ event: 'queue', error }))
  await queue.start()
  // `short`: of the jobs with the same key one waits at most, whatever is running. A sync's key is its run. The jobs that
  // look for due runs and the sweeps have none, so one waits at most, and one that a killed process left running holds up nobody.
  const options = { policy: 'short' as const, retryLimit: 0, deleteAfterSeconds: JOB_KEPT_SECONDS, notify: true }
  await queue.createQueue(SYNC_QUEUE, { ...options, expireInSeconds: SYNC_EXPIRES_SECONDS })
  await queue.createQueue(DELETION_QUEUE, { ...options, expireInSeconds: DELETION_EXPIRES_SECONDS })
  await queue.createQueue(EXPORT_QUEUE, { ...options, expireInSeconds: EXPORT_EXPIRES_SECONDS })
  await queue.createQueue(DUE_RUNS_QUEUE, { ...options, expireInSeconds: DUE_RUNS_EXPIRES_SECONDS })
  await queue.createQueue(SWEEP_QUEUE, { ...options, expireInSeconds: SWEEP_EXPIRES_SECONDS })
  return queue
}
