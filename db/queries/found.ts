import { and, asc, desc, eq, exists, gte, isNull, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectionNodes, holders } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { members } from '@/db/schema/organisations'
import { savedViews } from '@/db/schema/saved-views'
import type { PrincipalStatus } from '@/lib/domain/vocabulary'
import { isUsable } from './connections'
import { inOrder } from './fleet'
import { beginsWith, cleanSearch, isGuid, searchText } from './input'
import { connectionsShown, isHolderShown, nodeOfHolder } from './results-shown'
import { isMaker, isOpenTo } from './saved-views'

/** What the palette finds by a few letters: at most so many of each kind, those first that begin with the letters. */
const MOST_FOUND = 8
/** Subscriptions that are offered while nothing is typed. */
const MOST_LAST = 5

/** A connected subscription, disconnected ones among them: their last result can still be read. */
export type FoundSubscription = {
  id: string
  label: string
  subscriptionName: string
  subscriptionId: string
}

const SUBSCRIPTION = {
  id: connections.id,
  label: connections.label,
  subscriptionName: connections.subscriptionName,
  subscriptionId: connections.subscriptionId,
}

/** Subscriptions whose label, name or ID contains what is typed; none while nothing is. */
export async function listFoundSubscriptions(
  actor: Actor,
  typed: string,
  limit = MOST_FOUND,
): Promise<FoundSubscription[]> {
  const matches = searchText(typed, [connections.label, connections.subscriptionName, connections.subscriptionId])
  if (!matches) return []
  const db = await getDb(actor)
  return db
    .select(SUBSCRIPTION)
    .from(connections)
    .where(and(eq(connections.organisationId, actor.organisationId), isUsable, matches))
    .orderBy(desc(beginsWith(typed, connections.label)), asc(inOrder(connections.label)), asc(connections.id))
    .limit(limit)
}

/** The subscriptions with these ids, in their order, and after them those that were connected last. */
export async function listLastSubscriptions(
  actor: Actor,
  ids: readonly string[],
  limit = MOST_LAST,
): Promise<FoundSubscription[]> {
  const known = JSON.stringify(ids.filter(isGuid))
  const db = await getDb(actor)
  return db
    .select(SUBSCRIPTION)
    .from(connections)
    .leftJoin(
      sql`jsonb_array_elements_text(${known}::jsonb) with ordinality as opened (id, place)`,
      sql`opened.id = ${connections.id}::text`,
    )
    .where(and(eq(connections.organisationId, actor.organisationId), isUsable))
    .orderBy(sql`opened.place nulls last`, desc(connections.createdAt), asc(connections.id))
    .limit(limit)
}

export type FoundView = Awaited<ReturnType<typeof listFoundViews>>[number]

/** Saved views that the actor can open and whose name contains what is typed, each with its subscription; none while nothing is typed. */
export async function listFoundViews(actor: Actor, typed: string, limit = MOST_FOUND) {
  const matches = searchText(typed, [savedViews.name])
  if (!matches) return []
  const db = await getDb(actor)
  return db
    .select({
      name: savedViews.name,
      list: savedViews.list,
      connectionId: savedViews.connectionId,
      query: savedViews.query,
      memberId: savedViews.memberId,
      memberName: members.name,
      label: connections.label,
    })
    .from(savedViews)
    .innerJoin(members, isMaker)
    .leftJoin(
      connections,
      and(eq(connections.organisationId, savedViews.organisationId), eq(connections.id, savedViews.connectionId)),
    )
    .where(and(isOpenTo(actor), or(isNull(savedViews.connectionId), isUsable), matches))
    .orderBy(desc(beginsWith(typed, savedViews.name)), asc(inOrder(savedViews.name)), asc(savedViews.id))
    .limit(limit)
}

/** Somebody, or a group, with access in a connected subscription now. */
export type FoundPrincipal = {
  tenantId: string
  id: string
  name: string | null
  email: string | null
  status: PrincipalStatus
  guest: boolean
  /** The connected subscriptions in which they have access. */
  subscriptions: number
  /** The first of these by label. */
  first: { id: string; label: string }
}

/** People with access anywhere whose name or email contains what is typed, or whose object ID it is; none while nothing is. */
export async function listFoundPeople(actor: Actor, typed: string, limit = MOST_FOUND): Promise<FoundPrincipal[]> {
  return readFound(actor, 'user', typed, limit)
}

/** The same for groups that hold a role themselves. One that only lies in such a group is not found. */
export async function listFoundGroups(actor: Actor, typed: string, limit = MOST_FOUND): Promise<FoundPrincipal[]> {
  return readFound(actor, 'group', typed, limit)
}

/**
 * Both selects go through the principals in the order of names and end at the limit. The first begins where such names do, so that
 * a few letters which many contain are answered without looking at more than these.
 */
async function readFound(actor: Actor, kind: 'user' | 'group', typed: string, limit: number) {
  const text = cleanSearch(typed)
  if (text === '') return []
  const isFirst = and(gte(principals.sortName, text.toLowerCase()), beginsWith(text, principals.sortName))
  const first = await selectFound(actor, kind, isFirst, limit)
  if (first.length === limit) return first
  const isThere = searchText(text, [principals.name, principals.email], principals.id)
  const rest = await selectFound(actor, kind, isThere, limit)
  const known = new Set(first.map(keyOf))
  return [...first, ...rest.filter((row) => !known.has(keyOf(row)))].slice(0, limit)
}

const keyOf = ({ tenantId, id }: FoundPrincipal) => `${tenantId} ${id}`

/** Those that are found are cut to the limit before anything is counted of them. */
async function selectFound(
  actor: Actor,
  kind: 'user' | 'group',
  matches: SQL | undefined,
  limit: number,
): Promise<FoundPrincipal[]> {
  const db = await getDb(actor)
  const shown = connectionsShown(actor, 'now')
  const holdsNow = db
    .select({ one: sql`1` })
    .from(holders)
    .innerJoin(connectionNodes, nodeOfHolder)
    .innerJoin(shown, isHolderShown)
    .where(isHeldBy(actor, principals))
  const found = db
    .select({
      tenantId: principals.tenantId,
      id: principals.id,
      name: principals.name,
      email: principals.email,
      status: principals.status,
      guest: principals.guest,
      sortName: principals.sortName,
    })
    .from(principals)
    .where(
      and(eq(principals.organisationId, actor.organisationId), eq(principals.kind, kind), matches, exists(holdsNow)),
    )
    .orderBy(asc(principals.sortName), asc(principals.id), asc(principals.tenantId))
    .limit(limit)
    .as('found')
  const byLabel = sql`order by lower(${connections.label}), ${connections.id}`
  const held = db
    .select({
      subscriptions: sql<number>`count(distinct ${connections.id})::int`.as('subscriptions'),
      firstId: sql<string>`(array_agg(${connections.id} ${byLabel}))[1]`.as('first_id'),
      firstLabel: sql<string>`(array_agg(${connections.label} ${byLabel}))[1]`.as('first_label'),
    })
    .from(holders)
    .innerJoin(connectionNodes, nodeOfHolder)
    .innerJoin(shown, isHolderShown)
    .where(isHeldBy(actor, found))
    .as('held')
  return db
    .select({
      tenantId: found.tenantId,
      id: found.id,
      name: found.name,
      email: found.email,
      status: found.status,
      guest: found.guest,
      subscriptions: held.subscriptions,
      first: { id: held.firstId, label: held.firstLabel },
    })
    .from(found)
    .crossJoinLateral(held)
    .orderBy(asc(found.sortName), asc(found.id), asc(found.tenantId))
}

/** The rows of somebody in `holders`. */
const isHeldBy = (actor: Actor, { tenantId, id }: { tenantId: SQLWrapper; id: SQLWrapper }): SQL | undefined =>
  and(eq(holders.organisationId, actor.organisationId), eq(holders.tenantId, tenantId), eq(holders.principalId, id))
