import { sql } from 'drizzle-orm'
import { timestamp } from 'drizzle-orm/pg-core'

/** Milliseconds, as JavaScript has them, so that a time read and sent back still compares equal. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

export const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(', ')})`)
