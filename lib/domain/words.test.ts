import { expect, test } from 'vitest'
import { attentionWords, isolateName, momentWords, rangeWords, spellControls, timeWords } from './words'

const now = new Date('2026-11-23T12:00:00Z')
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000)

test.each([
  ['active', null, null, 'Permanent.'],
  ['active', null, 72, 'Held until 26 Nov 2026, in 3 days.'],
  ['active', -10, -2, 'Ended 2 h ago; not read again yet.'],
  ['active', 24, 48, 'Begins 24 Nov 2026, in 1 day; ends 25 Nov 2026, in 2 days.'],
  ['active', 24, null, 'Begins 24 Nov 2026, in 1 day; no end.'],
  ['activated', -1, 3, 'Activated 1 h ago; ends 23 Nov 2026, in 3 h.'],
  ['activated', null, null, 'Activated for a time.'],
  ['eligible', null, null, 'Can be activated at any time, without an end.'],
  ['eligible', -5, 48, 'Can be activated until 25 Nov 2026, in 2 days.'],
  ['eligible', -5, 0, 'Ended 0 s ago; not read again yet.'],
] as const)('%s from %s to %s hours from now: %s', (kind, starts, ends, words) => {
  const bound = { kind, startsAt: starts === null ? null : hours(starts), endsAt: ends === null ? null : hours(ends) }
  expect(timeWords(bound, now)).toBe(words)
})

test('what would turn the letters of a name around is spelled out, and other scripts stay as they are', () => {
  expect(spellControls('live \u202Egnp.exe')).toBe('live [U+202E]gnp.exe')
  expect(spellControls('\u2066a\u2069')).toBe('[U+2066]a[U+2069]')
  expect(spellControls('מרים \u200F(x)')).toBe('מרים \u200F(x)')
  expect(isolateName('live \u202Egnp.exe')).toBe('live [U+202E]gnp.exe')
  expect(isolateName('מרים')).toBe('\u2068מרים\u2069')
})

test('a moment is told to the minute, in UTC', () => {
  expect(momentWords(new Date('2026-11-03T09:41:59Z'))).toBe('3 Nov 2026, 09:41 UTC')
})

test.each([
  [0, 50, 3279, 'people', '1 to 50 of 3,279 people'],
  [3250, 29, 3279, 'people', '3,251 to 3,279 of 3,279 people'],
  [0, 1, 1, 'person', '1 of 1 person'],
  [50, 1, 51, 'people', '51 of 51 people'],
  [null, 50, 3279, 'people', '50 of 3,279 people'],
  [3275, 50, 3279, 'people', '50 of 3,279 people'],
  [0, 50, 'more', 'people', '1 to 50 of more than 1,000 people'],
  [1050, 50, 'more', 'people', '1,051 to 1,100 of more than 1,000 people'],
  [0, 20, null, 'changes', '20 changes'],
  [50, 50, null, 'changes', 'Changes 51 to 100'],
  [null, 50, null, 'changes', '50 changes'],
] as const)('rows from %s on, %s of %s %s: %s', (start, shown, total, unit, words) => {
  expect(rangeWords({ start, shown, total, unit })).toBe(words)
})

test('how many need attention is said of one and of many', () => {
  expect([1, 3, 1200].map(attentionWords)).toEqual(['1 needs attention', '3 need attention', '1,200 need attention'])
})
