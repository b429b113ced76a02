import { expect, test } from 'vitest'
import { type ConnectionFacts, connectionStatus, gapWords, isGap } from './connection-status'

const now = new Date('2026-05-04T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const succeeded = { state: 'succeeded', gaps: false, problem: null, finishedAt: hoursAgo(1) } as const
const failed = { state: 'failed', gaps: false, problem: { code: 'throttled' }, finishedAt: hoursAgo(1) } as const

const facts = (given: Partial<ConnectionFacts> = {}): ConnectionFacts => ({
  state: 'active',
  stateReason: null,
  schedule: 'daily',
  publishedAt: hoursAgo(1),
  lastRun: succeeded,
  openRun: null,
  now,
  ...given,
})

const running = (run: Partial<NonNullable<ConnectionFacts['openRun']>>) =>
  facts({ openRun: { state: 'running', phase: 'starting', counters: {}, startedAt: hoursAgo(0), ...run } })

test('a result read whole within its schedule is synced, with its age', () => {
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

test('groups that could not be opened are counted', () => {
  const line = { dataset: 'groups', state: 'partly', read: 40, missing: 3, why: 'group_hidden' } as const
  expect(connectionStatus(facts({ lastRun: { ...succeeded, gaps: true, coverage: [line] } })).detail).toBe(
    '3 groups not opened',
  )
  expect(gapWords({ ...line, missing: 1 })).toBe('1 group not opened')
  expect(gapWords({ dataset: 'people', state: 'partly', read: 40, missing: 1 })).toBe('1 person not read')
})

test.each([
  ['people', 'not_permitted', true],
  ['groups', 'partly', true],
  ['sign_ins', 'not_permitted', true],
  ['denies', 'not_permitted', false],
  ['scopes', 'not_permitted', false],
  ['groups', 'not_asked', false],
  ['eligible', 'not_licensed', false],
  ['roles', 'whole', false],
] as const)('%s %s: a gap is %s', (dataset, state, gap) => {
  expect(isGap({ dataset, state })).toBe(gap)
})

test('a sync under way comes before everything else and tells only what was counted', () => {
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

test('a disconnected one is that, whatever else is true of it', () => {
  expect(connectionStatus(facts({ state: 'disconnected', lastRun: failed })).state).toBe('disconnected')
})
