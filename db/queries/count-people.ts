import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { principals } from '@/db/schema'
import { holdersMatching, type PeopleFilter, personMatches } from './people-filter'

/** How many people have access in any connected subscription, or are left of them by a filter. */
export async function countPeople(actor: Actor, filter: PeopleFilter): Promise<number> {
  const db = await getDb()
  const asked = personMatches(filter)
  const query = db
    .select({ people: sql<number>`count(*)::int` })
    .from(sql`(${holdersMatching(actor, filter)}) as held`)
    .$dynamic()
  if (asked)
    query.innerJoin(
      principals,
      and(
        eq(principals.organisationId, actor.organisationId),
        sql`${principals.tenantId} = held.tenant_id and ${principals.id} = held.principal_id`,
        asked,
      ),
    )
  const [counted] = await query
  return counted?.people ?? 0
}
