import { stringify } from 'csv-stringify/sync'

/** What makes a spreadsheet read a cell as a formula, full-width forms included; tab, CR, LF and NUL are skipped by some before they look. */
const FORMULA_START = /^[=+\-@\t\r\n\0＝＋－＠]/

/** Tells Excel that the file is UTF-8; it guesses a national code page otherwise. */
export const CSV_START = '\uFEFF'

/** A value no spreadsheet runs: display names come from other people's directories. */
export function formulaSafe(value: string): string {
  return FORMULA_START.test(value) ? `'${value}` : value
}

/** Lines of CSV (RFC 4180, CRLF), every cell formula-safe. Absent values are empty cells. */
export function toCsv(rows: readonly (readonly (string | null)[])[]): string {
  return stringify(
    rows.map((row) => row.map((value) => formulaSafe(value ?? ''))),
    { record_delimiter: 'windows', quoted_string: true },
  )
}

/** A file name that every system takes and that cannot break out of a header: letters, digits, dashes. */
export function csvFileName(label: string, at: Date): string {
  const words = label
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .toLowerCase()
  return `${['rolecall', words, at.toISOString().slice(0, 10)].filter(Boolean).join('-')}.csv`
}
