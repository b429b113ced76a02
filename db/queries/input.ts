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
  const text = typed.replaceAll('\0', '').trim().slice(0, LONGEST_SEARCH)
  if (text === '') return undefined
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const isTheId = id && isGuid(text) ? eq(id, text.toLowerCase()) : undefined
  return or(...columns.map((column) => ilike(column, pattern)), isTheId)
}
