import { eq } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/database'
import { memberSessions } from '@/db/schema/organisations'
import { hashToken, readOrganisationOfToken } from '@/lib/random-token'

/**
 * The organisation in which a token opens a session, if it opens one; null where nobody has it. A token of now says it itself. One
 * that an earlier version gave out is looked for among all sessions, by an index.
 */
export async function findOrganisationOfSession(db: Database | Transaction, token: string): Promise<string | null> {
  const named = readOrganisationOfToken(token)
  if (named !== null) return named
  const [found] = await db
    .select({ organisationId: memberSessions.organisationId })
    .from(memberSessions)
    .where(eq(memberSessions.tokenHash, hashToken(token)))
  return found?.organisationId ?? null
}
