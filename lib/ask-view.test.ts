import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AskView, formatAskView, parseAskView } from './ask-view'

const text = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((value) => value.replaceAll('\0', '').trim())
  .filter((value) => value.isWellFormed())

const view: fc.Arbitrary<AskView> = fc.record({
  roleId: fc.option(fc.uuid()),
  scope: text,
  operation: text,
  plane: fc.option(fc.constantFrom('control', 'data')),
  who: fc.constantFrom('people', 'others'),
  cursor: fc.option(fc.record({ at: fc.array(text, { maxLength: 3 }), side: fc.constantFrom('after', 'before') })),
})

test('questions survive their address', () => {
  fc.assert(
    fc.property(view, (asked) => {
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
