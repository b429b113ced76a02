import { expect, test } from 'vitest'
import { describeRunStart } from './run-words'

test('a sync that somebody began is told with their name, and one that began by itself without', () => {
  expect(describeRunStart('manual', 'Ada Novak')).toEqual({ words: 'Started by', name: 'Ada Novak' })
  expect(describeRunStart('connect', 'Ada Novak')).toEqual({ words: 'First sync, started by', name: 'Ada Novak' })
  expect(describeRunStart('connect', null)).toEqual({ words: 'First sync', name: null })
  expect(describeRunStart('schedule', null)).toEqual({ words: 'On schedule', name: null })
  expect(describeRunStart('retry', null)).toEqual({ words: 'Tried again after a failure', name: null })
})
