import { and, eq, inArray, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { isAccountOf } from '@/db/queries/accounts'
import { readDatabaseNow } from '@/db/queries/clock'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { Meter } from '@/lib/azure/client/transport'
import type { RunCounters, RunPhase, RunTrigger } from '@/lib/domain/vocabulary'
import { log } from '@/lib/log'
import type { SyncJob } from './queue'

/** `by`: who asked for it; without a member, or null, Rolecall did by itself. */
type RunRequest = {
  organisationId: string
  connectionId: string
  trigger: RunTrigger
  by: { memberId: string | null; name: string } | null
}

/** `joined`: there was an open run already, and this is it. */
export type OpenedRun = { organisationId: string; runId: string; joined: boolean }

/**
 * Opens a run of a connection, or joins the one that is open already: a partial unique index allows one open run for
 * each connection. The caller sends the run to a worker after its transaction has committed.
 */
export async function openRun(
  tx: Transaction,
  { organisationId, connectionId, trigger, by }: RunRequest,
): Promise<OpenedRun> {
  const [made] = await tx
    .insert(syncRuns)
    .values({ organisationId, connectionId, trigger, requestedById: by?.memberId, requestedByName: by?.name })
    .onConflictDoNothing()
    .returning({ id: syncRuns.id })
  if (made) return { organisationId, runId: made.id, joined: false }

  const [open] = await tx
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        eq(syncRuns.connectionId, connectionId),
        inArray(syncRuns.state, ['queued', 'running']),
      ),
    )
    .for('update')
  if (open) return { organisationId, runId: open.id, joined: true }
  // The open run ended between the two statements, so there is room for ours now.
  return openRun(tx, { organisationId, connectionId, trigger, by })
}

type RunRequests = Omit<RunRequest, 'connectionId'> & { connectionIds: string[] }

/** Opens a run of each of these connections that has none open, in one statement. Gives those that were opened. */
export async function openRuns(
  tx: Transaction,
  { organisationId, connectionIds, trigger, by }: RunRequests,
): Promise<OpenedRun[]> {
  if (connectionIds.length === 0) return []
  const asked = { organisationId, trigger, requestedById: by?.memberId, requestedByName: by?.name }
  const made = await tx
    .insert(syncRuns)
    .values(connectionIds.map((connectionId) => ({ ...asked, connectionId })))
    .onConflictDoNothing()
    .returning({ id: syncRuns.id })
  return made.map(({ id }) => ({ organisationId, runId: id, joined: false }))
}

export const HEARTBEAT_SECONDS = 15

/** A running run without a heartbeat for this long has lost its worker. Heartbeats come every {@link HEARTBEAT_SECONDS}. */
export const HEARTBEAT_LOST_SECONDS = 90

/**
 * How often a run is begun at most. One whose workers are lost each time would otherwise read Azure anew every few minutes
 * for ever; the sweep of lost runs ends it instead.
 */
export const MOST_CLAIMS = 3

/** The condition on a running run that its worker is gone, by the database's clock. */
export const isLost = sql`heartbeat_at < now() - make_interval(secs => ${HEARTBEAT_LOST_SECONDS})`

/** A run in the hands of one worker. The fence tells it from every earlier claim of the same run. */
export type ClaimedRun = {
  organisationId: string
  id: string
  fence: number
  trigger: RunTrigger
  requestedAt: Date
  connection: typeof connections.$inferSelect
  /** The account that the connection lived on when the run was claimed. */
  account: typeof accounts.$inferSelect
}

/** As much of a claimed run as it takes to write to it. */
export type HeldRun = Pick<ClaimedRun, 'organisationId' | 'id' | 'fence'> & {
  connection: { id: string }
  /** Absent where it is not known with which sign-in the run has read. */
  account?: ClaimedRun['account']
}

/**
 * Takes a run for this worker, or gives null when there is nothing to take: it is done, cancelled, held by a worker that
 * is alive, or was begun {@link MOST_CLAIMS} times already. The fencing number rises with each claim, and only its latest holder can write to the run again.
 */
export async function claimRun({ organisationId, runId }: SyncJob): Promise<ClaimedRun | null> {
  const db = await getDb({ organisationId })
  const now = await readDatabaseNow(db)
  const [claimed] = await db
    .update(syncRuns)
    .set({
      state: 'running',
      phase: 'starting',
      fence: sql`fence + 1`,
      startedAt: sql`coalesce(started_at, ${now.toISOString()})`,
      heartbeatAt: sql`now()`,
    })
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        eq(syncRuns.id, runId),
        sql`(state = 'queued' or (state = 'running' and ${isLost} and fence < ${MOST_CLAIMS}))`,
      ),
    )
    .returning({
      fence: syncRuns.fence,
      connectionId: syncRuns.connectionId,
      trigger: syncRuns.trigger,
      requestedAt: syncRuns.requestedAt,
    })
  if (!claimed) return null
  const [found] = await db
    .select({ connection: connections, account: accounts })
    .from(connections)
    .innerJoin(accounts, isAccountOf)
    .where(and(eq(connections.organisationId, organisationId), eq(connections.id, claimed.connectionId)))
  const { connectionId: _, ...run } = claimed
  return found ? { organisationId, id: runId, ...run, ...found } : null
}

/** The where-clause that the row of a run matches only as long as nobody has claimed, ended or cancelled it since. */
export const whereHeldBy = ({ organisationId, id, fence }: HeldRun) =>
  and(
    eq(syncRuns.organisationId, organisationId),
    eq(syncRuns.id, id),
    eq(syncRuns.state, 'running'),
    eq(syncRuns.fence, fence),
  )

/** The run was cancelled, or another worker holds it now. What this worker has read must not be written. */
export class RunLost extends Error {
  override name = 'RunLost'
  constructor() {
    super('The run is no longer held by this worker.')
  }
}

/** Tells how far a run has come. Counters that are left out keep their value. */
export type Report = (phase: RunPhase, counters?: RunCounters) => void

type FollowedRun = {
  report: Report
  /** Aborts with {@link RunLost} as the reason once the run is no longer ours. */
  lost: AbortSignal
  /** Ends the heartbeat once the last report is written. Later reports come from requests that were cut short, and are ignored. */
  stop(): Promise<void>
}

/** Milliseconds between two writes of progress, at least. Pages look once a second. */
const WRITE_EVERY_MS = 500

/** Writes a run's phase, its counters and a heartbeat as it goes on, and notices when another worker has taken it. */
export function followRun(run: ClaimedRun, meter: Pick<Meter, 'calls' | 'retries'>): FollowedRun {
  const lost = new AbortController()
  let phase: RunPhase = 'starting'
  let counters: RunCounters = {}
  let writing: Promise<void> = Promise.resolve()
  let due: NodeJS.Timeout | undefined
  let stopped = false

  const write = async () => {
    const db = await getDb(run)
    const held = await db
      .update(syncRuns)
      .set({ phase, counters, calls: meter.calls, retries: meter.retries, heartbeatAt: sql`now()` })
      .where(whereHeldBy(run))
      .returning({ id: syncRuns.id })
    if (held.length === 0) lost.abort(new RunLost())
  }
  const flush = () => {
    due = undefined
    // Progress that the database refuses once loses nothing: the next write tells it, and the publish asks for itself
    // whether the run is still ours.
    writing = writing
      .then(write)
      .catch((error: unknown) => log().warn({ event: 'progress_not_stored', runId: run.id, error }))
  }
  const heartbeat = setInterval(flush, HEARTBEAT_SECONDS * 1000)

  return {
    lost: lost.signal,
    report(newPhase, newCounters = {}) {
      if (stopped) return
      phase = newPhase
      counters = { ...counters, ...newCounters }
      due ??= setTimeout(flush, WRITE_EVERY_MS)
    },
    async stop() {
      stopped = true
      clearInterval(heartbeat)
      clearTimeout(due)
      if (due) flush()
      await writing
    },
  }
}
