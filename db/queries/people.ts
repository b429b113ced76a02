import { and, eq, gt, notInArray, type SQL, Subquery, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Database } from '@/db/database'
import { connectionNodes, holders } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { isAnyOf } from '@/db/text-array'
import type { PeopleFilter } from '@/lib/domain/people-filter'
import { unquoteSearch } from '@/lib/domain/typed-filter'
import type { Cursor, Direction } from '@/lib/domain/views'
import type { PrincipalStatus, Privilege } from '@/lib/domain/vocabulary'
import { MOST_COUNTED, type Total, totalOf } from '@/lib/domain/words'
import { MOST_FEW } from './few-holders'
import { findIds } from './found-ids'
import { cleanSearch, searchText } from './input'
import { keyset, type Page, readPageOrFirst } from './keyset'
import {
  asksOfAccess,
  findFewWithAccess,
  hasAccess,
  hasMatchingAccess,
  isOfPerson,
  selectMatching,
} from './people-access'
import { connectionsShown, guestShown, isHolderShown, nodeOfHolder, type Results, statusShown } from './results-shown'
import { privilegeOfStrength, toPrincipal } from './snapshot'

/** Somebody with access in any connected subscription. */
export type PersonRow = {
  id: string
  tenantId: string
  name: string | null
  email: string | null
  status: PrincipalStatus
  guest: boolean
  lastSignInAt: Date | null
  /**
   * Connected subscriptions they have access in; and roles at scopes, eligible ones too, each counted in every subscription in which it
   * holds: one that is inherited by three counts three times.
   */
  subscriptions: number
  grants: number
  /** What the strongest role anywhere amounts to; null when none of them is readable. Held ones come before eligible ones. */
  strongest: Privilege | null
  /** Nothing is held anywhere: the strongest role can only be activated. */
  eligibleOnly: boolean
  /** The strongest role reaches no whole subscription, only a resource group or a resource. */
  below: boolean
}

export type PeopleQuery = PeopleFilter & { direction: Direction; cursor: Cursor | null }

/**
 * A page of the people who have access in any connected subscription, directly or through groups, by name: in the results that readers
 * see now, or in those of a moment. Names and addresses are as known now in both.
 */
export async function listPeople(
  actor: Actor,
  results: Results,
  query: PeopleQuery,
  limit = 50,
  mostLooked = LOOKED_AT,
): Promise<Page<PersonRow>> {
  return readPageOrFirst(query.cursor, (cursor) => readPeople(actor, results, { ...query, cursor }, limit, mostLooked))
}

/**
 * So many people are asked for their access one by one, which fills a page where one in a hundred matches. Else the access of everyone is
 * gone through at once, which takes as long however many match.
 */
const LOOKED_AT = 5_000
const LOOKED_AT_TO_COUNT = 20_000

async function readPeople(
  actor: Actor,
  results: Results,
  query: PeopleQuery,
  limit: number,
  mostLooked: number,
): Promise<Page<PersonRow>> {
  const db = await getDb(actor)
  const { beyond, order, fetch, at, page } = keyset(
    [principals.sortName, principals.id, principals.tenantId],
    query.direction,
    query.cursor,
    limit,
  )
  const held = sumUpAccess(db, actor, results)
  const few = await findFewWithAccess(actor, query, MOST_FEW)
  const asked = and(await isAskedFor(actor, results, query), isOneOf(few), beyond)
  const read = (people: Subquery | typeof principals, matches: SQL | undefined) =>
    db
      .select({
        at,
        id: principals.id,
        tenantId: principals.tenantId,
        name: principals.name,
        email: principals.email,
        status: statusShown(results),
        guest: guestShown(results),
        lastSignInAt: principals.lastSignInAt,
        subscriptions: held.subscriptions,
        grants: held.grants,
        strongest: held.strongest,
        eligibleOnly: held.eligibleOnly,
        wide: held.wide,
      })
      .from(people)
      .crossJoinLateral(held)
      .where(and(gt(held.subscriptions, 0), matches))
      .orderBy(...order)
      .limit(fetch)

  /** Who matches of the first people in the order of the list; null where these leave the page unfilled and are not all. */
  const readFirst = async () => {
    const first = sql`select * from ${principals} where ${asked} order by ${sql.join(order, sql`, `)} limit ${mostLooked}`
    const rows = await read(asPeople(first), hasMatchingAccess(actor, results, query))
    if (rows.length === fetch) return rows
    const others = await db.execute(sql`select from ${principals} where ${asked} offset ${mostLooked} limit 1`)
    return others.rows.length === 0 ? rows : null
  }
  const found = asksOfAccess(query)
    ? ((await readFirst()) ?? (await read(principals, and(asked, isAmongMatching(actor, results, query)))))
    : await read(principals, asked)
  const { rows, ...around } = page(found)
  return {
    rows: rows.map(({ strongest, wide, ...row }) => ({
      ...row,
      strongest: privilegeOfStrength(strongest),
      below: wide === null || wide > strongest,
    })),
    ...around,
  }
}

/** What the person of a row of `principals` has in all subscriptions together. Of somebody without access that is one row, too. */
const sumUpAccess = (db: Database, actor: Actor, results: Results) =>
  db
    .select({
      subscriptions: sql<number>`count(distinct ${connections.id})::int`.as('subscriptions'),
      grants: sql<number>`sum(${holders.grants})::int`.as('grants_held'),
      strongest:
        sql<number>`coalesce(min(${holders.strongest}) filter (where ${isHeld}), min(${holders.strongest}))`.as(
          'strongest_held',
        ),
      eligibleOnly: sql<boolean>`not coalesce(bool_or(${isHeld}), false)`.as('eligible_only'),
      wide: sql<
        number | null
      >`coalesce(min(${holders.strongest}) filter (where ${isHeld} and ${isWide}), min(${holders.strongest}) filter (where ${isWide} and not ${isHeld}))`.as(
        'strongest_wide',
      ),
    })
    .from(holders)
    .innerJoin(connectionNodes, nodeOfHolder)
    .innerJoin(connectionsShown(actor, results), isHolderShown)
    .where(isOfPerson(actor))
    .as('held')

/** People as a table that stands where `principals` would: queries name its columns as those of the table. */
const asPeople = (rows: SQL) => new Subquery<'principals', Record<string, unknown>>(rows, {}, 'principals')

/** Whether the grant that a holder's row shows is held now, and whether it reaches the whole subscription. */
const isHeld = sql`${holders.assignmentKind} <> 'eligible'`
const isWide = sql`${holders.scopeLevel} in ('root', 'management_group', 'subscription')`

/**
 * Whether a person is among those whose access matches. Those are found once and looked up in the order of names: the
 * `coalesce` keeps PostgreSQL from making a join of it, which would sum up everyone's access before the page is cut.
 */
const isAmongMatching = (actor: Actor, results: Results, filter: PeopleFilter): SQL =>
  sql`coalesce((${principals.tenantId}, ${principals.id}) in (${selectMatching(actor, results, filter)}), false)`

/** What a list asks of people themselves, whatever access they have. */
const isAskedFor = async (actor: Actor, results: Results, filter: PeopleFilter): Promise<SQL | undefined> =>
  and(
    eq(principals.organisationId, actor.organisationId),
    eq(principals.kind, 'user'),
    personMatches(filter, results),
    await isAmongFound(actor, filter),
  )

/**
 * How many of the people who have access in any connected subscription meet a filter, for a page, which says no more than that they are
 * many. What asks of their access is asked of some people first: if these are many, nobody else is looked at.
 */
export async function countPeopleShown(
  actor: Actor,
  results: Results,
  filter: PeopleFilter,
  mostLooked = LOOKED_AT_TO_COUNT,
): Promise<Total> {
  const few = await findFewWithAccess(actor, filter, MOST_FEW)
  const asked = and(await isAskedFor(actor, results, filter), isOneOf(few))
  const isLimited = asksOfAccess(filter)
  const matches = isLimited ? hasMatchingAccess(actor, results, filter) : hasAccess(actor, results)
  const db = await getDb(actor)
  const { rows } = await db.execute<{ looked: number; all: number }>(sql`
    with first as ${isLimited ? sql`materialized` : sql`not materialized`} (
      select ${principals.organisationId}, ${principals.tenantId}, ${principals.id} from ${principals} where ${asked}
      ${isLimited ? sql`limit ${mostLooked}` : sql``})
    select ${isLimited ? sql`(select count(*)::int from first)` : sql`0`} as looked, count(*)::int as all from (
      select from first as principals where ${matches} limit ${MOST_COUNTED + 1}) as counted`)
  const { looked, all } = rows[0] ?? { looked: 0, all: 0 }
  const isSure = !isLimited || all > MOST_COUNTED || looked < mostLooked
  return totalOf(isSure ? all : await countPeople(actor, results, filter))
}

/** Where a search finds few, whether a person is one of them; undefined where it does not, or where nothing is looked for. */
async function isAmongFound(actor: Actor, { search }: PeopleFilter): Promise<SQL | undefined> {
  const text = cleanSearch(unquoteSearch(search))
  return text === '' ? undefined : isOneOf(await findIds(actor, text, MOST_FEW))
}

const isOneOf = (ids: string[] | null): SQL | undefined => (ids ? isAnyOf(principals.id, ids) : undefined)

/** Whether the organisation knows more people than this, whoever of them has access. */
export async function knowsMorePeopleThan(actor: Actor, most: number): Promise<boolean> {
  const db = await getDb(actor)
  const isPerson = and(eq(principals.organisationId, actor.organisationId), eq(principals.kind, 'user'))
  const { rows } = await db.execute(sql`select from ${principals} where ${isPerson} offset ${most} limit 1`)
  return rows.length > 0
}

/** How many of the people who have access in any connected subscription meet a filter. */
export async function countPeople(actor: Actor, results: Results, filter: PeopleFilter): Promise<number> {
  const db = await getDb(actor)
  const asked = personMatches(filter, results)
  const query = db
    .select({ people: sql<number>`count(*)::int` })
    .from(sql`(${selectMatching(actor, results, filter)}) as held`)
    .$dynamic()
  if (asked)
    query.innerJoin(
      principals,
      and(
        toPrincipal({ organisationId: actor.organisationId, tenantId: sql`held.tenant_id` }, sql`held.principal_id`),
        asked,
      ),
    )
  const [counted] = await query
  return counted?.people ?? 0
}

/** What a filter asks of the person, as a condition. */
const personMatches = ({ search, status, notStatus = [], guest }: PeopleFilter, results: Results): SQL | undefined =>
  and(
    searchText(unquoteSearch(search), [principals.name, principals.email], principals.id),
    status ? eq(statusShown(results), status) : undefined,
    notStatus.length > 0 ? notInArray(statusShown(results), notStatus) : undefined,
    guest ? eq(guestShown(results), guest === 'only') : undefined,
  )
