import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import type { Database, Transaction } from '@/db/database'
import { connectAttempts } from '@/db/schema/connections'

export type AttemptRow = typeof connectAttempts.$inferSelect & { expired: boolean }

/**
 * An attempt of this very member, with whether it has expired by the database's clock. Another member's attempt is not
 * found, even within one organisation: a sign-in belongs to whoever began it.
 */
export async function findAttempt(
  db: Database | Transaction,
  actor: Actor,
  attemptId: string,
): Promise<AttemptRow | null> {
  const [found] = await db
    .select({ attempt: connectAttempts, expired: sql<boolean>`${connectAttempts.expiresAt} <= now()` })
    .from(connectAttempts)
    .where(
      and(
        eq(connectAttempts.organisationId, actor.organisationId),
        eq(connectAttempts.memberId, actor.memberId),
        eq(connectAttempts.id, attemptId),
      ),
    )
  return found ? { ...found.attempt, expired: found.expired } : null
}
