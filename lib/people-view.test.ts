import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatPeopleView, type PeopleView, parsePeopleView } from './people-view'

const view: fc.Arbitrary<PeopleView> = fc.record({
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
    fc.property(view, (shown) => {
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
