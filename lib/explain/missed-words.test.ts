import { expect, test } from 'vitest'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { missedWords } from './missed-words'

const line = (dataset: CoverageLine['dataset'], state: CoverageLine['state'], missing = 0): CoverageLine => ({
  dataset,
  state,
  read: 5,
  missing,
})

test('groups that were not opened may lead to more', () => {
  expect(missedWords([line('groups', 'not_asked', 3), line('assignments', 'whole')])).toEqual([
    '3 groups that hold roles were not opened: a role may be held through them too.',
  ])
  expect(missedWords([line('groups', 'partly', 1)])[0]).toMatch(/^1 group that holds roles was not opened/)
})

test('what cannot lead to a role leaves no doubt, nor do eligible roles of a tenant without the licence', () => {
  expect(
    missedWords([line('eligible', 'not_licensed'), line('sign_ins', 'not_asked'), line('denies', 'not_permitted')]),
  ).toEqual([])
  expect(missedWords([line('eligible', 'not_permitted')])).toHaveLength(1)
})
