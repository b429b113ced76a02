import { z } from 'zod'
import { log } from '@/lib/log'
import { runSync } from '@/lib/sync/run-sync'
import { getBoss, SYNC_QUEUE, TICK_QUEUE } from './boss'
import { tick } from './tick'

/** Syncs at a time in one process: they mostly wait for Microsoft. */
const CONCURRENT_SYNCS = 4

const POLL_SECONDS = 1

const Job = z.object({ organisationId: z.guid(), runId: z.guid() })

/** Makes this process carry out syncs and keep the schedules, until `signal` aborts the runs under way. */
export async function startWorker(signal: AbortSignal): Promise<void> {
  const boss = await getBoss()
  await boss.work(
    SYNC_QUEUE,
    { localConcurrency: CONCURRENT_SYNCS, pollingIntervalSeconds: POLL_SECONDS },
    async (jobs) => {
      for (const job of jobs) await runSync(Job.parse(job.data), signal)
    },
  )
  await boss.work(TICK_QUEUE, { pollingIntervalSeconds: POLL_SECONDS }, async () => {
    await tick()
  })
  await boss.schedule(TICK_QUEUE, '* * * * *')
  await tick()
  log().info({ event: 'worker_started' })
}
