import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { holders, roleDefinitions } from '@/db/schema/access'
import { principals } from '@/db/schema/directory'
import type { HolderFilter } from '@/lib/domain/views'
import { findFewHolders, listMatchingGroups, MOST_FEW, selectMatchingIds } from './few-holders'
import { asksOfGrants, holderMatches, KINDS, selectMatchingHolders } from './holder-filters'
import { MATCHING, STRONGEST } from './holder-order'
import { type Keys, type Query, type Reading, rowMatches, type Selected, selectByName, where } from './holder-rows'
import { walkByValue } from './holder-values'
import { inSnapshot, type Published, toPrincipal, toRole } from './snapshot'
import { namedHolders, subscriptionHolders } from './subscription-holders'

/**
 * Finds who is on a page of a list of holders, in its order, without reading all others: where few match they are put in order, and
 * otherwise the holders are gone through in the order of an index until the page is full.
 */
export async function findPage(
  actor: Actor,
  published: Published,
  query: Query,
  keys: Keys,
  mostFew = MOST_FEW,
): Promise<Selected[]> {
  const reading = await beginReading(actor, published, query, mostFew)
  const db = await getDb(actor)
  if (reading.few?.length === 0) return []
  if (reading.few || !isOrderStored(query))
    return (await db.execute<Selected>(selectInOrder(reading, query, keys))).rows
  const rows = await walk(reading, query, keys)
  return asksOfGrants(query) ? addMatchingGrants(actor, published, query, rows) : rows
}

/** Counts those whom a filter leaves, as far as a number: one more than that stands for all that are more. */
export async function countUpTo(
  actor: Actor,
  published: Published,
  filter: HolderFilter,
  most: number,
  mostFew = MOST_FEW,
): Promise<number> {
  const reading = await beginReading(actor, published, filter, mostFew)
  if (reading.few?.length === 0) return 0
  const db = await getDb(actor)
  if (!reading.few && asksOfGrants(filter)) {
    const { rows } = await db.execute<{ ways: number; holders: number }>(countSomeWays(reading, filter))
    const [found = { ways: 0, holders: 0 }] = rows
    if (found.holders > most || found.ways < SOME_WAYS) return Math.min(found.holders, most + 1)
  }
  const byName = { ...filter, sort: 'name', direction: 'asc' } as const
  const everyone = reading.few
    ? selectInOrder(reading, byName, { ...FROM_THE_FIRST, fetch: most + 1 })
    : selectByName(reading, byName, { ascending: true, beyond: undefined, fetch: most + 1 })
  const { rows } = await db.execute<{ all: number }>(sql`select count(*)::int as all from (${everyone}) as counted`)
  return rows[0]?.all ?? 0
}

/** Ways in which somebody has a grant that is asked for: of so many, more than a thousand people are nearly always found. */
const SOME_WAYS = 6_000

/** How many have any of the first ways to what a filter of grants asks for, and how many ways these were. */
function countSomeWays({ actor, published, groups, ...reading }: Reading, filter: HolderFilter): SQL {
  const withoutGrants = { ...filter, roleIds: [], scope: null, level: null, how: null, held: null }
  const matches = rowMatches({ actor, published, groups, ...reading }, withoutGrants)
  return sql`
    with ways as materialized (${selectMatchingIds(actor, published, filter, groups)} limit ${SOME_WAYS})
    select (select count(*)::int from ways) as ways, (select count(*)::int from (select distinct id from ways) as one
      where coalesce((select true from ${holders}
        where ${and(inSnapshot(holders, actor, published), sql`${holders.principalId} = one.id`, matches)} limit 1), false)) as holders`
}

const FROM_THE_FIRST: Pick<Keys, 'order' | 'beyond' | 'at'> = {
  order: [sql`${holders.principalId}`],
  beyond: undefined,
  at: sql<string[]>`null`,
}

async function beginReading(
  actor: Actor,
  published: Published,
  filter: HolderFilter,
  mostFew: number,
): Promise<Reading> {
  const groups = asksOfGrants(filter) ? await listMatchingGroups(actor, published, filter) : null
  const few = await findFewHolders(actor, published, filter, groups, mostFew)
  return { actor, published, groups, few, mostFew }
}

/** Whether an index has the order of a list. Which of several grants matches is stored nowhere, and so neither is its role or scope. */
const isOrderStored = (query: Query): boolean =>
  !asksOfGrants(query) || (query.sort !== 'role' && query.sort !== 'scope')

/** Reads everyone whom the list can have, and puts them in order. */
function selectInOrder(
  { actor, published, few }: Reading,
  query: Query,
  keys: Pick<Keys, 'order' | 'beyond' | 'at' | 'fetch'>,
): SQL {
  const byGrants = asksOfGrants(query)
  const shown = byGrants ? MATCHING : STRONGEST
  const asksNames = query.sort === 'email' || query.search.trim() !== ''
  const showsGrant = !byGrants && (query.sort === 'role' || query.sort === 'scope')
  return sql`
    select ${holders.principalId}, ${keys.at} as at
      ${byGrants ? sql`, matching.strength, matching.role_id, matching.scope, matching.scope_level, matching.kind, matching.group_id, matching.read_at` : sql``}
    from ${showsGrant ? subscriptionHolders(actor, published, few) : namedHolders(actor, published, few)}
    ${byGrants ? sql`join (${selectMatchingHolders(actor, published, query, few)}) as matching on matching.principal_id = ${holders.principalId}` : sql``}
    ${asksNames ? sql`left join ${principals} on ${toPrincipal(holders, holders.principalId)}` : sql``}
    ${query.sort === 'role' ? sql`left join ${roleDefinitions} on ${toRole(holders, shown.roleId)}` : sql``}
    ${where(and(holderMatches(query), keys.beyond))}
    order by ${sql.join(keys.order, sql`, `)} limit ${keys.fetch}`
}

/** Goes through the holders in the order of a list until a page is full. */
async function walk(reading: Reading, query: Query, keys: Keys): Promise<Selected[]> {
  const { ascending, beyond, fetch } = keys
  const db = await getDb(reading.actor)
  if (query.sort === 'email') return (await db.execute<Selected>(await selectByEmail(reading, query, keys))).rows
  if (query.sort !== 'name') return walkByValue(reading, query, query.sort, keys)
  const page = selectByName(reading, query, { ascending, beyond, fetch })
  return (await db.execute<Selected>(sql`select ${holders.principalId}, ${keys.at} as at from (${page}) as holders`))
    .rows
}

/** A list in the order of addresses goes through everyone whom the tenant knows, unless so few have access that they are sooner put in order. */
async function selectByEmail(
  reading: Reading,
  query: Query,
  { ascending, values, fetch, ...keys }: Keys,
): Promise<SQL> {
  const { actor, published, mostFew } = reading
  const isInList = and(inSnapshot(holders, actor, published), inArray(holders.kind, KINDS[query.who]))
  const db = await getDb(actor)
  const { rows } = await db.execute(sql`select from ${holders} where ${isInList} limit ${mostFew + 1}`)
  if (rows.length <= mostFew) return selectInOrder(reading, query, { ...keys, fetch })
  const way = sql.raw(ascending ? 'asc' : 'desc')
  const place = [principals.sortEmail, principals.sortName, principals.id]
  const list = sql.join(place, sql`, `)
  const beyond = values
    ? sql`(${list}) ${sql.raw(ascending ? '>' : '<')} (${sql.join(
        values.map((value) => sql`${value}`),
        sql`, `,
      )})`
    : undefined
  return sql`
    select ${principals.id} as principal_id, json_build_array(${list}) as at from ${principals}
    ${where(
      and(
        eq(principals.organisationId, actor.organisationId),
        beyond,
        sql`exists (select from ${holders} where ${and(isInList, toPrincipal(holders, holders.principalId), rowMatches(reading, query))})`,
      ),
    )}
    order by ${sql.join(
      place.map((key) => sql`${key} ${way}`),
      sql`, `,
    )} limit ${fetch}`
}

/** Adds the grant that each of a page shows in a list that a filter of grants narrows. */
async function addMatchingGrants(actor: Actor, published: Published, query: Query, rows: Selected[]) {
  const ids = rows.map(({ principal_id }) => principal_id)
  const db = await getDb(actor)
  const grants = await db.execute<{ principal_id: string }>(selectMatchingHolders(actor, published, query, ids))
  const grantOf = new Map(grants.rows.map((grant) => [grant.principal_id, grant]))
  return rows.map((row) => ({ ...grantOf.get(row.principal_id), ...row }))
}
