import { expect, test } from 'vitest'
import { toProgress } from './fleet-progress'

test('only what was read whole counts as synced; gaps, paused and what needs attention are counted apart', () => {
  const count = (state: Parameters<typeof toProgress>[0][number]['state'], all: number, waiting = 0) => ({
    ...{ state, all, waiting },
  })
  const states = [count('synced', 4), count('gaps', 3), count('paused', 2), count('failed', 1), count('syncing', 5, 2)]
  expect(toProgress([...states, count('disconnected', 9)])).toEqual({
    ...{ total: 15, synced: 4, gaps: 3, paused: 2, attention: 1, syncing: 3, waiting: 2 },
  })
})
