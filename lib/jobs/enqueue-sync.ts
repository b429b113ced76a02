import { getBoss, SYNC_QUEUE } from './boss'

export type SyncJob = { organisationId: string; runId: string }

/**
 * Wakes a worker for a run that is stored as queued. Should the process die before this, the tick finds the run and
 * wakes a worker itself; a run that is woken twice is claimed once.
 */
export async function enqueueSync({ organisationId, runId }: SyncJob): Promise<void> {
  const boss = await getBoss()
  const job: SyncJob = { organisationId, runId }
  await boss.send(SYNC_QUEUE, job)
}
