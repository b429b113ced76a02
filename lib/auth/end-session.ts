import { eq } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { memberSessions } from '@/db/schema/organisations'

/** Signs one browser out, at once. A session that is already gone is fine. */
export async function endSession(sessionId: string): Promise<void> {
  const db = await getDb()
  await db.delete(memberSessions).where(eq(memberSessions.id, sessionId))
}
