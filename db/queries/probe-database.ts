import { sql } from 'drizzle-orm'
import { getDb } from '@/db/client'

/** Asks the database for nothing in particular; throws what kept it from answering. */
export async function probeDatabase(): Promise<void> {
  const db = await getDb()
  await db.execute(sql`select 1`)
}
