import { expect, test } from 'vitest'
import { changeFilterWords } from './change-filter-words'
import { followView, formatFeedQuery, parseFeedQuery, readFeedName } from './feed'
import { ALL_CHANGES, parseChangesView } from './views'

const [CONNECTION, ROLE, PERSON] = ['1', '2', '3'].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`)
const QUERY = `?connection=${CONNECTION}&effect=gained&cause=membership&privileged=1&role=${ROLE}&person=${PERSON}&by=Grace`

const known = { connection: () => 'Payments', role: () => 'Owner', person: () => 'Ada Novak' }
const unknown = { connection: () => null, role: () => null, person: () => null }

test('filters are told in words, with ids only where a name is not known any more', () => {
  expect(changeFilterWords(ALL_CHANGES, known)).toBe('All changes')
  const view = parseFeedQuery(QUERY)
  expect(changeFilterWords(view, known)).toBe(
    'Gained · Memberships · privileged roles only · the role Owner · in Payments · about Ada Novak · done by Grace',
  )
  expect(changeFilterWords(view, unknown)).toContain(`the role ${ROLE} · in ${CONNECTION} · about ${PERSON}`)
  const dated = parseChangesView({ after: '2026-03-01T12:00:00Z', until: '2026-03-02T12:00:00Z' })
  expect(changeFilterWords(dated, known)).toBe('after 1 Mar 2026, 12:00 UTC · until 2 Mar 2026, 12:00 UTC')
})

test('a feed follows the filters of a view, and neither its page nor the time that it is about', () => {
  const view = parseChangesView({ effect: 'lost', after: '2026-03-01T12:00:00Z', until: '2026-03-02T12:00:00Z' })
  expect(formatFeedQuery({ ...view, cursor: { at: ['x'], side: 'after' } })).toBe('?effect=lost')
  expect(formatFeedQuery(ALL_CHANGES)).toBe('')
  expect(formatFeedQuery(parseFeedQuery(QUERY))).toBe(QUERY)
})

test.each(['', '?', 'nonsense', '?effect=stolen', '?after=2026-03-01T12:00:00Z', `?by=${'%00'.repeat(9)}`, '?%ff=%fe'])(
  'the query %j is one of all changes',
  (query) => {
    expect(parseFeedQuery(query)).toEqual(followView(ALL_CHANGES))
  },
)

test('the name of a feed is one that can be seen, on one line', () => {
  expect(readFeedName('  Privileged roles ')).toBe('Privileged roles')
  for (const wrong of ['', ' \u200b', 'a\nb', 'a'.repeat(91), '\u202ea', null]) expect(readFeedName(wrong)).toBeNull()
})
