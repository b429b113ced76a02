import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportFileName, formulaSafe, toCsv } from './csv'

const STARTS = ['=', '+', '-', '@', '＝', '＋', '－', '＠']
const SEPARATORS = [',', ';', '\t', '|']

/** Values with anything in them, and values that are made to break out of their cell. */
const cell = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...STARTS,
        ...SEPARATORS,
        '"',
        "'",
        ' ',
        'a',
        '1',
        '\r',
        '\n',
        '\0',
        '\u2028',
        '\u00a0',
        '\u200b',
      ),
      { maxLength: 12 },
    )
    .map((pieces) => pieces.join('')),
)
const rowsOf = (columns: number) =>
  fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1 })

/** What a spreadsheet looks at first: blanks, quotes and marks without a width are skipped. */
const firstOf = (value: string) => value.replace(/^[\s\p{Z}\p{Cf}\p{Cc}"]+/u, '').charAt(0)

test('an independent reader gets every cell back', () => {
  fc.assert(
    fc.property(rowsOf(3), (rows) => {
      const read: string[][] = parse(toCsv(rows), {
        bom: true,
        record_delimiter: '\r\n',
        skip_empty_lines: false,
      })
      expect(read).toEqual(rows.map((row) => row.map(formulaSafe)))
    }),
  )
})

test.each(SEPARATORS)(
  'an independent reader that splits at %j finds no cell that starts like a formula',
  (delimiter) => {
    fc.assert(
      fc.property(rowsOf(3), (rows) => {
        const read: string[][] = parse(toCsv(rows), {
          bom: true,
          delimiter,
          // Split at another separator than it was made with, most quotes of the file stand within cells and open nothing.
          quote: delimiter === ',' ? '"' : false,
          relax_column_count: true,
          skip_empty_lines: false,
        })
        for (const value of read.flat()) expect(STARTS).not.toContain(firstOf(value))
      }),
    )
  },
)

test('whichever of the separators is taken, and whatever quotes are taken for, no piece starts like a formula', () => {
  fc.assert(
    fc.property(rowsOf(3), (rows) => {
      for (const piece of toCsv(rows).split(/[,;\t|\r\n]/)) expect(STARTS).not.toContain(firstOf(piece))
    }),
  )
})

test.each([
  ['=1+1', "'=1+1"],
  ['a;=1+1;b', "a;'=1+1;b"],
  ['a; "=1+1"', `a;' "=1+1"`],
  ['a|b,c\t+1\r\n-2', 'a|b,c +1 -2'],
  ['Ann-Marie Müller (at work)', 'Ann-Marie Müller (at work)'],
  ['2026-11-26T10:00:00.000Z', '2026-11-26T10:00:00.000Z'],
  [
    "(\n  @Resource[Microsoft.Storage:name] StringEquals 'a'\n)",
    "(   @Resource[Microsoft.Storage:name] StringEquals 'a' )",
  ],
])('the cell of %j is %j', (value, wanted) => {
  expect(formulaSafe(value)).toBe(wanted)
})

test('an absent value is an empty cell', () => {
  expect(parse(toCsv([['Ada', null]]), { record_delimiter: '\r\n' })).toEqual([['Ada', '']])
})

test('a file name holds letters, digits and dashes only, whatever the label', () => {
  const day = new Date('2026-03-01T12:00:00Z')
  expect(exportFileName('Produktion – Zürich / "EU"', day, 'csv')).toBe('rolecall-produktion-zurich-eu-2026-03-01.csv')
  expect(exportFileName('生产', day, 'csv')).toBe('rolecall-2026-03-01.csv')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (label) =>
      /^rolecall-[a-z0-9-]{1,80}\.csv$/.test(exportFileName(label, day, 'csv')),
    ),
  )
})
