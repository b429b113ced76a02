import { and, eq, gt, ne, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, connections, type PersonStatus, type Privilege, principals, roleDefinitions } from '@/db/schema'
import { assignmentsNow, strengthOfRole, toRole } from './access-rows'
import { type Cursor, type Direction, keyset, type Page } from './keyset'
import { searchText } from './search-text'

export type PeopleFilter = { search: string; status: PersonStatus | null }
export type PeopleQuery = PeopleFilter & { direction: Direction; cursor: Cursor | null }
export type PersonRow = Awaited<ReturnType<typeof readPeople>>['rows'][number]

/** A page of the people who hold a role in any connected subscription, by name. */
export async function listPeople(actor: Actor, query: PeopleQuery, limit = 50): Promise<Page<PersonRow>> {
  const page = await readPeople(actor, query, limit)
  return page.rows.length === 0 && query.cursor ? readPeople(actor, { ...query, cursor: null }, limit) : page
}

async function readPeople(actor: Actor, query: PeopleQuery, limit: number) {
  const db = await getDb()
  const { beyond, order, fetch, at, page } = keyset(
    [principals.sortName, principals.id, principals.tenantId],
    query.direction,
    query.cursor,
    limit,
  )
  const held = db
    .select({
      subscriptions: sql<number>`count(distinct ${connections.id})::int`.as('subscriptions'),
      roles: sql<number>`count(distinct ${assignments.roleId})::int`.as('roles'),
      strongest:
        sql<Privilege | null>`(array['grants_access', 'writes', 'writes_data', 'reads_data', 'reads'])[min(${strengthOfRole})]`.as(
          'strongest',
        ),
    })
    .from(assignments)
    .innerJoin(connections, assignmentsNow)
    .leftJoin(roleDefinitions, toRole)
    .where(
      and(
        eq(assignments.organisationId, actor.organisationId),
        eq(assignments.tenantId, principals.tenantId),
        eq(assignments.principalId, principals.id),
        ne(connections.state, 'disconnected'),
      ),
    )
    .as('held')
  const found = await db
    .select({
      at,
      id: principals.id,
      tenantId: principals.tenantId,
      name: principals.name,
      email: principals.email,
      status: principals.status,
      guest: principals.guest,
      subscriptions: held.subscriptions,
      roles: held.roles,
      strongest: held.strongest,
    })
    .from(principals)
    .crossJoinLateral(held)
    .where(
      and(
        eq(principals.organisationId, actor.organisationId),
        eq(principals.kind, 'user'),
        searchText(query.search, [principals.name, principals.email]),
        query.status ? eq(principals.status, query.status) : undefined,
        gt(held.subscriptions, 0),
        beyond,
      ),
    )
    .orderBy(...order)
    .limit(fetch)
  return page(found)
}
