import { expect, test } from 'vitest'
import { countIn, planGroups } from './group-plan'

test.each([
  ['a number', 1234],
  ['digits', '1234'],
  ['digits in base64', 'MTIzNA=='],
  ['digits in base64, behind a byte order mark', '77u/MTIzNA=='],
])('the number of users is read from %s', (_, body) => {
  expect(countIn({ status: 200, body })).toBe(1234)
})

test.each([
  ['a refusal', { status: 403, body: '1234' }],
  ['words', { status: 200, body: 'many' }],
  ['an object', { status: 200, body: { count: 3 } }],
  ['a negative number', { status: 200, body: -1 }],
  ['no answer', undefined],
])('%s gives no number of users', (_, answer) => {
  expect(countIn(answer)).toBe(null)
})

test.each([
  [{ granted: false, groups: 0, users: null }, { reason: 'no_groups' }],
  [
    { granted: true, groups: 400, users: null },
    { reason: 'from_groups', groups: 400 },
  ],
  [{ granted: false, groups: 3, users: null }, { reason: 'people_uncounted' }],
  [
    { granted: false, groups: 3, users: 100 },
    { reason: 'from_people', users: 100, calls: 6 },
  ],
  [
    { granted: false, groups: 3, users: 9990 },
    { reason: 'too_many_people', users: 9990, calls: 510, mostCalls: 50 },
  ],
])('a plan for %j keeps why it was chosen as a code with its numbers', (given, why) => {
  expect(planGroups(given).why).toEqual(why)
})
