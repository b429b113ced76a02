import { fromPglite, PgBoss } from 'pg-boss'
import { getEngine } from '@/db/client'
import { log } from '@/lib/log'

export const SYNC_QUEUE = 'sync'
export const DUE_RUNS_QUEUE = 'tick'

/** Seconds that a finished job stays, for whoever looks into the queue by hand. */
const JOB_KEPT_SECONDS = 24 * 60 * 60

/** Longer than a run's own deadline: pg-boss should never be the one to end a sync. */
const JOB_EXPIRES_SECONDS = 60 * 60

const DUE_RUNS_EXPIRES_SECONDS = 60

const shared = globalThis as typeof globalThis & { rolecallQueue?: Promise<PgBoss> }

/**
 * The queue, on the same database as everything else, started once per process. Jobs carry ids only. Runs are retried by
 * the connection's own schedule, which knows what the failure was, so the queue itself retries nothing.
 */
export function getQueue(): Promise<PgBoss> {
  shared.rolecallQueue ??= begin()
  return shared.rolecallQueue
}

/** Lets running jobs end, then stops the queue. Does nothing when it was never started. */
export async function stopQueue(): Promise<void> {
  const queue = await shared.rolecallQueue
  shared.rolecallQueue = undefined
  await queue?.stop({ graceful: true, timeout: 5000 })
}

function begin(): Promise<PgBoss> {
  const starting = startQueue()
  // A failed start is not remembered: the cause may pass.
  starting.catch(() => {
    if (shared.rolecallQueue === starting) shared.rolecallQueue = undefined
  })
  return starting
}

async function startQueue(): Promise<PgBoss> {
  const engine = await getEngine()
  const queue = new PgBoss({
    ...(engine.kind === 'embedded'
      ? { db: fromPglite(engine.pglite), backend: 'pglite' as const }
      : { connectionString: engine.pool.options.connectionString }),
    useListenNotify: true,
    // The embedded engine has one connection and no other process to compete with: less housekeeping, fewer pauses.
    ...(engine.kind === 'embedded' ? { reindex: false, monitorVacuum: false } : {}),
  })
  queue.on('error', (error) => log().error({ event: 'queue', error }))
  await queue.start()
  const options = {
    retryLimit: 0,
    expireInSeconds: JOB_EXPIRES_SECONDS,
    deleteAfterSeconds: JOB_KEPT_SECONDS,
    notify: true,
  }
  // With the run as a job's key, one job waits at most for each run.
  await queue.createQueue(SYNC_QUEUE, { ...options, policy: 'short' })
  // One waits at most, and one that a killed process left behind holds up nobody: ticks may overlap.
  await queue.createQueue(DUE_RUNS_QUEUE, { ...options, policy: 'short', expireInSeconds: DUE_RUNS_EXPIRES_SECONDS })
  return queue
}

export type SyncJob = { organisationId: string; runId: string }

/**
 * Wakes a worker for a run that is stored as queued. Should the process die before this, the tick finds the run and
 * wakes a worker itself. A run that has a job waiting gets no second one, and one that is woken twice is claimed once.
 */
export async function sendSync({ organisationId, runId }: SyncJob): Promise<void> {
  const queue = await getQueue()
  const job: SyncJob = { organisationId, runId }
  await queue.send(SYNC_QUEUE, job, { singletonKey: runId })
}
