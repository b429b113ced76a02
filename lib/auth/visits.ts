import { and, eq, lt, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Database, Transaction } from '@/db/database'
import { readDatabaseNow } from '@/db/queries/clock'
import { members } from '@/db/schema/organisations'
import { VISIT_GAP_MINUTES } from '@/lib/domain/retention'

/**
 * When the visit of a member before the present one ended, by what is stored of them; null for their first. After `VISIT_GAP_MINUTES` without
 * them another visit begins, and the moment at which they were seen last becomes the end of the one before. It may be up to five minutes
 * early, because sessions are not written more often: a change may be told twice, but none is missed.
 */
export const previousVisit = (lastSeenAt: AnyPgColumn<{ data: Date }>, before: AnyPgColumn<{ data: Date }>) =>
  sql<Date | null>`case when ${lastSeenAt} < now() - make_interval(mins => ${VISIT_GAP_MINUTES}) then ${lastSeenAt} else ${before} end`.mapWith(
    (value) => before.mapFromDriverValue(value) as Date | null,
  )

/** What is stored of a member who is here now. */
export async function seenNow(db: Database | Transaction) {
  const now = await readDatabaseNow(db)
  const left = subMinutes(now, VISIT_GAP_MINUTES)
  return {
    lastSeenAt: now,
    previousVisitAt: sql`case when ${lt(members.lastSeenAt, left)} then ${members.lastSeenAt} else ${members.previousVisitAt} end`,
  }
}

const subMinutes = (time: Date, minutes: number) => new Date(time.getTime() - minutes * 60_000)

/** Notes that a member is here. */
export async function noteVisit(
  db: Database | Transaction,
  { organisationId, memberId }: { organisationId: string; memberId: string },
): Promise<void> {
  await db
    .update(members)
    .set(await seenNow(db))
    .where(and(eq(members.organisationId, organisationId), eq(members.id, memberId)))
}
