import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AccessView, formatAccessView, parseAccessView, type SearchParams } from './access-view'

const DEFAULT: AccessView = {
  search: '',
  roleId: null,
  status: null,
  level: null,
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
  roleId: fc.option(fc.uuid()),
  status: fc.option(
    fc.constantFrom('active', 'invited', 'disabled', 'deleted', 'not_found', 'not_readable', 'other_tenant'),
  ),
  level: fc.option(fc.constantFrom('root', 'management_group', 'subscription', 'resource_group', 'resource')),
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
    }),
  )
})

test.each([
  [{ sort: 'password', dir: 'sideways', status: 'Active', level: '../root', role: "' or 1=1" }],
  [{ after: '%%%' }],
  [{ after: btoa('{"at":1}') }],
  [{ after: btoa('["a\\u0000b"]') }],
  [{ after: 'a'.repeat(10_000) }],
])('%o is not understood and opens the default view', (params) => {
  expect(parseAccessView(params)).toEqual(DEFAULT)
})

test('a search is cut at 200 characters', () => {
  expect(parseAccessView({ q: 'x'.repeat(500) }).search).toBe('x'.repeat(200))
})
