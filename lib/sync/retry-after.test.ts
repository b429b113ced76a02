import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after'

const MINUTE = 60_000

test('a transient failure is tried again after a minute, then less and less often, but at least hourly', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 50].map((failures) => (retryAfterMs('transient', failures) ?? 0) / MINUTE)).toEqual([
    1, 2, 5, 15, 30, 60, 60, 60,
  ])
})

test('what only a person can mend is not tried again', () => {
  expect(retryAfterMs('sign_in', 1)).toBeNull()
  expect(retryAfterMs('right', 1)).toBeNull()
})

test('a wait that Microsoft asked for is never undercut', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('transient' as const, 'ours' as const),
      fc.integer({ min: 1, max: 1000 }),
      fc.nat(10 * 60 * MINUTE),
      (kind, failures, asked) => {
        expect(retryAfterMs(kind, failures, asked)).toBeGreaterThanOrEqual(asked)
      },
    ),
  )
})
