import { expect, test } from 'vitest'
import { coverageSummary, gapWords, groupPlanSentence, isGap, missedWords, STATE_WORDS } from './coverage'
import { type CoverageLine, GROUP_PLAN_REASONS, type GroupPlanWhy } from './vocabulary'

const assignments: CoverageLine = { dataset: 'assignments', state: 'whole', read: 40, missing: 0 }
const noSignIns: CoverageLine = { dataset: 'sign_ins', state: 'not_asked', read: 0, missing: 0 }

test('a result without gaps says so, and what was not asked for', () => {
  expect(coverageSummary([assignments])).toBe('everything asked for was read whole.')
  expect(coverageSummary([assignments, noSignIns])).toBe(
    'everything asked for was read whole. Not asked for: last sign-ins.',
  )
})

test('gaps come before what was not asked for, and closed groups are counted', () => {
  const groups: CoverageLine = { dataset: 'groups', state: 'partly', read: 9, missing: 3, why: 'group_hidden' }
  expect(coverageSummary([assignments, groups, noSignIns])).toBe('3 groups not opened. Not asked for: last sign-ins.')
  expect(coverageSummary([{ ...groups, state: 'not_asked', why: 'groups_not_asked' }])).toBe(
    'everything asked for was read whole. Not asked for: who is in 3 groups that hold roles.',
  )
})

test('groups of which a member could not be understood were opened, and are not called closed', () => {
  const groups: CoverageLine = { dataset: 'groups', state: 'partly', read: 9, missing: 1, why: 'odd_rows' }
  expect(gapWords(groups)).toBe('Some members of groups not understood')
  expect(missedWords([groups])).toEqual([
    'Some members of groups could not be understood: a role may be held by them too.',
  ])
})

test('denials that the account may not read are no gap', () => {
  const denies: CoverageLine = { dataset: 'denies', state: 'not_permitted', read: 0, missing: 0 }
  expect(coverageSummary([assignments, denies])).toBe('everything asked for was read whole.')
})

test('a line says how much was read, and of how much where that is known', () => {
  expect(STATE_WORDS.whole({ read: 1240, missing: 0 })).toBe('read whole, 1,240.')
  expect(STATE_WORDS.whole({ read: 0, missing: 0 })).toBe('read whole, there are none.')
  expect(STATE_WORDS.partly({ read: 9, missing: 3 })).toBe('read partly, 9 of 12.')
  expect(STATE_WORDS.not_asked({ read: 0, missing: 3 })).toBe('not asked for, 3 not read.')
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
] as const)('%s, %s: whether it is a gap is %s', (dataset, state, gap) => {
  expect(isGap({ dataset, state })).toBe(gap)
})

test('a gap is counted in words for one and for several', () => {
  const groups: CoverageLine = { dataset: 'groups', state: 'partly', read: 40, missing: 1, why: 'group_hidden' }
  expect(gapWords(groups)).toBe('1 group not opened')
  expect(gapWords({ dataset: 'people', state: 'partly', read: 40, missing: 1 })).toBe('1 person not read')
})

const line = (dataset: CoverageLine['dataset'], state: CoverageLine['state'], missing = 0): CoverageLine => ({
  dataset,
  state,
  read: 5,
  missing,
})

test('groups that were not opened may lead to more roles', () => {
  expect(missedWords([line('groups', 'not_asked', 3), line('assignments', 'whole')])).toEqual([
    '3 groups that hold roles were not opened: a role may be held through them too.',
  ])
  expect(missedWords([line('groups', 'partly', 1)])[0]).toMatch(/^1 group that holds roles was not opened/)
})

test('nothing is missed by what cannot lead to a role, nor without the licence for eligible roles', () => {
  expect(
    missedWords([line('eligible', 'not_licensed'), line('sign_ins', 'not_asked'), line('denies', 'not_permitted')]),
  ).toEqual([])
  expect(missedWords([line('eligible', 'not_permitted')])).toHaveLength(1)
})

const PLANS: [GroupPlanWhy, string][] = [
  [{ reason: 'no_groups' }, 'No group holds a role here.'],
  [{ reason: 'from_groups', groups: 1 }, 'The members of 1 group are read from the groups down.'],
  [{ reason: 'from_groups', groups: 1234 }, 'The members of 1,234 groups are read from the groups down.'],
  [
    { reason: 'people_uncounted' },
    'The directory does not say how many people it has, so they cannot be asked one by one which groups they are in.',
  ],
  [
    { reason: 'too_many_people', users: 300_000, calls: 15_301, mostCalls: 50 },
    'Without permission to read groups, 300,000 people would have to be asked one by one: 15,301 calls, more than the 50 that a sync may spend on it.',
  ],
  [
    { reason: 'from_people', users: 151, calls: 9 },
    'Without permission to read groups, 151 people are asked which groups they are in: 9 calls.',
  ],
]

test.each(PLANS)('the reason for opening groups in one way is a sentence: %j', (why, sentence) => {
  expect(groupPlanSentence(why)).toBe(sentence)
})

test('every reason for a plan has its sentence here', () => {
  expect(new Set(PLANS.map(([{ reason }]) => reason))).toEqual(new Set(GROUP_PLAN_REASONS))
})
