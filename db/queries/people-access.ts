import { and, arrayOverlaps, eq, gt, lte, or, SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectionNodes, holders } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { bitOf, showsAnywhere } from '@/lib/domain/combined-holders'
import type { PeopleFilter } from '@/lib/domain/people-filter'
import { strengthOf } from '@/lib/domain/vocabulary'
import { selectIdsWithSignal } from './few-holders'
import {
  connectionsShown,
  isHolderAtShownNode,
  isHolderShown,
  nodeOfHolder,
  type Results,
  selectShownNodes,
} from './results-shown'
import { shownSignals } from './subscription-holders'

/** Whether a filter asks for anything that only the access in a subscription can answer. */
export const asksOfAccess = ({ signal, minimum, connectionId, held, roleIds = [] }: PeopleFilter): boolean =>
  roleIds.length > 0 || [signal, minimum, connectionId, held].some((value) => value)

/** The rows of holders of the person of a row of `principals`. */
export const isOfPerson = (actor: Actor): SQL | undefined =>
  and(
    eq(holders.organisationId, actor.organisationId),
    eq(holders.tenantId, principals.tenantId),
    eq(holders.principalId, principals.id),
  )

/** The rows of holders that the shown results have. */
const shownRows = (actor: Actor, results: Results): SQL =>
  sql`${holders} join ${connectionNodes} on ${nodeOfHolder} join ${connectionsShown(actor, results)} on ${isHolderShown}`

/** Whether the person of a row of `principals` has access in any subscription. Here and below, `coalesce` keeps PostgreSQL from making a join of it. */
export const hasAccess = (actor: Actor, results: Results): SQL =>
  sql`coalesce((select true from ${shownRows(actor, results)} where ${isOfPerson(actor)} limit 1), false)`

/**
 * Whether the access in one of the subscriptions of the person of a row of `principals` meets what a filter asks of it: the same as {@link selectMatching},
 * of one person.
 */
export function hasMatchingAccess(actor: Actor, results: Results, filter: PeopleFilter): SQL {
  const { hasBit, isUnread, isEnough, inRow, inSubscription } = partsOf(filter)
  const isTheirs = and(isOfPerson(actor), eq(holders.kind, 'user'))
  const rows = shownRows(actor, results)
  const byRow = sql`(select true from ${rows} where ${and(isTheirs, inRow)} limit 1)`
  const bySubscription = sql`(select true from ${rows} where ${and(isTheirs, ofConnection(filter))}
    group by ${connections.id}, ${connections.eligibleRead} having ${inSubscription} limit 1)`
  if (!isEnough) return sql`coalesce(${bySubscription}, false)`
  if (!hasBit) return sql`coalesce(${byRow}, false)`
  const mayShow = sql`exists (select from ${holders} where ${and(isTheirs, hasBit, isUnread)})`
  return sql`coalesce(${byRow}, case when ${mayShow} then ${bySubscription} end, false)`
}

/**
 * A select of all people whose access in one of the subscriptions meets what a filter asks of it, each once: `tenant_id,
 * principal_id`. Where one row is enough to know it, no other row is read; otherwise each subscription
 * of those who may meet it is combined first.
 */
export function selectMatching(actor: Actor, results: Results, filter: PeopleFilter): SQL {
  const { hasBit, isUnread, isEnough, inRow, inSubscription } = partsOf(filter)
  const isPerson = and(eq(holders.organisationId, actor.organisationId), eq(holders.kind, 'user'))
  const byRow = sql`
    select distinct ${holders.tenantId}, ${holders.principalId}
    from ${selectShownNodes(connectionsShown(actor, results))} join ${holders} on ${isHolderAtShownNode}
    where ${and(isPerson, inRow)}`
  if (!hasBit && isEnough) return byRow

  const mayShow = sql`${holders.principalId} in (
    select ${holders.principalId} from ${holders} where ${and(isPerson, hasBit, isEnough ? isUnread : undefined)})`
  const bySubscription = sql`
    select distinct tenant_id, principal_id from (
      select ${holders.tenantId}, ${holders.principalId} from ${shownRows(actor, results)}
      where ${and(isPerson, ofConnection(filter), hasBit ? mayShow : undefined)}
      group by ${holders.tenantId}, ${holders.principalId}, ${connections.id}, ${connections.eligibleRead}
      having ${inSubscription}) as shown`
  return isEnough ? sql`${byRow} union ${bySubscription}` : bySubscription
}

/**
 * The ids of all who may meet what a filter asks of their access, and perhaps of some more, where a signal is asked for that few show; else null.
 */
export async function findFewWithAccess(
  actor: Actor,
  { signal, connectionId }: PeopleFilter,
  most: number,
): Promise<string[] | null> {
  if (!signal) return null
  const ofConnection = connectionId ? eq(connectionNodes.connectionId, connectionId) : undefined
  const places = sql`(select distinct ${connectionNodes.nodeId}, 'user'::text as kind from ${connectionNodes}
    where ${and(eq(connectionNodes.organisationId, actor.organisationId), ofConnection)}) as place`
  const db = await getDb(actor)
  const { rows } = await db.execute<{ id: string }>(
    sql`${selectIdsWithSignal(actor, signal, places, undefined, most + 1)} limit ${most + 1}`,
  )
  return rows.length > most ? null : [...new Set(rows.map(({ id }) => id))]
}

const ofConnection = ({ connectionId }: PeopleFilter): SQL | undefined =>
  connectionId ? eq(connections.id, connectionId) : undefined

/** What a filter asks, as conditions on rows of holders. */
function partsOf(filter: PeopleFilter) {
  const { signal, connectionId } = filter
  const asked = askedOfRows(filter)
  const bit = signal ? sql.raw(String(bitOf(signal))) : null
  const isUnread = sql`${holders.signals} & ${sql.raw(String(bitOf('not_read')))} <> 0`
  // The first condition lets PostgreSQL use the index of rows with signals.
  const hasBit = bit ? and(gt(holders.signals, 0), sql`${holders.signals} & ${bit} <> 0`) : undefined
  const signals = shownSignals(
    sql`bit_or(${holders.signals})`,
    sql`bit_and(${holders.signals})`,
    sql`${connections.eligibleRead}`,
  )
  return {
    /** Whether a row has the signal; undefined where none is asked for. */
    hasBit,
    isUnread,
    /** Whether one row is enough to know that its person matches; where a signal is asked for, a row that could be read. */
    isEnough: !connectionId && (signal ? asked.length === 0 && showsAnywhere(signal) : asked.length <= 1),
    /** What is asked of such a row. */
    inRow: and(hasBit, ...asked, bit ? sql`not ${isUnread}` : undefined),
    /** What is asked of all rows that a person has in one subscription. */
    inSubscription: and(
      sql`true`,
      bit ? sql`${signals} & ${bit} <> 0` : undefined,
      ...asked.map((one) => sql`bool_or(${one})`),
    ),
  }
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
