import { gapWords, isGap, needsNothing } from './coverage'
import { explain } from './problems'
import type {
  ConnectionState,
  ConnectionStatusState,
  CoverageLine,
  RunCounters,
  RunPhase,
  RunState,
  Schedule,
} from './vocabulary'
import { age } from './words'

/** The states in which somebody should look at a connection. */
export const ATTENTION_STATES = [
  'gaps',
  'failed',
  'reconnect',
  'action',
  'stale',
] as const satisfies readonly ConnectionStatusState[]

/** What a status is worked out from. */
export type StatusFacts = {
  state: ConnectionState
  stateReason: string | null
  schedule: Schedule
  publishedAt: Date | null
  lastRun: {
    state: RunState
    gaps: boolean
    problem: { code: string } | null
    finishedAt: Date | null
    coverage?: CoverageLine[]
  } | null
  openRun: { state: RunState; phase: RunPhase; counters: RunCounters; startedAt: Date | null } | null
  now: Date
}

/** `detail` stands beside the word; `at` is the moment whose age is shown, or null where the detail already says how old. */
export type ConnectionStatus = { state: ConnectionStatusState; word: string; detail: string | null; at: Date | null }

export const STATUS_WORDS: Record<ConnectionStatusState, string> = {
  synced: 'Synced',
  syncing: 'Syncing',
  gaps: 'Synced with gaps',
  failed: 'Failed',
  reconnect: 'Reconnect needed',
  action: 'Action needed',
  stale: 'Stale',
  paused: 'Paused',
  disconnected: 'Disconnected',
}

/**
 * The one state a connection is shown in, which `db/queries/fleet.ts` works out for many in the database. What is going on comes first, then what needs a person, then a failure, then
 * age (older than two periods of the schedule), then whether the last result had gaps.
 */
export function connectionStatus(facts: StatusFacts): ConnectionStatus {
  const { state, lastRun, openRun, publishedAt, schedule } = facts
  const dataAge = publishedAt ? facts.now.getTime() - publishedAt.getTime() : null

  if (state === 'disconnected') return status('disconnected', null, publishedAt)
  if (openRun) return status('syncing', progressWords(openRun))
  if (state === 'reconnect_needed') return status('reconnect', explain(facts.stateReason).title)
  if (state === 'action_needed') return status('action', explain(facts.stateReason).title)
  if (lastRun?.state === 'failed')
    return status('failed', dataAge === null ? 'no data yet' : `last good data ${age(dataAge)} old`)
  if (dataAge === null) return status('syncing', 'waiting to start')
  const period = PERIODS[schedule]
  if (period === null && dataAge > PAUSED_AFTER) return status('paused', `data ${age(dataAge)} old`)
  if (period !== null && dataAge > 2 * period) return status('stale', `data ${age(dataAge)} old`)
  const coverage = lastRun?.coverage
  const gap = coverage?.find(isGap)
  if (lastRun?.gaps && (gap || !coverage)) return status('gaps', gap ? gapWords(gap) : null, publishedAt)
  const note = coverage?.find(needsNothing)
  return status('synced', note ? gapWords(note) : null, publishedAt)
}

function status(state: ConnectionStatusState, detail: string | null, at: Date | null = null): ConnectionStatus {
  return { state, word: STATUS_WORDS[state], detail, at }
}

/** Only what was really counted, never a share of an unknown whole. */
function progressWords(run: NonNullable<StatusFacts['openRun']>): string {
  if (run.state === 'queued') return 'waiting to start'
  const { assignments, groups, people } = run.counters
  if (run.phase === 'reading_assignments') return `reading assignments${soFar(assignments)}`
  if (run.phase === 'reading_groups') return `opening groups${soFar(groups)}`
  if (run.phase === 'reading_people') return `reading people${soFar(people)}`
  if (run.phase === 'publishing' || run.phase === 'done') return 'publishing'
  return 'starting'
}

const soFar = (count: number | undefined) => (count ? `, ${count.toLocaleString('en')} so far` : '')

/** How old the data of a connection is, where that matters because a newer reading failed or is overdue; else null. */
export const ageNote = ({ state, detail }: ConnectionStatus): string | null =>
  state === 'failed' || state === 'stale' || state === 'paused' ? detail : null

/**
 * What a list that tells the age of the data by itself says beside the word of a status: the cause of a failure, how far a
 * sync has come, or what is missing.
 */
export function causeWords({ state, detail }: ConnectionStatus, lastRun: StatusFacts['lastRun']): string | null {
  if (state === 'failed') return explain(lastRun?.problem?.code).title
  if (state === 'stale') return 'older than its schedule'
  return state === 'paused' ? 'scheduled syncs are off' : detail
}

/** What a member can do in the portal to mend a connection. */
export type Mend = 'reconnect' | 'retry'

/** The one action that mends a connection; null where nothing is wrong, and where it is to be mended at Microsoft. */
export function mendOf(state: ConnectionStatusState): Mend | null {
  if (state === 'reconnect') return 'reconnect'
  return state === 'failed' || state === 'stale' ? 'retry' : null
}

/** That other connections wait for the same sign-in; null when none does. */
export function othersWaitingWords(others: number): string | null {
  if (others === 0) return null
  return `also ${others === 1 ? '1 other subscription' : `${others.toLocaleString('en')} other subscriptions`}`
}

const HOUR = 3_600_000

/** From one sync to the next, in milliseconds; null when nothing is synced without being asked for. */
export const PERIODS: Record<Schedule, number | null> = {
  hourly: HOUR,
  every_6_hours: 6 * HOUR,
  daily: 24 * HOUR,
  off: null,
}

/** Without a schedule a result may be a week old before it is shown as paused. */
export const PAUSED_AFTER = 7 * 24 * HOUR

/** When a schedule asks for the next sync, counted from a time; null when it asks for none. */
export function nextSyncAt(schedule: Schedule, from: Date): Date | null {
  const period = PERIODS[schedule]
  return period === null ? null : new Date(from.getTime() + period)
}
