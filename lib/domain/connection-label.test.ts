import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLabel } from './connection-label'

test.each([
  ['Production', 'Production'],
  ['  Produktion – Zürich  ', 'Produktion – Zürich'],
  ['生产环境', '生产环境'],
  ['ייצור', 'ייצור'],
  ['👩‍🚀 Lab', '👩‍🚀 Lab'],
  ['می‌خواهم', 'می‌خواهم'],
  ['a'.repeat(90), 'a'.repeat(90)],
])('%j is a label', (typed, label) => {
  expect(readLabel(typed)).toBe(label)
})

test.each([
  ['nothing', ''],
  ['blanks', ' \t\u00a0\u3000'],
  ['marks without a width', '\u200b\u200d\ufeff\u2060'],
  ['fillers', '\u3164\u115f\u2800'],
  ['a line break', 'one\ntwo'],
  ['NUL', 'one\0two'],
  ['half a character', 'one\ud800'],
  ['a mark that turns text around', 'gnp.\u202eexe'],
  ['an isolate', '\u2067abc'],
  ['91 characters', 'a'.repeat(91)],
  ['a file', new File([], 'label')],
])('a label cannot be %s', (_, typed) => {
  expect(readLabel(typed)).toBeNull()
})

test('whatever is taken as a label can be seen, stays on one line and is typed again as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => {
      const label = readLabel(typed)
      if (label === null) return
      expect(label).toMatch(/[\p{L}\p{M}\p{N}\p{P}\p{S}\p{C}]/u)
      expect(label).not.toMatch(/[\n\r\0\u2028\u202e]/)
      expect(readLabel(label)).toBe(label)
    }),
  )
})
