import { asc, DrizzleQueryError, desc, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Cursor, Direction } from '@/lib/domain/views'

/**
 * One page of a list, and where the pages next to it begin; null where there is none. `start` is how many rows come before it, as far
 * as the address tells: rows that came or went meanwhile are not counted. Null where it does not tell.
 */
export type Page<Row> = { rows: Row[]; start: number | null; previous: Cursor | null; next: Cursor | null }

export const EMPTY_PAGE: Page<never> = { rows: [], start: 0, previous: null, next: null }

/**
 * Pages through a list by key: every row once, whatever is added or removed meanwhile, and as fast on the last page as
 * on the first. `keys` order the list totally (the last one must be unique) and are never null.
 */
export function keyset(keys: SQLWrapper[], direction: Direction, cursor: Cursor | null, limit: number) {
  const values = cursor?.at.length === keys.length ? cursor.at : null
  const backward = values !== null && cursor?.side === 'before'
  const ascending = (direction === 'asc') !== backward

  return {
    /** Whether rows are read in rising order, and the values after which they begin; null for the first page. */
    ascending,
    values,
    beyond: values
      ? sql`(${list(keys)}) ${sql.raw(ascending ? '>' : '<')} (${list(values.map((value) => sql`${value}`))})`
      : undefined,
    order: keys.map((key) => (ascending ? asc(key) : desc(key))),
    /** One row more than shown, to learn whether a page follows. */
    fetch: limit + 1,
    /** What a cursor at this row would hold; selected as `at`. */
    at: sql<string[]>`json_build_array(${list(keys)})`,

    page<Row extends { at: string[] }>(found: Row[]): Page<Omit<Row, 'at'>> {
      const shown = found.slice(0, limit)
      if (backward) shown.reverse()
      const more = found.length > limit
      const [first, last] = [shown.at(0), shown.at(-1)]
      const hasPrevious = backward ? more : values !== null
      const hasNext = backward || more
      const start = hasPrevious ? startOf(cursor, shown.length) : 0
      return {
        rows: shown.map(({ at: _, ...row }) => row),
        start,
        previous: hasPrevious && first ? { at: first.at, side: 'before', ...placed(start) } : null,
        next:
          hasNext && last
            ? { at: last.at, side: 'after', ...placed(start === null ? null : start + shown.length) }
            : null,
      }
    },
  }
}

/** How many rows come before a page that is not the first. Null where the cursor does not tell, or where it cannot be so any more. */
function startOf(cursor: Cursor | null, shown: number): number | null {
  const start = cursor?.place === undefined ? 0 : cursor.place - (cursor.side === 'before' ? shown : 0)
  return start > 0 ? start : null
}

const placed = (place: number | null) => (place === null ? {} : { place })

/**
 * Reads the page at a cursor, or the first one when the cursor is beyond the list or holds what the list is not ordered
 * by: an address may outlive the rows it names, and may be mangled on its way.
 */
export async function readPageOrFirst<Row>(
  cursor: Cursor | null,
  read: (cursor: Cursor | null) => Promise<Page<Row>>,
): Promise<Page<Row>> {
  if (!cursor) return read(null)
  const page = await read(cursor).catch(nothingAtOddValues)
  return page.rows.length === 0 ? read(null) : page
}

/** Where a cursor holds text in the place of a number, an ID or a day, PostgreSQL refuses the value by a code of this class. */
const DATA_EXCEPTION = /^22/

function nothingAtOddValues(error: unknown): Page<never> {
  const cause = error instanceof DrizzleQueryError ? error.cause : null
  if (cause && 'code' in cause && DATA_EXCEPTION.test(String(cause.code))) return EMPTY_PAGE
  throw error
}

function list(parts: SQLWrapper[]): SQL {
  return sql.join(parts, sql`, `)
}
