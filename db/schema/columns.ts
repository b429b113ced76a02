import { sql } from 'drizzle-orm'
import { type AnyPgColumn, customType, index, timestamp } from 'drizzle-orm/pg-core'

/** Milliseconds, as JavaScript has them, so that a time read and sent back still compares equal. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

/** The SQL of a check that a column holds one of a closed list of words. */
export const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(', ')})`)

/** For how long a row is valid: `valid_to is null` is current, and only differences are written. */
export const interval = () => ({ validFrom: at('valid_from').notNull(), validTo: at('valid_to') })

/** Finds the rows of a table that ended before the horizon of an organisation's history, without a look at those that are current. */
export const pastIntervals = (table: string, t: { organisationId: AnyPgColumn; validTo: AnyPgColumn }) =>
  index(`${table}_past`).on(t.organisationId, t.validTo).where(sql`valid_to is not null`)

export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
