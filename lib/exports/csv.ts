import { stringify } from 'csv-stringify/sync'
import { type Cells, textOf } from './table'

/** Tells Excel that the file is UTF-8; it guesses a national code page otherwise. */
const CSV_START = '\uFEFF'

/** Lines of CSV (RFC 4180, CRLF), every cell as {@link formulaSafe} makes it. Absent values are empty cells. */
export function toCsv(rows: readonly (readonly (string | null)[])[]): string {
  return stringify(
    rows.map((row) => row.map((value) => formulaSafe(value ?? ''))),
    { record_delimiter: 'windows', quoted_string: true },
  )
}

/** Control characters and line ends. A spreadsheet that reads quotes differently begins a new cell or row at some of them. */
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu

/**
 * Where a cell can begin, and what makes it a formula there, full-width forms included. Besides the start of the value that
 * is after each separator that a spreadsheet may choose by itself: where decimals have a comma, Excel splits the columns
 * of a CSV file at semicolons, and then the quotes of a cell protect nothing. Some skip blanks before they look.
 */
const FORMULA_STARTS = /(^|[,;|])(?=[\p{Z}\p{Cf}"]*[=+\-@＝＋－＠])/gu

/**
 * A value of which no spreadsheet runs a part as a formula, at whichever separator it splits the file: an apostrophe goes
 * before each place that would start one, and a space takes the place of line ends and control characters. Anything else
 * is left as it is. Display names come from other people's directories. (OWASP: CSV injection)
 */
export function formulaSafe(value: string): string {
  return value.replace(BREAKS, ' ').replace(FORMULA_STARTS, "$1'")
}

/** A table as CSV, with its heading, some rows at a time. */
export async function* toCsvFile({ columns, rows }: Cells): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  yield encoder.encode(CSV_START + toCsv([columns]))
  for await (const some of rows) yield encoder.encode(toCsv(some.map((cells) => cells.map(textOf))))
}

/** A file name that every system takes and that cannot break out of a header: letters, digits, dashes, and the ending. */
export function exportFileName(label: string, at: Date, ending: string): string {
  const words = label
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .toLowerCase()
  return `${['rolecall', words, at.toISOString().slice(0, 10)].filter(Boolean).join('-')}.${ending}`
}
