import type { ConnectionState, CoverageLine, RunCounters, RunPhase, RunState, Schedule } from '@/db/schema'
import { age } from './age'
import { explain } from './problems'

export type ConnectionStatusState =
  | 'synced'
  | 'syncing'
  | 'gaps'
  | 'failed'
  | 'reconnect'
  | 'action'
  | 'stale'
  | 'paused'
  | 'disconnected'

export type ConnectionFacts = {
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

/** `detail` stands beside the word; `at` is the moment whose age is shown, null when the detail already says it. */
export type ConnectionStatus = { state: ConnectionStatusState; word: string; detail: string | null; at: Date | null }

const WORDS: Record<ConnectionStatusState, string> = {
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

const HOUR = 3_600_000
/** Length of a schedule's period, in milliseconds. Without a schedule a result may be a week old before it is said to be paused. */
const PERIODS: Record<Schedule, number> = {
  hourly: HOUR,
  every_6_hours: 6 * HOUR,
  daily: 24 * HOUR,
  off: 7 * 24 * HOUR,
}

/**
 * The one state a connection is shown in. What is going on comes first, then what needs a person, then a failure, then
 * age (older than two periods), then whether the last result had gaps.
 */
export function connectionStatus(facts: ConnectionFacts): ConnectionStatus {
  const { state, lastRun, openRun, publishedAt, schedule } = facts
  const old = publishedAt ? facts.now.getTime() - publishedAt.getTime() : null

  if (state === 'disconnected') return said('disconnected', null, publishedAt)
  if (openRun) return said('syncing', progress(openRun))
  if (state === 'reconnect_needed') return said('reconnect', explain(facts.stateReason).title)
  if (state === 'action_needed') return said('action', explain(facts.stateReason).title)
  if (lastRun?.state === 'failed')
    return said('failed', old === null ? 'no data yet' : `last good data ${age(old)} old`)
  if (old === null) return said('syncing', 'waiting to start')
  if (schedule === 'off' && old > PERIODS.off) return said('paused', `data ${age(old)} old`)
  if (schedule !== 'off' && old > 2 * PERIODS[schedule]) return said('stale', `data ${age(old)} old`)
  return lastRun?.gaps ? said('gaps', firstGap(lastRun.coverage), publishedAt) : said('synced', null, publishedAt)
}

function said(state: ConnectionStatusState, detail: string | null, at: Date | null = null): ConnectionStatus {
  return { state, word: WORDS[state], detail, at }
}

/** Only what was really counted, never a share of an unknown whole. */
function progress(run: NonNullable<ConnectionFacts['openRun']>): string {
  if (run.state === 'queued') return 'waiting to start'
  const { assignments, people } = run.counters
  if (run.phase === 'reading_assignments') return `reading assignments${soFar(assignments)}`
  if (run.phase === 'reading_people') return `reading people${soFar(people)}`
  if (run.phase === 'publishing' || run.phase === 'done') return 'publishing'
  return 'starting'
}

/** The first thing that was asked for and not read whole. */
function firstGap(coverage: CoverageLine[] | undefined): string | null {
  const gap = coverage?.find((line) => line.state === 'partly' || line.state === 'not_permitted')
  if (!gap) return null
  return gap.why
    ? explain(gap.why).title
    : `${gap.missing.toLocaleString('en')} ${gap.dataset.replaceAll('_', ' ')} not read`
}

const soFar = (count: number | undefined) => (count ? `, ${count.toLocaleString('en')} so far` : '')
