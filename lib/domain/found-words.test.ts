import { expect, test } from 'vitest'
import { type Found, foundLines } from './found-words'

const say = (found: Partial<Found>) =>
  foundLines({ people: 0, unread: 0, signals: {}, ...found }).map(({ count, words }) => `${count} ${words}`)

test('a sync tells how many have access, who can grant it, which guests write, and who and what is gone', () => {
  const signals = {
    gone: { people: 5, others: 2 },
    orphan: { people: 2, others: 3 },
    guest_writes: { people: 1, others: 0 },
    can_grant: { people: 12, others: 1 },
  }
  expect(say({ people: 59, unread: 3, signals })).toEqual([
    '59 people hold or can activate a role',
    '12 can grant access',
    '1 other principal can grant access',
    '1 guest can write',
    '5 deleted or not in the directory, with a role',
    '3 other principals not in the directory, with a role',
    '3 not read now',
  ])
})

test('one person is one person, and what there is none of is not claimed to be nothing', () => {
  expect(say({ people: 1, signals: { can_grant: { people: 0, others: 0 } } })).toEqual([
    '1 person holds or can activate a role',
  ])
})

test('each line names the list and the signal that shows those it counts', () => {
  const signals = { can_grant: { people: 2, others: 3 } }
  expect(foundLines({ people: 4, unread: 0, signals }).map(({ list, signal }) => [list, signal])).toEqual([
    ['people', null],
    ['people', 'can_grant'],
    ['others', 'can_grant'],
  ])
})
