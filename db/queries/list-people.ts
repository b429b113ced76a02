import { and, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections, holders, principals } from '@/db/schema'
import type { PersonStatus, Privilege } from '@/lib/domain/vocabulary'
import { privilegeOfStrength } from './access-rows'
import { type Cursor, type Direction, keyset, type Page } from './keyset'
import { holdersMatching, holdersNow, type PeopleFilter, personMatches } from './people-filter'

export type PeopleQuery = PeopleFilter & { direction: Direction; cursor: Cursor | null }

/** Somebody with access in any connected subscription. */
export type PersonRow = {
  id: string
  tenantId: string
  name: string | null
  email: string | null
  status: PersonStatus
  guest: boolean
  lastSignInAt: Date | null
  /** Connected subscriptions they have access in, and roles at scopes in all of them, eligible ones too. */
  subscriptions: number
  grants: number
  /** What the strongest role anywhere amounts to; null when none of them is readable. */
  strongest: Privilege | null
}

/** A page of the people who have access in any connected subscription, directly or through groups, by name. */
export async function listPeople(actor: Actor, query: PeopleQuery, limit = 50): Promise<Page<PersonRow>> {
  const page = await readPeople(actor, query, limit)
  return page.rows.length === 0 && query.cursor ? readPeople(actor, { ...query, cursor: null }, limit) : page
}

async function readPeople(actor: Actor, query: PeopleQuery, limit: number): Promise<Page<PersonRow>> {
  const db = await getDb()
  const { beyond, order, fetch, at, page } = keyset(
    [principals.sortName, principals.id, principals.tenantId],
    query.direction,
    query.cursor,
    limit,
  )
  const held = db
    .select({
      subscriptions: sql<number>`count(*)::int`.as('subscriptions'),
      grants: sql<number>`sum(${holders.grants})::int`.as('grants_held'),
      strongest: sql<number>`min(${holders.strongest})`.as('strongest_held'),
    })
    .from(holders)
    .innerJoin(connections, holdersNow)
    .where(
      and(
        eq(holders.organisationId, actor.organisationId),
        eq(holders.tenantId, principals.tenantId),
        eq(holders.principalId, principals.id),
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
      lastSignInAt: principals.lastSignInAt,
      subscriptions: held.subscriptions,
      grants: held.grants,
      strongest: held.strongest,
    })
    .from(principals)
    .crossJoinLateral(held)
    .where(
      and(
        eq(principals.organisationId, actor.organisationId),
        eq(principals.kind, 'user'),
        personMatches(query),
        gt(held.subscriptions, 0),
        query.signal || query.minimum ? amongMatching(actor, query) : undefined,
        beyond,
      ),
    )
    .orderBy(...order)
    .limit(fetch)
  const { rows, previous, next } = page(found)
  return { rows: rows.map((row) => ({ ...row, strongest: privilegeOfStrength(row.strongest) })), previous, next }
}

/**
 * The matching ones are found once and looked up in the order of names. Within `coalesce` PostgreSQL cannot make a join of
 * it, which would sum up everyone's access before the page is cut.
 */
const amongMatching = (actor: Actor, filter: PeopleFilter): SQL =>
  sql`coalesce((${principals.tenantId}, ${principals.id}) in (${holdersMatching(actor, filter)}), false)`
