import { type AnyColumn, ilike, or, type SQL } from 'drizzle-orm'

/** Longest search looked at, in characters: longer than any name worth typing. */
const LONGEST_SEARCH = 200

/** Rows where any of the columns contains the typed text, in any case. `%`, `_` and `\` are ordinary characters. */
export function searchText(typed: string, columns: AnyColumn[]): SQL | undefined {
  const text = typed.replaceAll('\0', '').trim().slice(0, LONGEST_SEARCH)
  if (text === '') return undefined
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return or(...columns.map((column) => ilike(column, pattern)))
}
