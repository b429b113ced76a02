import { and, eq, inArray, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { organisations } from '@/db/schema/organisations'
import { ATTENTION_STATES, PAUSED_AFTER, PERIODS } from '@/lib/domain/connection-status'
import type { FleetGrouping, FleetSort, FleetView } from '@/lib/domain/views'
import { type ConnectionStatusState, SCHEDULES } from '@/lib/domain/vocabulary'
import { isAccountOf } from './accounts'
import {
  type ConnectionTile,
  isOpenRun,
  isUsable,
  lastResult,
  listConnections,
  openRun,
  shownState,
  waitsForAccount,
} from './connections'
import { isGuid, searchText } from './input'
import { EMPTY_PAGE, keyset, type Page, readPageOrFirst } from './keyset'

/** Which connections are wanted: those in one of `states`, or in any when it is null, and those that `accountId` reads, if it is given. */
export type FleetFilter = {
  search: string
  states: readonly ConnectionStatusState[] | null
  accountId?: string
}

/** Tiles of one page: some rows of them on a wide screen, and few enough for a phone. */
const PAGE = 60

/**
 * A connection with what it is put together by; `groupKey` is empty where that is not known, and without a grouping.
 * `othersWaiting` are the other connections that wait for the same account to be signed in again.
 */
export type FleetRow = ConnectionTile & { groupKey: string; groupName: string; othersWaiting: number }

/**
 * One page of an organisation's connections, disconnected ones too, by label: so each keeps its place while states change.
 * Sorted by need those come first that somebody should look at, and with a grouping the groups in which there is one.
 */
export async function listFleet(
  actor: Actor,
  filter: FleetFilter,
  { grouping, cursor, sort = 'name' }: Pick<FleetView, 'grouping' | 'cursor'> & { sort?: FleetSort },
  limit = PAGE,
): Promise<Page<FleetRow>> {
  if (filter.accountId !== undefined && !isGuid(filter.accountId)) return EMPTY_PAGE
  const db = await getDb(actor)
  const fleet = await selectFleet(actor, filter, grouping)
  const byNeed = sort === 'need'
  const ofGroups = [...(byNeed ? [fleet.groupCalm] : []), fleet.groupUnknown, fleet.groupSort, fleet.groupKey]
  const keys = [
    ...(grouping === 'none' ? [] : ofGroups),
    ...(byNeed ? [fleet.calm] : []),
    ...[fleet.labelSort, fleet.id],
  ]
  const page = await readPageOrFirst(cursor, async (at) => {
    const paging = keyset(keys, 'asc', at, limit)
    const found = await db
      .select({
        id: fleet.id,
        groupKey: fleet.groupKey,
        groupName: fleet.groupName,
        othersWaiting: fleet.othersWaiting,
        at: paging.at,
      })
      .from(fleet)
      .where(and(isMatching(fleet, filter), paging.beyond))
      .orderBy(...paging.order)
      .limit(paging.fetch)
    return paging.page(found)
  })
  const ids = page.rows.map(({ id }) => id)
  const tiles = new Map((await listConnections(actor, ids)).map((tile) => [tile.id, tile]))
  // One that was deleted between the two statements is left out.
  const rows = page.rows.flatMap(({ id, ...ofFleet }) => {
    const tile = tiles.get(id)
    return tile ? [{ ...tile, ...ofFleet }] : []
  })
  return { ...page, rows }
}

/** How many connections of a group are shown in a state; `matching` of them are found by the search; `waiting` have not begun. */
export type FleetCount = {
  groupKey: string
  state: ConnectionStatusState
  all: number
  matching: number
  waiting: number
}

/** How many connections there are in each state, in all and of those that are searched for, for each group of a grouping. */
export async function countFleet(
  actor: Actor,
  { search, accountId }: Pick<FleetFilter, 'search' | 'accountId'>,
  grouping: FleetGrouping,
): Promise<FleetCount[]> {
  if (accountId !== undefined && !isGuid(accountId)) return []
  const db = await getDb(actor)
  const fleet = await selectFleet(actor, { accountId }, grouping)
  const found = isMatching(fleet, { search, states: null }) ?? sql`true`
  return db
    .select({
      groupKey: fleet.groupKey,
      state: fleet.shown,
      all: sql<number>`count(*)::int`,
      matching: sql<number>`(count(*) filter (where ${found}))::int`,
      waiting: sql<number>`(count(*) filter (where ${fleet.isWaiting}))::int`,
    })
    .from(fleet)
    .groupBy(fleet.groupKey, fleet.shown)
}

/** How many of an organisation's connections somebody should look at: as many as the Integrations page counts under that name. */
export async function countAttention(actor: Actor): Promise<number> {
  const db = await getDb(actor)
  const fleet = await selectFleet(actor, {}, 'none')
  const [counted] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(fleet)
    .where(inArray(fleet.shown, [...ATTENTION_STATES]))
  return counted?.count ?? 0
}

type Fleet = Awaited<ReturnType<typeof selectFleet>>

/** Every connection of an organisation with what it is counted, found and ordered by; keys of the order are texts. */
async function selectFleet(actor: Actor, { accountId }: Pick<FleetFilter, 'accountId'>, grouping: FleetGrouping) {
  const db = await getDb(actor)
  const last = lastResult(db, actor.organisationId)
  const each = db
    .select({
      id: connections.id,
      label: connections.label,
      labelSort: inOrder(connections.label).as('label_sort'),
      accountId: connections.accountId,
      waitsForAccount: sql<boolean>`(${waitsForAccount})`.as('waits_for_account'),
      subscriptionId: connections.subscriptionId,
      subscriptionName: connections.subscriptionName,
      tenantId: connections.tenantId,
      tenantName: sql<string>`coalesce(${organisations.name}, '')`.as('tenant_name'),
      accountName: sql<string>`${accounts.name}`.as('account_name'),
      groupNames:
        sql<string>`coalesce(jsonb_path_query_array(${connections.managementGroups}, '$[*].name')::text, '')`.as(
          'group_names',
        ),
      groupKey: groupKeyOf(grouping).as('group_key'),
      groupName: groupNameOf(grouping).as('group_name'),
      shown: shownStatus(last).as('shown'),
      isWaiting: sql<boolean>`${connections.state} = 'active' and coalesce(${openRun.state} = 'queued',
        ${openRun.id} is null and ${connections.publishedAt} is null and ${last.state} is null)`.as('is_waiting'),
    })
    .from(connections)
    .innerJoin(accounts, isAccountOf)
    .leftJoin(
      organisations,
      and(eq(organisations.id, connections.organisationId), eq(organisations.tenantId, connections.tenantId)),
    )
    .leftJoin(openRun, isOpenRun)
    .leftJoinLateral(last, sql`true`)
    .where(
      and(
        eq(connections.organisationId, actor.organisationId),
        isUsable,
        accountId === undefined ? undefined : eq(connections.accountId, accountId),
      ),
    )
    .as('each')
  const needsSomebody = inArray(each.shown, [...ATTENTION_STATES])
  const ofGroup = sql`over (partition by ${each.groupKey})`
  return db
    .select({
      id: each.id,
      label: each.label,
      labelSort: each.labelSort,
      subscriptionId: each.subscriptionId,
      subscriptionName: each.subscriptionName,
      tenantId: each.tenantId,
      tenantName: each.tenantName,
      accountName: each.accountName,
      groupNames: each.groupNames,
      groupKey: each.groupKey,
      // A group that was renamed stays one, although not every connection was read since.
      groupName: sql<string>`min(${each.groupName}) ${ofGroup}`.as('one_group_name'),
      groupSort: sql<string>`min(${inOrder(each.groupName)}) ${ofGroup}`.as('group_sort'),
      groupCalm: sql<string>`case when bool_or(${needsSomebody}) ${ofGroup} then '0' else '1' end`.as('group_calm'),
      groupUnknown: sql<string>`case when ${each.groupKey} = '' then '1' else '0' end`.as('group_unknown'),
      calm: sql<string>`case when ${needsSomebody} then '0' else '1' end`.as('calm'),
      othersWaiting: sql<number>`case when ${each.waitsForAccount}
        then (count(*) filter (where ${each.waitsForAccount}) over (partition by ${each.accountId}) - 1)::int
        else 0 end`.as('others_waiting'),
      shown: each.shown,
      isWaiting: each.isWaiting,
    })
    .from(each)
    .as('fleet')
}

/** A name by which lists are ordered as people count: 2 before 10. Every number in it gets ten digits. */
export const inOrder = (name: SQLWrapper): SQL<string> =>
  sql<string>`regexp_replace(regexp_replace(lower(${name}), '(\\d+)', '0000000000\\1', 'g'), '\\d*(\\d{10})', '\\1', 'g')`

/** Whether a connection is one that is asked for; nothing when all are. */
function isMatching(fleet: Fleet, { search, states }: FleetFilter): SQL | undefined {
  const { label, subscriptionName, subscriptionId, tenantId, tenantName, accountName, groupNames } = fleet
  const texts = [label, subscriptionName, subscriptionId, tenantId, tenantName, accountName, groupNames]
  return and(searchText(search, texts), states === null ? undefined : inArray(fleet.shown, [...states]))
}

const lowest = sql`${connections.managementGroups} -> -1`

/** What tells groups apart; empty where it is not known in which a connection is. Tenants may have groups of the same id. */
function groupKeyOf(grouping: FleetGrouping): SQL<string> {
  if (grouping === 'account') return sql<string>`${connections.accountId}::text`
  if (grouping === 'management')
    return sql<string>`coalesce(${connections.tenantId} || '/' || (${lowest} ->> 'id'), '')`
  return sql<string>`''::text`
}

function groupNameOf(grouping: FleetGrouping): SQL<string> {
  if (grouping === 'account') return sql<string>`${accounts.name}`
  return grouping === 'management' ? sql<string>`coalesce(${lowest} ->> 'name', '')` : sql<string>`''::text`
}

type LastRun = { state: SQLWrapper; gaps: SQLWrapper }

/**
 * The state in which a connection is shown, as `connectionStatus` works it out from facts that were read. One difference:
 * what stands in the coverage behind a gap is not looked at.
 */
function shownStatus(last: LastRun): SQL<ConnectionStatusState> {
  const { publishedAt, schedule } = connections
  const isOlderThan = (ms: number) => sql`${publishedAt} < now() - make_interval(secs => ${ms / 1000})`
  const tooOld = SCHEDULES.map((name) => {
    const period = PERIODS[name]
    const [state, limit] = period === null ? ['paused', PAUSED_AFTER] : ['stale', 2 * period]
    return sql`when ${schedule} = ${name} and ${isOlderThan(Number(limit))} then ${state}`
  })
  return sql<ConnectionStatusState>`case
    when ${connections.state} = 'disconnected' then 'disconnected'
    when ${openRun.id} is not null then 'syncing'
    when ${shownState} = 'reconnect_needed' then 'reconnect'
    when ${shownState} = 'action_needed' then 'action'
    when ${last.state} = 'failed' then 'failed'
    when ${publishedAt} is null then 'syncing'
    ${sql.join(tooOld, sql` `)}
    when ${last.gaps} then 'gaps'
    else 'synced' end`
}
