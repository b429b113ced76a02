import { expect, test } from 'vitest'
import { OWNER_ROLE_ID, peopleSentence } from './people-sentence'

const NOTHING = { people: 0, unread: 0, roles: [], signals: {}, isPast: false }
const say = (summed: Partial<Parameters<typeof peopleSentence>[0]>) =>
  peopleSentence({ ...NOTHING, ...summed }).map(({ text }) => text)

test('a list says how many are in it, who owns the subscription or could, and the guests who write', () => {
  const roles = [
    { id: OWNER_ROLE_ID, people: 7, eligible: 3 },
    { id: 'another', people: 40, eligible: 0 },
  ]
  const found = peopleSentence({ ...NOTHING, people: 59, roles, signals: { guest_writes: { people: 1, others: 0 } } })
  expect(found.map(({ text }) => text)).toEqual([
    '59 people hold or can activate a role',
    '7 hold Owner',
    '3 more can become Owner',
    '1 guest can write',
  ])
  expect(found.map(({ filter }) => filter)).toEqual([
    null,
    { roleIds: [OWNER_ROLE_ID], held: 'held' },
    { roleIds: [OWNER_ROLE_ID], held: 'eligible' },
    { signal: 'guest_writes' },
  ])
})

test('one person is one, and those who could not be read are told apart', () => {
  expect(say({ people: 1, roles: [{ id: OWNER_ROLE_ID, people: 1, eligible: 0 }] })).toEqual([
    '1 person holds or can activate a role',
    '1 holds Owner',
  ])
  expect(say({ people: 12, unread: 1200 })).toEqual([
    '12 people hold or can activate a role',
    '1,200 more could not be read',
  ])
})

test('where only eligible people could own it, and in the past, the words fit', () => {
  const roles = [{ id: OWNER_ROLE_ID, people: 0, eligible: 2 }]
  expect(say({ people: 2, roles })).toEqual(['2 people hold or can activate a role', '2 can become Owner'])
  expect(say({ people: 2, roles, isPast: true })).toEqual([
    '2 people held or could activate a role',
    '2 could become Owner',
  ])
})
