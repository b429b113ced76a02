import { describe, expect, test } from 'vitest'
import { type HistoryBegin, historyBeginSentence, isShorterHistory, shorterHistorySentence } from './retention'
import { HISTORY_LENGTHS } from './vocabulary'

describe('how far back history reaches', () => {
  const begin: HistoryBegin = {
    since: new Date('2024-11-27T00:00:00Z'),
    isPruned: true,
    prunedAfter: '2_years',
    kept: '2_years',
  }

  test('is said with what was deleted, and by which setting', () => {
    expect(historyBeginSentence(begin)).toBe(
      'History reaches back to 27 Nov 2024; what was before was deleted after 2 years, as set in Settings.',
    )
  })

  test('does not blame a setting that has been changed since', () => {
    expect(historyBeginSentence({ ...begin, kept: '7_years' })).toBe(
      'History reaches back to 27 Nov 2024; what was before was deleted after 2 years, as was set in Settings then.',
    )
  })

  test('is the first result where nothing was deleted', () => {
    expect(historyBeginSentence({ ...begin, isPruned: false, prunedAfter: null })).toBe(
      'History reaches back to 27 Nov 2024, when it began.',
    )
  })
})

test('each length is shorter than those after it, and "for ever" is the longest', () => {
  for (const [place, one] of HISTORY_LENGTHS.entries())
    for (const [other, length] of HISTORY_LENGTHS.entries()) expect(isShorterHistory(one, length)).toBe(place < other)
  expect(HISTORY_LENGTHS.at(-1)).toBe('for_ever')
})

test('a shorter length says what it deletes and that it cannot be undone', () => {
  expect(shorterHistorySentence('1_year')).toBe(
    'Of every subscription, whatever ended more than 1 year ago is deleted: who had access, through which groups, and the runs of that time. What is shown now stays. This cannot be undone.',
  )
})
