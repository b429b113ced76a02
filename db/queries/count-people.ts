import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections, holders, principals } from '@/db/schema'
import { toHolder } from './holder-filter'
import { holdersNow, holdingMatches, type PeopleFilter, personMatches } from './people-filter'

/** How many people have access in any connected subscription, or are left of them by a filter. */
export async function countPeople(actor: Actor, filter: PeopleFilter): Promise<number> {
  const db = await getDb()
  const [counted] = await db
    .select({ people: sql<number>`count(distinct (${principals.tenantId}, ${principals.id}))::int` })
    .from(holders)
    .innerJoin(connections, holdersNow)
    .innerJoin(principals, toHolder)
    .where(
      and(
        eq(holders.organisationId, actor.organisationId),
        eq(principals.kind, 'user'),
        personMatches(filter),
        holdingMatches(filter),
      ),
    )
  return counted?.people ?? 0
}
