import { deleteConnection, sendLostDeletions } from '@/lib/connections/delete-connection'
import { DELETION_QUEUE, type DeletionJob, getQueue, SYNC_QUEUE, type SyncJob } from '@/lib/runs/queue'
import { runSync } from '@/lib/sync/run-sync'
import { sendDueRuns } from '@/lib/worker/worker'
import type { TestTenant } from '@/testing/rolecall'
import { afterAnHourInQueue, isAnythingDue, loseHeartbeat, makeDue } from './pass-time'

/** Ticks of the worker, a minute each, after which nothing may be under way any more. */
export const TICKS_TO_SETTLE = 6

/**
 * Lets minutes pass without faults: each tick finds what is due and what lost its worker, and a worker carries it out.
 * Gives how many ticks it took, or null when something is still open or due after {@link TICKS_TO_SETTLE}.
 */
export async function settle(tenant: TestTenant): Promise<number | null> {
  for (let tick = 0; tick <= TICKS_TO_SETTLE; tick++) {
    await makeDue(tenant)
    if (!(await isAnythingDue(tenant))) return tick
    await loseHeartbeat(tenant)
    await afterAnHourInQueue(tenant, sendDueRuns)
    await sendLostDeletions()
    await carryWaitingJobs()
  }
  return null
}

const JOBS_AT_ONCE = 20

async function carryWaitingJobs(): Promise<void> {
  const { signal } = new AbortController()
  await carryJobs<SyncJob>(SYNC_QUEUE, (job) => runSync(job, signal))
  await carryJobs<DeletionJob>(DELETION_QUEUE, (job) => deleteConnection(job, signal))
}

async function carryJobs<Job extends object>(name: string, carry: (job: Job) => Promise<void>): Promise<void> {
  const queue = await getQueue()
  for (;;) {
    const jobs = await queue.fetch<Job>(name, { batchSize: JOBS_AT_ONCE })
    if (jobs.length === 0) return
    for (const { data } of jobs) await carry(data)
    await queue.complete(
      name,
      jobs.map(({ id }) => id),
    )
  }
}
