import { and, eq, ne, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, connections, principals } from '@/db/schema'
import { assignmentsNow, toPrincipal } from './access-rows'
import type { PeopleFilter } from './list-people'
import { searchText } from './search-text'

/** How many people hold a role in any connected subscription, or are left of them by a filter. */
export async function countPeople(actor: Actor, filter: PeopleFilter): Promise<number> {
  const db = await getDb()
  const [counted] = await db
    .select({ people: sql<number>`count(distinct (${principals.tenantId}, ${principals.id}))::int` })
    .from(assignments)
    .innerJoin(connections, assignmentsNow)
    .innerJoin(principals, toPrincipal)
    .where(
      and(
        eq(assignments.organisationId, actor.organisationId),
        ne(connections.state, 'disconnected'),
        eq(principals.kind, 'user'),
        searchText(filter.search, [principals.name, principals.email]),
        filter.status ? eq(principals.status, filter.status) : undefined,
      ),
    )
  return counted?.people ?? 0
}
