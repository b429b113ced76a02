import { and, arrayOverlaps, eq, gt, lte, notInArray, or, SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectionNodes, holders } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { isAnyOf } from '@/db/text-array'
import { bitOf, showsAnywhere } from '@/lib/domain/combined-holders'
import type { PeopleFilter } from '@/lib/domain/people-filter'
import { unquoteSearch } from '@/lib/domain/typed-filter'
import type { Cursor, Direction } from '@/lib/domain/views'
import { type PrincipalStatus, type Privilege, strengthOf } from '@/lib/domain/vocabulary'
import { MOST_COUNTED, type Total, totalOf } from '@/lib/domain/words'
import { MOST_FEW } from './few-holders'
import { selectFoundIds } from './found-ids'
import { cleanSearch, searchText } from './input'
import { keyset, type Page, readPageOrFirst } from './keyset'
import {
  connectionsShown,
  guestShown,
  isHolderAtShownNode,
  isHolderShown,
  nodeOfHolder,
  type Results,
  selectShownNodes,
  statusShown,
} from './results-shown'
import { privilegeOfStrength, toPrincipal } from './snapshot'
import { shownSignals } from './subscription-holders'

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
): Promise<Page<PersonRow>> {
  return readPageOrFirst(query.cursor, (cursor) => readPeople(actor, results, { ...query, cursor }, limit))
}

async function readPeople(actor: Actor, results: Results, query: PeopleQuery, limit: number): Promise<Page<PersonRow>> {
  const db = await getDb(actor)
  const { beyond, order, fetch, at, page } = keyset(
    [principals.sortName, principals.id, principals.tenantId],
    query.direction,
    query.cursor,
    limit,
  )
  const held = db
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
  const found = await db
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
    .from(principals)
    .crossJoinLateral(held)
    .where(
      and(
        eq(principals.organisationId, actor.organisationId),
        eq(principals.kind, 'user'),
        personMatches(query, results),
        await isAmongFound(actor, query),
        gt(held.subscriptions, 0),
        asksOfAccess(query) ? isAmongMatching(actor, results, query) : undefined,
        beyond,
      ),
    )
    .orderBy(...order)
    .limit(fetch)
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

/** Whether the grant that a holder's row shows is held now, and whether it reaches the whole subscription. */
const isHeld = sql`${holders.assignmentKind} <> 'eligible'`
const isWide = sql`${holders.scopeLevel} in ('root', 'management_group', 'subscription')`

/**
 * Whether a person is among those whose access matches. Those are found once and looked up in the order of names: the
 * `coalesce` keeps PostgreSQL from making a join of it, which would sum up everyone's access before the page is cut.
 */
const isAmongMatching = (actor: Actor, results: Results, filter: PeopleFilter): SQL =>
  sql`coalesce((${principals.tenantId}, ${principals.id}) in (${selectMatching(actor, results, filter)}), false)`

/**
 * How many of the people who have access in any connected subscription meet a filter, for a page, which says no more than that they are
 * many.
 */
export async function countPeopleShown(actor: Actor, results: Results, filter: PeopleFilter): Promise<Total> {
  if (asksOfAccess(filter)) return totalOf(await countPeople(actor, results, filter))
  const isShown = sql`coalesce((select true from ${holders} join ${connectionNodes} on ${nodeOfHolder}
    join ${connectionsShown(actor, results)} on ${isHolderShown} where ${isOfPerson(actor)} limit 1), false)`
  const some = sql`select from ${principals} where ${and(
    eq(principals.organisationId, actor.organisationId),
    eq(principals.kind, 'user'),
    personMatches(filter, results),
    await isAmongFound(actor, filter),
    isShown,
  )} limit ${MOST_COUNTED + 1}`
  const db = await getDb(actor)
  const { rows } = await db.execute<{ all: number }>(sql`select count(*)::int as all from (${some}) as counted`)
  return totalOf(rows[0]?.all ?? 0)
}

/** The rows of holders of the person of a row of `principals`. */
const isOfPerson = (actor: Actor) =>
  and(
    eq(holders.organisationId, actor.organisationId),
    eq(holders.tenantId, principals.tenantId),
    eq(holders.principalId, principals.id),
  )

/** Where a search finds few, whether a person is one of them; undefined where it does not, or where nothing is looked for. */
async function isAmongFound(actor: Actor, { search }: PeopleFilter): Promise<SQL | undefined> {
  const text = cleanSearch(unquoteSearch(search))
  if (text === '') return undefined
  const db = await getDb(actor)
  const { rows } = await db.execute<{ id: string }>(
    sql`${selectFoundIds(actor.organisationId, text)} limit ${MOST_FEW + 1}`,
  )
  return rows.length > MOST_FEW
    ? undefined
    : isAnyOf(
        principals.id,
        rows.map(({ id }) => id),
      )
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

/** Whether a filter asks for anything that only the access in a subscription can answer. */
const asksOfAccess = ({ signal, minimum, connectionId, held, roleIds = [] }: PeopleFilter): boolean =>
  roleIds.length > 0 || [signal, minimum, connectionId, held].some((value) => value)

/**
 * A select of all people whose access in one of the subscriptions meets what a filter asks of it, each once: `tenant_id,
 * principal_id`. Where one row is enough to know it, no other row is read; otherwise each subscription
 * of those who may meet it is combined first.
 */
function selectMatching(actor: Actor, results: Results, filter: PeopleFilter): SQL {
  const { signal, connectionId } = filter
  const shown = connectionsShown(actor, results)
  const isPerson = and(eq(holders.organisationId, actor.organisationId), eq(holders.kind, 'user'))
  const bit = signal ? sql.raw(String(bitOf(signal))) : null
  const hasBit = bit ? sql`${holders.signals} & ${bit} <> 0` : undefined
  const asked = askedOfRows(filter)
  const isUnread = sql`${holders.signals} & ${sql.raw(String(bitOf('not_read')))} <> 0`
  const isEnough = !connectionId && (signal ? asked.length === 0 && showsAnywhere(signal) : asked.length <= 1)
  const byRow = sql`
    select distinct ${holders.tenantId}, ${holders.principalId}
    from ${selectShownNodes(shown)} join ${holders} on ${isHolderAtShownNode}
    where ${and(isPerson, hasBit, ...asked, bit ? sql`not ${isUnread}` : undefined)}`
  if (bit === null && isEnough) return byRow

  const signals = shownSignals(
    sql`bit_or(${holders.signals})`,
    sql`bit_and(${holders.signals})`,
    sql`${connections.eligibleRead}`,
  )
  const mayShow = sql`${holders.principalId} in (
    select ${holders.principalId} from ${holders} where ${and(isPerson, hasBit, isEnough ? isUnread : undefined)})`
  const bySubscription = sql`
    select distinct tenant_id, principal_id from (
      select ${holders.tenantId}, ${holders.principalId} from ${holders}
      join ${connectionNodes} on ${nodeOfHolder} join ${shown} on ${isHolderShown}
      where ${and(isPerson, connectionId ? eq(connections.id, connectionId) : undefined, bit ? mayShow : undefined)}
      group by ${holders.tenantId}, ${holders.principalId}, ${connections.id}, ${connections.eligibleRead}
      having ${and(
        sql`true`,
        bit ? sql`${signals} & ${bit} <> 0` : undefined,
        ...asked.map((one) => sql`bool_or(${one})`),
      )}) as shown`
  return isEnough ? sql`${byRow} union ${bySubscription}` : bySubscription
}

/** What a filter asks of the rows of a subscription, each of which one row can answer, but not always the same one. */
function askedOfRows({ minimum, held, roleIds = [] }: PeopleFilter): SQL[] {
  const strong = minimum && lte(sql`least(${holders.strongest}, ${holders.eligibleStrongest})`, strengthOf(minimum))
  const lists = { held: [holders.heldRoleIds], eligible: [holders.eligibleRoleIds] }
  const columns = held ? lists[held] : [holders.heldRoleIds, holders.eligibleRoleIds]
  const has =
    roleIds.length > 0
      ? or(...columns.map((column) => arrayOverlaps(column, roleIds)))
      : held && or(...columns.map((column) => sql`cardinality(${column}) > 0`))
  return [strong, has].filter((one) => one instanceof SQL)
}

/** What a filter asks of the person, as a condition. */
const personMatches = ({ search, status, notStatus = [], guest }: PeopleFilter, results: Results): SQL | undefined =>
  and(
    searchText(unquoteSearch(search), [principals.name, principals.email], principals.id),
    status ? eq(statusShown(results), status) : undefined,
    notStatus.length > 0 ? notInArray(statusShown(results), notStatus) : undefined,
    guest ? eq(guestShown(results), guest === 'only') : undefined,
  )
