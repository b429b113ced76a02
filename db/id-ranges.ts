import { type AnyColumn, and, gte, lt, type SQL } from 'drizzle-orm'

/** How many different pairs of digits an ID can begin with. */
const BEGINNINGS = 256

/**
 * Conditions that take rows by the ID in one of their columns, so that many rows are read in several statements and the embedded engine
 * is free for somebody else in between. Each row fulfils one of them. IDs of Microsoft Entra are random, so that the parts are about even.
 *
 * @param about an estimate of how many rows there are
 * @param atOnce how many of them one statement should read
 */
export function idRanges(column: AnyColumn, about: number, atOnce: number): (SQL | undefined)[] {
  const parts = Math.min(Math.max(Math.ceil(about / atOnce), 1), BEGINNINGS)
  const beginningOf = (part: number) =>
    Math.floor((part * BEGINNINGS) / parts)
      .toString(16)
      .padStart(2, '0')
  return Array.from({ length: parts }, (_, part) =>
    and(
      part > 0 ? gte(column, beginningOf(part)) : undefined,
      part < parts - 1 ? lt(column, beginningOf(part + 1)) : undefined,
    ),
  )
}
