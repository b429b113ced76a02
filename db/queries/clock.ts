import { sql } from 'drizzle-orm'
import { getDbOfEveryOrganisation } from '@/db/client'
import type { Database, Transaction } from '@/db/database'
import { connections } from '@/db/schema/connections'

/**
 * The time of the database, as a column of a select. Ages are counted by it and never by the clock of a process: several
 * processes on several machines write and read the same times, and one whose clock is wrong must not call data stale.
 */
export const databaseNow = sql<Date>`now()`.mapWith(connections.createdAt)

/**
 * The time of the database as a column of this schema holds it, for asking whether something is due. Such a column has whole
 * milliseconds and PostgreSQL rounds to them, so that a time which was written as `now()` may lie up to half a millisecond ahead
 * of it, and would not be due to whoever asks at once.
 */
export const nowAsStored = sql<Date>`now()::timestamptz(3)`

/** The time of the database, where nothing else is asked of it. */
export async function readDatabaseNow(within?: Database | Transaction): Promise<Date> {
  const db = within ?? (await getDbOfEveryOrganisation())
  const [read] = await db.select({ now: databaseNow }).from(sql`(select 1) as one`)
  if (!read) throw new Error('The database gave no time.')
  return read.now
}
