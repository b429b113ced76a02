import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatListAddress, readListAddress, readViewName } from './saved-views'
import {
  ALL_CHANGES,
  type Cursor,
  formatAccessView,
  formatChangesView,
  formatPeopleView,
  parseAccessView,
  parsePeopleView,
} from './views'

const ID = '0f1e2d3c-0001-4b5a-8c7d-9e0f1a2b3c01'
const SUBSCRIPTION = `/integrations/azure/${ID}`

describe('the lists whose filters can be saved', () => {
  test.each([
    [SUBSCRIPTION, { list: 'people', connectionId: ID }],
    [`${SUBSCRIPTION}/principals`, { list: 'others', connectionId: ID }],
    ['/people', { list: 'all_people', connectionId: null }],
    ['/people/matrix', { list: 'matrix', connectionId: null }],
    ['/changes', { list: 'changes', connectionId: null }],
  ])('%s is one of them, and its address is written as it was', (path, of) => {
    expect(readListAddress(path)).toEqual({ ...of, query: '' })
    expect(readListAddress(`${path}?`)).toEqual({ ...of, query: '' })
    for (const address of [path, `${path}?q=ada`, `${path}?at=2026-03-12&dir=desc`]) {
      const read = readListAddress(address)
      expect(read && readListAddress(formatListAddress(read))).toEqual(read)
    }
  })

  test.each([
    '',
    '/',
    '?q=ada',
    'people',
    '/People',
    '/people/',
    '/people/export',
    '/people/matrix/more',
    `/people/${ID}`,
    '/people/../settings',
    '/people%2Fmatrix',
    '//people',
    '//evil.example/people',
    'https://evil.example/people',
    'javascript:alert(1)',
    '/people#top',
    '/people\n',
    '/changes/export',
    `/changes/${ID}`,
    '/integrations/azure',
    '/integrations/azure/new',
    `${SUBSCRIPTION}/`,
    `${SUBSCRIPTION}/groups`,
    `${SUBSCRIPTION}/principals/more`,
    `${SUBSCRIPTION}/people`,
    `${SUBSCRIPTION}\n`,
    `/integrations/azure/${ID.toUpperCase()}`,
    `/integrations/azure/${ID}/../../../settings`,
    'constructor',
    '__proto__',
  ])('no other address is one of them: %j', (address) => {
    expect(readListAddress(address)).toBeNull()
  })
})

describe('what is kept of an address', () => {
  const queryOf = (address: string) => readListAddress(address)?.query

  test('the filters and the order are kept, and the place in the list is not', () => {
    const cursor: Cursor = { at: ['Novak', ID], side: 'after', place: 50 }
    const access = parseAccessView({ q: 'ada', role: ID, sort: 'role', dir: 'desc', at: '2026-03-12' })
    expect(queryOf(SUBSCRIPTION + formatAccessView({ ...access, cursor }))).toBe(formatAccessView(access))
    expect(queryOf(`/people/matrix?q=ada&from=8&after=WyJhIl0&place=50`)).toBe('?q=ada')
    expect(queryOf(`/changes?effect=gained&before=WyJhIl0&place=50`)).toBe('?effect=gained')
  })

  test('a list keeps only what is a filter of it, and each filter once', () => {
    expect(queryOf('/people?q=ada&level=root&effect=gained&next=//evil.example&__proto__=1')).toBe('?q=ada')
    expect(queryOf('/changes?effect=gained&effect=lost&q=ada')).toBe('?effect=gained')
    expect(queryOf(`${SUBSCRIPTION}?status=nonsense&level=root`)).toBe('?level=root')
    expect(queryOf('/people?q=a?b=c')).toBe('?q=a%3Fb%3Dc')
    expect(queryOf('/people?q=%E0%A4%A&status=%00')).toMatch(/^\?q=/)
  })

  test('whatever stands in an address, what is kept of it opens the same list', () => {
    const paths = [SUBSCRIPTION, `${SUBSCRIPTION}/principals`, '/people', '/people/matrix', '/changes']
    const parameter = fc.tuple(
      fc.oneof(fc.constantFrom('q', 'status', 'level', 'scope', 'effect', 'by', 'at', 'after', 'from'), fc.string()),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.array(parameter), fc.string(), (path, params, loose) => {
        for (const query of [`${new URLSearchParams(params)}`, loose]) {
          const read = readListAddress(`${path}?${query}`)
          expect(read && formatListAddress(read).startsWith(path)).toBe(true)
          expect(read && readListAddress(formatListAddress(read))).toEqual(read)
        }
      }),
    )
  })

  test('an address that a page writes is kept whole', () => {
    const people = formatPeopleView({ ...parsePeopleView({ q: 'ada' }), minimum: 'writes' })
    expect(queryOf(`/people${people}`)).toBe(people)
    const changes = formatChangesView({ ...ALL_CHANGES, by: 'olga', privileged: true })
    expect(queryOf(`/changes${changes}`)).toBe(changes)
  })
})

test('a name is taken without the blanks around it', () => {
  expect(readViewName('  Owners outside of the team ')).toEqual({ name: 'Owners outside of the team' })
  expect(readViewName('é'.repeat(90))).toEqual({ name: 'é'.repeat(90) })
})

test.each([
  ['', /Type a name/],
  ['  \t ', /Type a name/],
  [null, /Type a name/],
  [new Blob(), /Type a name/],
  ['a'.repeat(91), /^This name has 91 characters\. A name has 90 at most\.$/],
  ['two\nlines', /Type another one/],
  ['turned \u202e around', /Type another one/],
  ['\u200b\u2800', /Type another one/],
  ['NUL \0', /Type another one/],
])('the name %j is refused with a sentence that says why', (typed, sentence) => {
  expect(readViewName(typed)).toEqual({ problem: expect.stringMatching(sentence) })
})
