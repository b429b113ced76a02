import { and, count, eq, isNull, ne } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { assignments } from '@/db/schema/access'
import type { ClaimedRun } from './claim-run'

/** How many assignments, eligible ones not counted, the last published result of a run's connection has. */
export async function countCurrent({ organisationId, connection }: ClaimedRun): Promise<number> {
  const db = await getDb()
  const [counted] = await db
    .select({ current: count() })
    .from(assignments)
    .where(
      and(
        eq(assignments.organisationId, organisationId),
        eq(assignments.connectionId, connection.id),
        isNull(assignments.validTo),
        ne(assignments.kind, 'eligible'),
      ),
    )
  return counted?.current ?? 0
}
