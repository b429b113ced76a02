import { and, eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/database'
import { members } from '@/db/schema/organisations'
import { VISIT_GAP_MINUTES } from '@/lib/domain/retention'

/**
 * What is stored of a member who is here now. After `VISIT_GAP_MINUTES` without them another visit begins, and the moment at which they
 * were seen last becomes the end of the one before. It may be up to five minutes early, because sessions are not written more often: a
 * change may be told twice, but none is missed.
 */
export const SEEN_NOW = {
  lastSeenAt: sql`now()`,
  previousVisitAt: sql`case when ${members.lastSeenAt} < now() - make_interval(mins => ${VISIT_GAP_MINUTES})
    then ${members.lastSeenAt} else ${members.previousVisitAt} end`,
}

/** Notes that a member is here, and gives when their visit before this one ended; null when this is their first. */
export async function noteVisit(
  db: Database | Transaction,
  { organisationId, memberId }: { organisationId: string; memberId: string },
): Promise<Date | null> {
  const [seen] = await db
    .update(members)
    .set(SEEN_NOW)
    .where(and(eq(members.organisationId, organisationId), eq(members.id, memberId)))
    .returning({ previousVisitAt: members.previousVisitAt })
  return seen?.previousVisitAt ?? null
}
