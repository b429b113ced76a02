import { and, eq, gt, inArray, ne, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, holders } from '@/db/schema/access'
import { directoryGroups, groupMembers, groupNesting } from '@/db/schema/directory'
import { unquoteSearch } from '@/lib/domain/typed-filter'
import type { GrantFilter, HolderFilter } from '@/lib/domain/views'
import { ASSIGNMENT_KINDS, PRINCIPAL_STATUSES, type Signal } from '@/lib/domain/vocabulary'
import { findIds } from './found-ids'
import { asksOfGrants, grantMatches, hasSignal, KINDS, kindMatches } from './holder-filters'
import { cleanSearch } from './input'
import { inSnapshot, type Published, weakestKindOf } from './snapshot'

/**
 * So many are read whole and put in order. Where more match, a page is sooner full by going through everyone in order: of a million,
 * one in 300 matches then.
 */
export const MOST_FEW = 3_000

/**
 * The ids of all whom a filter leaves in a snapshot, and perhaps of some more, where these are few; null where nothing in the filter leaves
 * few. Each part of the filter is asked by an index of its own, and for no more rows than are few, so that this costs little either way.
 */
export async function findFewHolders(
  actor: Actor,
  published: Published,
  filter: HolderFilter,
  groups: MatchingGroups | null,
  mostFew: number,
): Promise<string[] | null> {
  const db = await getDb(actor)
  for (const ids of listProbes(actor, published, filter, groups, mostFew)) {
    const { rows } = await db.execute<{ id: string }>(sql`${ids} limit ${mostFew + 1}`)
    if (rows.length <= mostFew) return [...new Set(rows.map(({ id }) => id))]
  }
  const text = cleanSearch(unquoteSearch(filter.search))
  return text === '' ? null : findIds(actor, text, mostFew)
}

/** The selects of ids, `id`, by which few may be found, the cheapest first. */
function listProbes(
  actor: Actor,
  published: Published,
  filter: HolderFilter,
  groups: MatchingGroups | null,
  mostFew: number,
): SQL[] {
  const { who, status, notStatus, guest, signal } = filter
  const ofHolders = (condition: SQL | undefined) => sql`select ${holders.principalId} as id from ${holders}
    where ${and(inSnapshot(holders, actor, published), inArray(holders.kind, KINDS[who]), condition)}`
  const statuses = PRINCIPAL_STATUSES.filter((one) => (status ? one === status : !notStatus.includes(one)))
  return [
    ...(statuses.includes('active')
      ? []
      : [ofHolders(and(ne(holders.status, 'active'), inArray(holders.status, statuses)))]),
    ...(guest === 'only' ? [ofHolders(eq(holders.guest, true))] : []),
    ...(signal
      ? [
          selectIdsWithSignal(
            actor,
            signal,
            placesOf(published.nodeIds, KINDS[who]),
            inSnapshot(holders, actor, published),
            mostFew + 1,
          ),
        ]
      : []),
    ...(asksOfGrants(filter) ? [selectMatchingIds(actor, published, filter, groups)] : []),
  ]
}

/**
 * A select of the ids, `id`, of those whose rows at some nodes have a signal: for each combination of signals that has it, by the index of rows
 * with signals. PostgreSQL would go through all rows with signals if it was free to join them in another way.
 *
 * @param places the nodes and the kinds of holders, a table `place` of `node_id` and `kind`
 * @param most how many are read at the most of each combination
 */
export const selectIdsWithSignal = (
  actor: Actor,
  signal: Signal,
  places: SQL,
  condition: SQL | undefined,
  most: number,
): SQL => sql`
  with recursive ${masksInUse(actor, places)}
  select found.id from masks, lateral (
    select ${holders.principalId} as id from ${holders}
    where ${and(
      eq(holders.organisationId, actor.organisationId),
      sql`(${holders.nodeId}, ${holders.kind}, ${holders.signals}) = (masks.node_id, masks.kind, masks.signals)`,
      gt(holders.signals, 0),
      condition,
    )} limit ${most}) as found
  where ${hasSignal(sql`masks.signals`, signal)}`

/** The combinations of signals, `masks`, that rows of holders have at nodes (`node_id`, `kind`), found one after the other by their index. */
function masksInUse(actor: Actor, places: SQL): SQL {
  const next = (beyond: SQL | undefined) => sql`lateral (select ${holders.signals} from ${holders}
    where ${and(eq(holders.organisationId, actor.organisationId), sql`${holders.nodeId} = place.node_id and ${holders.kind} = place.kind`, gt(holders.signals, 0), beyond)}
    order by ${holders.signals} limit 1) as found`
  return sql`masks as (
    select place.node_id, place.kind, found.signals from ${places}, ${next(undefined)}
    union all
    select place.node_id, place.kind, found.signals from masks as place, ${next(sql`${holders.signals} > place.signals`)})`
}

/** Every node of a snapshot with every kind of a list, as a table `place`. */
export const placesOf = (nodeIds: string[], kinds: readonly string[]): SQL =>
  sql`(select node::uuid as node_id, kind from unnest(${arrayLiteral(nodeIds)}::text[]) as node, unnest(${arrayLiteral(kinds)}::text[]) as kind) as place`

/** Texts as one parameter that PostgreSQL knows as a constant, which lets it look each row up by its hash. */
const arrayLiteral = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`

/** The groups through which members have what a filter of grants asks for, each with the kind of membership that it takes. */
export type MatchingGroups = { groupId: string; membership: string }[]

/** Finds these groups: those that hold a matching role, and all groups inside them. None where only what is held directly counts. */
export async function listMatchingGroups(
  actor: Actor,
  published: Published,
  filter: GrantFilter,
): Promise<MatchingGroups> {
  if (filter.how === 'direct') return []
  const memberships = sql.raw(`(values ${ASSIGNMENT_KINDS.map((one) => `('${one}')`).join(', ')})`)
  const kind = weakestKindOf(assignments.kind, groupNesting.membership, sql`passed.membership`)
  const db = await getDb(actor)
  const { rows } = await db.execute<{ groupId: string; membership: string }>(sql`
    select distinct ${groupNesting.innerId} as "groupId", passed.membership from ${groupNesting}
    cross join ${memberships} as passed (membership)
    join ${assignments} on ${assignments.principalId} = ${groupNesting.groupId} and ${assignments.principalKind} = 'group'
    join ${directoryGroups} on ${directoryGroups.groupId} = ${groupNesting.innerId}
    where ${and(
      inSnapshot(groupNesting, actor, published),
      inSnapshot(assignments, actor, published),
      inSnapshot(directoryGroups, actor, published),
      grantMatches(actor, published.id, filter),
      kindMatches(kind, filter.held),
    )}`)
  return rows
}

const isOfGroups = (groups: MatchingGroups): SQL => sql`${groupMembers.groupId} || ' ' || ${groupMembers.membership}
  = any(${arrayLiteral(groups.map(({ groupId, membership }) => `${groupId} ${membership}`))}::text[])`
const isDirect = (actor: Actor, published: Published, filter: GrantFilter): SQL | undefined =>
  and(
    inSnapshot(assignments, actor, published),
    grantMatches(actor, published.id, filter),
    kindMatches(assignments.kind, filter.held),
  )

/** A select of the ids of those who have a grant that a filter asks for, in one way after the other. */
export function selectMatchingIds(
  actor: Actor,
  published: Published,
  filter: GrantFilter,
  groups: MatchingGroups | null,
): SQL {
  const inGroups = and(
    inSnapshot(groupMembers, actor, published),
    sql`${groupMembers.groupId} = any(${arrayLiteral([...new Set(groups?.map(({ groupId }) => groupId))])}::text[])`,
    isOfGroups(groups ?? []),
    ne(groupMembers.memberKind, 'group'),
  )
  const ways = [
    ...(groups && groups.length > 0
      ? [sql`select ${groupMembers.memberId} as id from ${groupMembers} where ${inGroups}`]
      : []),
    ...(filter.how === 'group'
      ? []
      : [sql`select ${assignments.principalId} as id from ${assignments} where ${isDirect(actor, published, filter)}`]),
  ]
  return ways.length > 0
    ? sql`select id from (${sql.join(ways, sql` union all `)}) as ways`
    : sql`select null::text as id where false`
}

/**
 * Whether the principal of a row of `holders` has a grant that a filter asks for. The `coalesce` keeps PostgreSQL from making a join of
 * it, which would look up everyone before the page is cut.
 */
export function hasMatchingGrant(
  actor: Actor,
  published: Published,
  filter: GrantFilter,
  groups: MatchingGroups | null,
): SQL {
  const direct = sql`select true from ${assignments}
    where ${and(isDirect(actor, published, filter), eq(assignments.principalId, holders.principalId))} limit 1`
  const through = sql`select true from ${groupMembers} where ${and(
    inSnapshot(groupMembers, actor, published),
    eq(groupMembers.memberId, holders.principalId),
    ne(groupMembers.memberKind, 'group'),
    isOfGroups(groups ?? []),
  )} limit 1`
  const ways = [
    ...(groups && groups.length > 0 ? [sql`(${through})`] : []),
    ...(filter.how === 'group' ? [] : [sql`(${direct})`]),
    sql`false`,
  ]
  return sql`coalesce(${sql.join(ways, sql`, `)})`
}
