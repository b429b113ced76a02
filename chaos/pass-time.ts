import { and, eq, inArray, sql } from 'drizzle-orm'
import { getDbOfEveryOrganisation } from '@/db/client'
import { connectionDeletions, connections } from '@/db/schema/connections'
import { limitCounts, requestBudgets } from '@/db/schema/limits'
import { syncRuns } from '@/db/schema/runs'
import { listOpenRuns, type Place } from './expectations'

/** Lets the open runs of an organisation look as if their worker had been silent for longer than its lease. */
export async function loseHeartbeat({ owner }: Place): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  await db
    .update(syncRuns)
    .set({ heartbeatAt: sql`now() - interval '1 hour'` })
    .where(and(eq(syncRuns.organisationId, owner.organisationId), eq(syncRuns.state, 'running')))
}

/** Whether a run of an organisation is open, a failed one is to be tried again, or a connection is being deleted. */
export async function isAnythingDue({ owner }: Place): Promise<boolean> {
  const db = await getDbOfEveryOrganisation()
  const own = eq(connections.organisationId, owner.organisationId)
  const due = await db.$count(connections, and(own, eq(connections.state, 'active'), sql`next_sync_at <= now()`))
  const deletions = await db.$count(connectionDeletions, eq(connectionDeletions.organisationId, owner.organisationId))
  return due + deletions > 0 || (await listOpenRuns(owner.organisationId)).length > 0
}

/**
 * Does some work for which the queued runs of an organisation have waited for an hour, and then were asked for just now again: what
 * was read of the directory before that is no hour older, and would else count as read since.
 */
export async function afterAnHourInQueue({ owner }: Place, work: () => Promise<void>): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  const isQueued = and(eq(syncRuns.organisationId, owner.organisationId), eq(syncRuns.state, 'queued'))
  const older = await db
    .update(syncRuns)
    .set({ requestedAt: sql`requested_at - interval '1 hour'` })
    .where(isQueued)
    .returning({ id: syncRuns.id })
  await work()
  const ids = older.map(({ id }) => id)
  await db
    .update(syncRuns)
    .set({ requestedAt: sql`requested_at + interval '1 hour'` })
    .where(and(eq(syncRuns.organisationId, owner.organisationId), inArray(syncRuns.id, ids)))
}

/** Lets everything of an organisation that waits for its time be due. */
export async function makeDue({ owner }: Place): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  const { organisationId } = owner
  await db
    .update(connectionDeletions)
    .set({ updatedAt: sql`updated_at - interval '1 hour'` })
    .where(eq(connectionDeletions.organisationId, organisationId))
  // Meanwhile the windows in which things are counted end, too, and so do pauses that Microsoft asked for.
  await db.delete(limitCounts)
  await db.delete(requestBudgets)
  await db
    .update(connections)
    .set({ nextSyncAt: sql`now() - interval '1 second'` })
    .where(and(eq(connections.organisationId, organisationId), sql`failures > 0 and next_sync_at is not null`))
  // A job that was sent while the clock was ahead waits until the clock is there again.
  await db.execute(sql`
    update pgboss.job set start_after = now()
    where start_after > now() and state = 'created' and data->>'organisationId' = ${organisationId}`)
}
