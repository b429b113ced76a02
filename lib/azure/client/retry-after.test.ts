import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pauseBefore, retryAfterMs } from './retry'

test('seconds are seconds', () => {
  fc.assert(fc.property(fc.nat(100_000), (seconds) => retryAfterMs(` ${seconds} `) === seconds * 1000))
})

test('a date is the time until then, and a past one is now', () => {
  const left = retryAfterMs(new Date(Date.now() + 3_600_000).toUTCString())
  expect(left).toBeGreaterThan(3_598_000)
  expect(left).toBeLessThanOrEqual(3_600_000)
  expect(retryAfterMs('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(0)
})

test.each([null, undefined, '', 'soon', '-5', '1e9', 'NaN'])('%j says nothing', (value) => {
  const read = retryAfterMs(value)
  expect(read === null || read === 0).toBe(true)
})

test('the pause is never shorter than what was asked, and grows without being asked', () => {
  fc.assert(
    fc.property(fc.nat(60_000), (asked) => pauseBefore(2, asked) >= asked && pauseBefore(2, asked) <= asked + 500),
  )
  for (const [nextTry, least] of [
    [2, 1000],
    [3, 2000],
    [4, 4000],
  ] as const) {
    const pause = pauseBefore(nextTry, null)
    expect(pause).toBeGreaterThanOrEqual(least)
    expect(pause).toBeLessThanOrEqual(least * 1.5)
  }
})
