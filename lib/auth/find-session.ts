import { and, eq, gt, lt, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { memberSessions, members, organisations } from '@/db/schema/organisations'

/** A browser left alone this long is signed out. */
const IDLE_MINUTES = 120

/** `last_seen_at` is written at most this often, so that reading pages does not write a row each. */
const SEEN_EVERY_MINUTES = 5

/** The signed-in member behind a session id, or null when it ended: signed out, removed, idle, or past its day. */
export async function findSession(sessionId: string) {
  const db = await getDb()
  const [found] = await db
    .select({
      sessionId: memberSessions.id,
      organisationId: members.organisationId,
      memberId: members.id,
      role: members.role,
      name: members.name,
      email: members.email,
      organisationName: organisations.name,
      tenantId: organisations.tenantId,
    })
    .from(memberSessions)
    .innerJoin(
      members,
      and(eq(members.organisationId, memberSessions.organisationId), eq(members.id, memberSessions.memberId)),
    )
    .innerJoin(organisations, eq(organisations.id, members.organisationId))
    .where(
      and(
        eq(memberSessions.id, sessionId),
        gt(memberSessions.expiresAt, sql`now()`),
        gt(memberSessions.lastSeenAt, sql`now() - make_interval(mins => ${IDLE_MINUTES})`),
      ),
    )
  if (!found) return null

  await db
    .update(memberSessions)
    .set({ lastSeenAt: sql`now()` })
    .where(
      and(
        eq(memberSessions.id, sessionId),
        lt(memberSessions.lastSeenAt, sql`now() - make_interval(mins => ${SEEN_EVERY_MINUTES})`),
      ),
    )
  return found
}
