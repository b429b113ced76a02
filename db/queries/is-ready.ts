import { sql } from 'drizzle-orm'
import { getDb } from '../client'

/** Whether the database answers a query now. The cause of a failure is the caller's to log: here only the fact counts. */
export async function isReady(): Promise<boolean> {
  try {
    const db = await getDb()
    await db.execute(sql`select 1`)
    return true
  } catch {
    return false
  }
}
