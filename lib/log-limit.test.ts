import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLimit, LINES_A_MINUTE } from './log-limit'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a cause is written ten times a minute, and the rest of its lines are told once, as a number', () => {
  const told: unknown[] = []
  const admit = createLimit<string>((repeated) => told.push(repeated))
  const admitted = Array.from({ length: 500 }, (_, n) => admit('full disk', `line ${n}`)).filter(Boolean)
  expect(admitted).toHaveLength(LINES_A_MINUTE)
  expect(admit('another cause', 'first')).toBe(true)
  expect(told).toEqual([])
  vi.advanceTimersByTime(60_000)
  expect(told).toEqual([{ line: `line ${LINES_A_MINUTE}`, repeated: 500 - LINES_A_MINUTE }])
  expect(admit('full disk', 'later')).toBe(true)
  vi.advanceTimersByTime(60_000)
  expect(told).toHaveLength(1)
})

test('causes without number share one count', () => {
  const told: { repeated: number }[] = []
  const admit = createLimit<string>((repeated) => told.push(repeated))
  const admitted = Array.from({ length: 5_000 }, (_, n) => admit(`cause ${n}`, 'line')).filter(Boolean)
  expect(admitted.length).toBeLessThan(1_100)
  vi.advanceTimersByTime(60_000)
  expect(told).toHaveLength(1)
  expect(admitted.length + (told[0]?.repeated ?? 0)).toBe(5_000)
})
