import { expect, test } from 'vitest'
import { causeWords, connectionStatus, mendOf, othersWaitingWords, type StatusFacts } from './connection-status'
import { explain } from './problems'
import { CONNECTION_STATUSES, type CoverageLine } from './vocabulary'

const now = new Date('2026-05-04T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const succeeded = { state: 'succeeded', gaps: false, problem: null, finishedAt: hoursAgo(1) } as const
const failed = { state: 'failed', gaps: false, problem: { code: 'throttled' }, finishedAt: hoursAgo(1) } as const

const facts = (given: Partial<StatusFacts> = {}): StatusFacts => ({
  state: 'active',
  stateReason: null,
  schedule: 'daily',
  publishedAt: hoursAgo(1),
  lastRun: succeeded,
  openRun: null,
  now,
  ...given,
})

const running = (run: Partial<NonNullable<StatusFacts['openRun']>>) =>
  facts({ openRun: { state: 'running', phase: 'starting', counters: {}, startedAt: hoursAgo(0), ...run } })

test('a result that was read whole and on time is synced, with its age', () => {
  expect(connectionStatus(facts())).toEqual({ state: 'synced', word: 'Synced', detail: null, at: hoursAgo(1) })
})

test('a result with gaps names the first one', () => {
  const coverage = [
    { dataset: 'assignments', state: 'whole', read: 40, missing: 0 },
    { dataset: 'people', state: 'not_permitted', read: 0, missing: 12, why: 'directory_not_readable' },
  ] as const
  const status = connectionStatus(facts({ lastRun: { ...succeeded, gaps: true, coverage: [...coverage] } }))
  expect(status).toMatchObject({ state: 'gaps', word: 'Synced with gaps', detail: 'The directory is not readable' })
})

test('a result with closed groups counts them', () => {
  const line = { dataset: 'groups', state: 'partly', read: 40, missing: 3, why: 'group_hidden' } as const
  expect(connectionStatus(facts({ lastRun: { ...succeeded, gaps: true, coverage: [line] } })).detail).toBe(
    '3 groups not opened',
  )
})

test('last sign-ins that nobody can do anything about are told beside Synced, and hide no gap that is one', () => {
  const slow = { dataset: 'sign_ins', state: 'partly', read: 0, missing: 3279, why: 'sign_ins_too_many' } as const
  const hidden = { dataset: 'groups', state: 'partly', read: 40, missing: 3, why: 'group_hidden' } as const
  const withGaps = (coverage: CoverageLine[]) =>
    connectionStatus(facts({ lastRun: { ...succeeded, gaps: true, coverage } }))
  expect(withGaps([slow])).toMatchObject({ state: 'synced', detail: 'Not every last sign-in was read' })
  expect(withGaps([slow, hidden])).toMatchObject({ state: 'gaps', detail: '3 groups not opened' })
})

test('a running sync comes before everything else, with only what was really counted', () => {
  expect(connectionStatus(running({ state: 'queued' })).detail).toBe('waiting to start')
  expect(connectionStatus(running({ phase: 'reading_assignments' })).detail).toBe('reading assignments')
  expect(connectionStatus(running({ phase: 'reading_groups', counters: { groups: 12 } })).detail).toBe(
    'opening groups, 12 so far',
  )
  expect(connectionStatus(running({ phase: 'reading_people', counters: { people: 1240 } }))).toMatchObject({
    state: 'syncing',
    detail: 'reading people, 1,240 so far',
    at: null,
  })
})

test('a failed sync keeps the last good data and says how old it is', () => {
  expect(connectionStatus(facts({ publishedAt: hoursAgo(50), lastRun: failed }))).toMatchObject({
    state: 'failed',
    detail: 'last good data 2 days old',
  })
  expect(connectionStatus(facts({ publishedAt: null, lastRun: failed })).detail).toBe('no data yet')
})

test('a connection that waits for a person says for what', () => {
  expect(connectionStatus(facts({ state: 'reconnect_needed', stateReason: 'sign_in_revoked' }))).toMatchObject({
    state: 'reconnect',
    detail: 'The Microsoft sign-in was revoked',
  })
  expect(connectionStatus(facts({ state: 'action_needed', stateReason: 'reader_role_missing' }))).toMatchObject({
    state: 'action',
    detail: 'Role assignments are not readable',
  })
})

test('a result older than two periods of its schedule is stale', () => {
  expect(connectionStatus(facts({ publishedAt: hoursAgo(48) })).state).toBe('synced')
  expect(connectionStatus(facts({ publishedAt: hoursAgo(49) }))).toMatchObject({
    state: 'stale',
    detail: 'data 2 days old',
  })
  expect(connectionStatus(facts({ schedule: 'hourly', publishedAt: hoursAgo(3) })).state).toBe('stale')
})

test('without a schedule a result stays synced for a week, then is paused', () => {
  expect(connectionStatus(facts({ schedule: 'off', publishedAt: hoursAgo(7 * 24 - 1) })).state).toBe('synced')
  expect(connectionStatus(facts({ schedule: 'off', publishedAt: hoursAgo(7 * 24 + 1) })).state).toBe('paused')
})

test('a disconnected connection is shown as disconnected, whatever else is true of it', () => {
  expect(connectionStatus(facts({ state: 'disconnected', lastRun: failed })).state).toBe('disconnected')
})

test('beside the age of the data stands why it is old, how far a sync has come, or what is missing', () => {
  const cause = (given: Partial<StatusFacts>) => causeWords(connectionStatus(facts(given)), facts(given).lastRun)
  expect(cause({})).toBeNull()
  expect(cause({ lastRun: failed })).toBe(explain('throttled').title)
  expect(cause({ state: 'reconnect_needed', stateReason: 'sign_in_revoked' })).toBe(explain('sign_in_revoked').title)
  expect(cause({ publishedAt: hoursAgo(49) })).toBe('older than its schedule')
  expect(cause({ publishedAt: hoursAgo(200), schedule: 'off' })).toBe('scheduled syncs are off')
  expect(cause({ publishedAt: null, lastRun: null })).toBe('waiting to start')
})

test('only what mends a connection is offered: a reconnect for a sign-in, another sync for a failure or old data', () => {
  const offered = CONNECTION_STATUSES.filter((state) => mendOf(state) !== null).map((state) => [state, mendOf(state)])
  expect(offered).toEqual([
    ['failed', 'retry'],
    ['reconnect', 'reconnect'],
    ['stale', 'retry'],
  ])
})

test('a sign-in that others wait for says how many they are', () => {
  expect([0, 1, 1200].map(othersWaitingWords)).toEqual([
    null,
    'also 1 other subscription',
    'also 1,200 other subscriptions',
  ])
})
