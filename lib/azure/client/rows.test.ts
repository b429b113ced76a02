import { expect, test } from 'vitest'
import { matchOdd, principalKindOf } from './rows'

/** What every object in JavaScript has, so that a look-up in one finds something that nobody wrote there. */
const PROTOTYPE_KEYS = ['constructor', 'toString', '__proto__', 'hasOwnProperty']

const guid = (n: number) => `abcdef00-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

test('an odd row may be the one of the object with its id, and one without a readable id may be anybody’s', () => {
  const isAmongOdd = matchOdd([{ id: guid(1).toUpperCase() }, { id: guid(2) }])
  expect([guid(1), guid(2), guid(3)].map(isAmongOdd)).toEqual([true, true, false])
  for (const id of [null, 'no id']) expect(matchOdd([{ id: guid(1) }, { id }])(guid(3))).toBe(true)
  expect(matchOdd([])(guid(1))).toBe(false)
})

test('ten thousand people are looked up among ten thousand odd rows at once', () => {
  const ids = Array.from({ length: 10_000 }, (_, n) => guid(n))
  const begun = performance.now()
  const isAmongOdd = matchOdd(ids.map((id) => ({ id })))
  expect(ids.every(isAmongOdd)).toBe(true)
  // Comparing each with each took minutes.
  expect(performance.now() - begun).toBeLessThan(5_000)
})

test.each(PROTOTYPE_KEYS)('a principal of the type %s is of a kind that is not known', (type) => {
  expect(principalKindOf(type)).toEqual({ kind: 'other', agent: false })
})
