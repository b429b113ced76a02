import { explain } from './problems'
import type {
  ConnectionState,
  ConnectionStatusState,
  CoverageLine,
  Dataset,
  RunCounters,
  RunPhase,
  RunState,
  Schedule,
} from './vocabulary'
import { age } from './words'

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

/** Read where they are readable: to lack the right to them leaves no gap in who holds what. */
const WHERE_READABLE: Dataset[] = ['denies', 'scopes']

/** Whether a line of coverage tells of something that was asked for and not read whole. */
export function isGap({ dataset, state }: Pick<CoverageLine, 'dataset' | 'state'>): boolean {
  return state === 'partly' || (state === 'not_permitted' && !WHERE_READABLE.includes(dataset))
}

/** What one gap is, in few words: `3 groups not opened`, or the title of its cause. */
export function gapWords({ dataset, missing, why }: CoverageLine): string {
  const count = missing.toLocaleString('en')
  if (dataset === 'groups' && missing > 0) return `${count} ${missing === 1 ? 'group' : 'groups'} not opened`
  if (why) return explain(why).title
  const [one, many] = NOUNS[dataset]
  return missing > 0 ? `${count} ${missing === 1 ? one : many} not read` : `${many} not read whole`
}

const NOUNS: Record<Dataset, [one: string, many: string]> = {
  assignments: ['role assignment', 'role assignments'],
  eligible: ['eligible role', 'eligible roles'],
  roles: ['role definition', 'role definitions'],
  denies: ['deny assignment', 'deny assignments'],
  scopes: ['management group', 'management groups'],
  people: ['person', 'people'],
  groups: ['group', 'groups'],
  other_principals: ['name', 'names'],
  sign_ins: ['last sign-in', 'last sign-ins'],
}

/** The first thing that was asked for and not read whole. */
function firstGap(coverage: CoverageLine[] | undefined): string | null {
  const gap = coverage?.find(isGap)
  return gap ? gapWords(gap) : null
}

/** Only what was really counted, never a share of an unknown whole. */
function progress(run: NonNullable<ConnectionFacts['openRun']>): string {
  if (run.state === 'queued') return 'waiting to start'
  const { assignments, groups, people } = run.counters
  if (run.phase === 'reading_assignments') return `reading assignments${soFar(assignments)}`
  if (run.phase === 'reading_groups') return `opening groups${soFar(groups)}`
  if (run.phase === 'reading_people') return `reading people${soFar(people)}`
  if (run.phase === 'publishing' || run.phase === 'done') return 'publishing'
  return 'starting'
}

const soFar = (count: number | undefined) => (count ? `, ${count.toLocaleString('en')} so far` : '')

const HOUR_MS = 60 * 60 * 1000

const PERIOD_MS: Record<Schedule, number | null> = {
  hourly: HOUR_MS,
  every_6_hours: 6 * HOUR_MS,
  daily: 24 * HOUR_MS,
  off: null,
}

/** When a schedule asks for the next sync, counted from a time; null when it asks for none. */
export function nextSyncAt(schedule: Schedule, from: Date): Date | null {
  const period = PERIOD_MS[schedule]
  return period === null ? null : new Date(from.getTime() + period)
}
