import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CSV_START, csvFileName, formulaSafe, toCsv } from './export'

const STARTS = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠']

const cell = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .tuple(fc.constantFrom(...STARTS, '"', ',', ';', "'", ' '), fc.string({ unit: 'binary' }))
    .map(([start, rest]) => start + rest),
)

test('an independent reader gets every cell back, and none of them starts like a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 }), (rows) => {
      const read: string[][] = parse(CSV_START + toCsv(rows), {
        bom: true,
        record_delimiter: '\r\n',
        skip_empty_lines: false,
      })
      expect(read).toEqual(rows.map((row) => row.map(formulaSafe)))
      for (const value of read.flat()) expect(STARTS).not.toContain(value[0])
    }),
  )
})

test('a value that is no formula is left exactly as it is, and a formula keeps its text behind an apostrophe', () => {
  fc.assert(
    fc.property(cell, (value) => {
      expect(formulaSafe(value)).toBe(STARTS.some((start) => value.startsWith(start)) ? `'${value}` : value)
    }),
  )
})

test('an absent value is an empty cell', () => {
  expect(parse(toCsv([['Ada', null]]), { record_delimiter: '\r\n' })).toEqual([['Ada', '']])
})

test('a file name holds letters, digits and dashes only, whatever the label', () => {
  const day = new Date('2026-03-01T12:00:00Z')
  expect(csvFileName('Produktion – Zürich / "EU"', day)).toBe('rolecall-produktion-zurich-eu-2026-03-01.csv')
  expect(csvFileName('生产', day)).toBe('rolecall-2026-03-01.csv')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (label) =>
      /^rolecall-[a-z0-9-]{1,80}\.csv$/.test(csvFileName(label, day)),
    ),
  )
})
