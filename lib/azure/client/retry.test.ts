import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PATIENCE, parseRetryAfter, pauseBefore, waitForNextTry } from './retry'

test('a Retry-After in seconds is read as seconds', () => {
  fc.assert(fc.property(fc.nat(100_000), (seconds) => parseRetryAfter(` ${seconds} `) === seconds * 1000))
})

test('a Retry-After with a date is the time until then, and none for a date in the past', () => {
  const left = parseRetryAfter(new Date(Date.now() + 3_600_000).toUTCString())
  expect(left).toBeGreaterThan(3_598_000)
  expect(left).toBeLessThanOrEqual(3_600_000)
  expect(parseRetryAfter('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(0)
})

test('a Retry-After of any number of digits is read as seconds, and not as a year', () => {
  for (const digits of ['9999', '999999999', '99999999999', '9'.repeat(400)])
    expect(parseRetryAfter(digits)).toBe(Number(digits) * 1000)
})

test.each([null, undefined, '', 'soon', '-5', '1e9', 'NaN'])('a Retry-After of %j asks for no wait', (value) => {
  const read = parseRetryAfter(value)
  expect(read === null || read === 0).toBe(true)
})

test('the pause before a try is never shorter than what was asked for, and grows when nothing was asked for', () => {
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

test('a wait is counted as a retry, and there is none once the tries are used up or the wait asked for is too long', async () => {
  const waits: number[] = []
  const patience = { ...PATIENCE, tries: 3, longestWaitMs: 5000, wait: async (ms: number) => void waits.push(ms) }
  const meter = { retries: 0 }
  expect(await waitForNextTry(1, null, { patience, meter })).toBe(true)
  expect(await waitForNextTry(2, 5000, { patience, meter })).toBe(true)
  expect(await waitForNextTry(2, 5001, { patience, meter })).toBe(false)
  expect(await waitForNextTry(3, null, { patience, meter })).toBe(false)
  expect(waits).toHaveLength(2)
  expect(meter.retries).toBe(2)
})

test('an abort ends a wait at once, and the wait is not counted', async () => {
  const stop = new AbortController()
  const meter = { retries: 0 }
  const waiting = waitForNextTry(1, 60_000, { signal: stop.signal, meter })
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  expect(meter.retries).toBe(0)
})
