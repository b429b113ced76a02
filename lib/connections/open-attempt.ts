import { and, eq, lt, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectAttempts } from '@/db/schema/connections'

/** From typing the ID to Connect. Long enough to fetch an administrator, short enough to forget. */
const ATTEMPT_MINUTES = 30

/** Attempts this long past their end are of no use to anyone, and their sealed sign-in goes with them. */
const KEPT_HOURS = 24

type About = { subscriptionId: string; tenantId: string; connectionId: string | null; optionalScopes?: string[] }

/** Stores a new attempt for this member and clears away old ones. Gives its id. */
export async function openAttempt(actor: Actor, about: About): Promise<string> {
  const db = await getDb()
  return db.transaction(async (tx) => {
    await tx
      .delete(connectAttempts)
      .where(
        and(
          eq(connectAttempts.organisationId, actor.organisationId),
          lt(connectAttempts.expiresAt, sql`now() - make_interval(hours => ${KEPT_HOURS})`),
        ),
      )
    const [attempt] = await tx
      .insert(connectAttempts)
      .values({
        ...about,
        organisationId: actor.organisationId,
        memberId: actor.memberId,
        expiresAt: sql`now() + make_interval(mins => ${ATTEMPT_MINUTES})`,
      })
      .returning({ id: connectAttempts.id })
    if (!attempt) throw new Error('The attempt was not stored.')
    return attempt.id
  })
}
