import { expect, test } from 'vitest'
import { MinuteCount } from './minute-count'

test('the first is told at once, and all that follow within a minute together after it', () => {
  const told: Record<string, number>[] = []
  let now = 0
  const count = new MinuteCount(
    (counts) => told.push(counts),
    () => now,
  )
  for (let second = 0; second < 60; second++) {
    now = second * 1_000
    count.add(second % 2 ? 'odd' : 'even')
  }
  expect(told).toEqual([{ even: 1 }])
  now = 60_000
  count.add('even')
  expect(told).toEqual([{ even: 1 }, { even: 30, odd: 30 }])
  now = 200_000
  count.add('odd')
  expect(told.at(-1)).toEqual({ odd: 1 })
})
