import { type AnyColumn, eq, ilike, or, type SQL } from 'drizzle-orm'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether an id from an address may be compared with a uuid column; PostgreSQL refuses anything else with an error. */
export const isGuid = (text: string): boolean => GUID.test(text)

const LONGEST_SEARCH = 200 // characters that are looked at: longer than any name worth typing

/**
 * Rows where any of the columns contains the typed text, in any case, or whose object ID it is. `%`, `_` and `\` are
 * ordinary characters.
 */
export function searchText(typed: string, columns: (AnyColumn | SQL.Aliased | SQL)[], id?: AnyColumn): SQL | undefined {
  const text = cleanSearch(typed)
  if (text === '') return undefined
  const pattern = `%${escapeWildcards(text)}%`
  const isTheId = id && isGuid(text) ? eq(id, text.toLowerCase()) : undefined
  return or(...columns.map((column) => ilike(column, pattern)), isTheId)
}

/** Whether a column begins with the typed text, in any case. Without text it is so of every row. */
export const beginsWith = (typed: string, column: AnyColumn): SQL =>
  ilike(column, `${escapeWildcards(cleanSearch(typed))}%`)

/** What is looked for of what was typed: without NUL, which PostgreSQL refuses in a text, and not longer than is worth it. */
export const cleanSearch = (typed: string): string => typed.replaceAll('\0', '').trim().slice(0, LONGEST_SEARCH)

/** A text as a part of a pattern that stands for itself. */
export const escapeWildcards = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
