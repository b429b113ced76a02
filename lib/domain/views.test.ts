import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AccessView,
  type AskView,
  formatAccessView,
  formatAskView,
  formatPeopleView,
  isFiltered,
  type PeopleView,
  parseAccessView,
  parseAskView,
  parsePeopleView,
  type SearchParams,
} from './views'

const DEFAULT: AccessView = {
  search: '',
  roleIds: [],
  status: null,
  level: null,
  scope: null,
  how: null,
  held: null,
  signal: null,
  sort: 'name',
  direction: 'asc',
  cursor: null,
}

const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '').trim())

const view: fc.Arbitrary<AccessView> = fc.record({
  search: text
    .map((value) => value.slice(0, 60))
    .map((value) => value.trim())
    .filter((value) => value.isWellFormed()),
  roleIds: fc.uniqueArray(fc.uuid(), { maxLength: 4 }),
  status: fc.option(
    fc.constantFrom('active', 'invited', 'disabled', 'deleted', 'not_found', 'not_readable', 'other_tenant'),
  ),
  level: fc.option(fc.constantFrom('root', 'management_group', 'subscription', 'resource_group', 'resource')),
  scope: fc.option(text.map((value) => `/${value}`).filter((value) => value.isWellFormed())),
  how: fc.option(fc.constantFrom('direct', 'group')),
  held: fc.option(fc.constantFrom('held', 'active', 'activated', 'eligible')),
  signal: fc.option(fc.constantFrom('can_grant', 'guest_writes', 'gone', 'large_group', 'orphan')),
  sort: fc.constantFrom('name', 'email', 'status', 'role', 'scope'),
  direction: fc.constantFrom('asc', 'desc'),
  cursor: fc.option(fc.record({ at: fc.array(text, { maxLength: 4 }), side: fc.constantFrom('after', 'before') })),
})

const opened = (address: string): SearchParams => Object.fromEntries(new URLSearchParams(address))

test('a view survives its address', () => {
  fc.assert(
    fc.property(view, (wanted) => {
      expect(parseAccessView(opened(formatAccessView(wanted)))).toEqual(wanted)
    }),
  )
})

test('the default view has an empty address', () => {
  expect(formatAccessView(DEFAULT)).toBe('')
  expect(parseAccessView({})).toEqual(DEFAULT)
})

test('whatever stands in an address, a view opens', () => {
  const names = fc.constantFrom(
    'q',
    'role',
    'status',
    'level',
    'scope',
    'how',
    'held',
    'signal',
    'sort',
    'dir',
    'after',
    'before',
    '__proto__',
    'constructor',
  )
  const values = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.constant(undefined))
  fc.assert(
    fc.property(fc.dictionary(names, values), (params) => {
      const parsed = parseAccessView(params)
      expect(parsed.search.length).toBeLessThanOrEqual(200)
      expect(parsed.search).not.toContain('\0')
      expect(parsed.scope ?? '').not.toContain('\0')
      expect(parsed.roleIds.length).toBeLessThanOrEqual(20)
    }),
  )
})

test.each([
  [
    {
      sort: 'password',
      dir: 'sideways',
      status: 'Active',
      level: '../root',
      role: "' or 1=1",
      scope: 'rg',
      how: 'by luck',
    },
  ],
  [{ after: '%%%' }],
  [{ after: btoa('{"at":1}') }],
  [{ after: btoa('["a\\u0000b"]') }],
  [{ after: 'a'.repeat(10_000) }],
])('%o is not understood and opens the default view', (params) => {
  expect(parseAccessView(params)).toEqual(DEFAULT)
})

test('a view without filters leaves out no one, whatever its order', () => {
  expect(isFiltered({ ...DEFAULT, sort: 'role', direction: 'desc' })).toBe(false)
  expect(isFiltered({ ...DEFAULT, signal: 'gone' })).toBe(true)
  expect(isFiltered({ ...DEFAULT, roleIds: ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635'] })).toBe(true)
})

test('a search is cut at 200 characters', () => {
  expect(parseAccessView({ q: 'x'.repeat(500) }).search).toBe('x'.repeat(200))
})

const typed = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((value) => value.replaceAll('\0', '').trim())
  .filter((value) => value.isWellFormed())

const askView: fc.Arbitrary<AskView> = fc.record({
  roleId: fc.option(fc.uuid()),
  scope: typed,
  operation: typed,
  plane: fc.option(fc.constantFrom('control', 'data')),
  who: fc.constantFrom('people', 'others'),
  cursor: fc.option(fc.record({ at: fc.array(typed, { maxLength: 3 }), side: fc.constantFrom('after', 'before') })),
})

test('questions survive their address', () => {
  fc.assert(
    fc.property(askView, (asked) => {
      expect(parseAskView(Object.fromEntries(new URLSearchParams(formatAskView(asked))))).toEqual(asked)
    }),
  )
})

test('nothing asked has an empty address', () => {
  expect(formatAskView(parseAskView({}))).toBe('')
})

test('a role that is no GUID is not asked for, and what was typed elsewhere is kept', () => {
  expect(parseAskView({ role: "' or 1=1", scope: ' rg one ', operation: '*', who: 'everyone' })).toEqual({
    roleId: null,
    scope: 'rg one',
    operation: '*',
    plane: null,
    who: 'people',
    cursor: null,
  })
})

const peopleView: fc.Arbitrary<PeopleView> = fc.record({
  search: fc.string({ maxLength: 50 }).map((text) => text.replaceAll('\0', '').trim()),
  status: fc.option(fc.constantFrom('active', 'invited', 'deleted')) as fc.Arbitrary<PeopleView['status']>,
  signal: fc.option(fc.constantFrom('can_grant', 'guest_writes', 'gone')) as fc.Arbitrary<PeopleView['signal']>,
  minimum: fc.option(fc.constantFrom('grants_access', 'writes', 'reads')) as fc.Arbitrary<PeopleView['minimum']>,
  direction: fc.constantFrom('asc', 'desc'),
  cursor: fc.option(
    fc.record({
      at: fc.array(
        fc.string().map((text) => text.replaceAll('\0', '').toWellFormed()),
        { maxLength: 3 },
      ),
      side: fc.constantFrom('after', 'before'),
    }),
  ) as fc.Arbitrary<PeopleView['cursor']>,
  from: fc.nat(1000),
})

test('the address of a view opens that view', () => {
  fc.assert(
    fc.property(peopleView, (shown) => {
      const params = Object.fromEntries(new URLSearchParams(formatPeopleView(shown)))
      expect(parsePeopleView(params)).toEqual(shown)
    }),
  )
})

test('a mangled address opens the default view', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom('status', 'signal', 'min', 'dir', 'from', 'after'),
        fc.constantFrom('', '-1', 'x', '1.5', '%'),
      ),
      (params) => {
        expect(parsePeopleView(params)).toEqual({
          search: '',
          status: null,
          signal: null,
          minimum: null,
          direction: 'asc',
          cursor: null,
          from: 0,
        })
      },
    ),
  )
})
