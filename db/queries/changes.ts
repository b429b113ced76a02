import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { nodes, roleDefinitions } from '@/db/schema/access'
import { changeEffects, changes } from '@/db/schema/changes'
import { principals } from '@/db/schema/directory'
import { arrayOf } from '@/db/text-array'
import type { ChangesFilter, ChangesView } from '@/lib/domain/views'
import { isGuid } from './input'
import { EMPTY_PAGE, keyset, type Page, readPageOrFirst } from './keyset'
import { toPrincipal, toRole } from './snapshot'

/** A change with its effects where the asked connections show them, and the names of whom and what it is about. */
export type ChangeRow = Awaited<ReturnType<typeof readChanges>>[number]

export type ChangeEffectRow = ChangeRow['effects'][number]

/**
 * A page of what changed in the access to the connections of an organisation, or to one of them, the latest first: each change once,
 * however many subscriptions inherit it. Readers of a connection see what its own last result has seen.
 */
export async function listChanges(actor: Actor, view: ChangesView, limit = 50): Promise<Page<ChangeRow>> {
  if (view.connectionId && !isGuid(view.connectionId)) return EMPTY_PAGE
  return readPageOrFirst(view.cursor, (cursor) => readPage(actor, { ...view, cursor }, limit))
}

async function readPage(actor: Actor, view: ChangesView, limit: number): Promise<Page<ChangeRow>> {
  const db = await getDb(actor)
  const { beyond, order, fetch, at, page } = keyset(
    [changeEffects.at, changeEffects.changeId],
    'desc',
    view.cursor,
    limit,
  )
  const found = await db
    .select({ at, id: changeEffects.changeId })
    .from(changeEffects)
    .where(and(eq(changeEffects.organisationId, actor.organisationId), isShown(view), matches(actor, view), beyond))
    .groupBy(changeEffects.at, changeEffects.changeId)
    .orderBy(...order)
    .limit(fetch)
  const { rows, ...around } = page(found)
  const read = await readChanges(
    actor,
    rows.map(({ id }) => id),
    view.connectionId,
  )
  const byId = new Map(read.map((change) => [change.id, change]))
  return { rows: rows.flatMap(({ id }) => byId.get(id) ?? []), ...around }
}

/** How many changes meet a filter, each counted once. */
export async function countChanges(actor: Actor, filter: ChangesFilter): Promise<number> {
  if (filter.connectionId && !isGuid(filter.connectionId)) return 0
  const db = await getDb(actor)
  const [counted] = await db
    .select({ changes: sql<number>`count(distinct ${changeEffects.changeId})::int` })
    .from(changeEffects)
    .where(and(eq(changeEffects.organisationId, actor.organisationId), isShown(filter), matches(actor, filter)))
  return counted?.changes ?? 0
}

/** One change, as the readers of some connection, or of this one, see it; null when none of them does. */
export async function getChange(
  actor: Actor,
  changeId: string,
  connectionId: string | null = null,
): Promise<ChangeRow | null> {
  if (!isGuid(changeId) || (connectionId && !isGuid(connectionId))) return null
  const [change] = await readChanges(actor, [changeId], connectionId)
  return change && change.effects.length > 0 ? change : null
}

/** Which connection shows an effect, by its id or an expression in SQL, or null for any; and between which moments it was seen. */
type Shown = { connectionId: string | SQL | null } & Pick<ChangesFilter, 'after' | 'until'>

/**
 * Whether an effect is shown: by a connection that had its node in the chain before and has seen the change with a result of its own. What
 * happened at a node before a subscription came under it, or after the last result that showed it there, is not its change; that the
 * subscription came or left is one of its own.
 */
export const isShown = ({ connectionId, after, until }: Shown): SQL => sql`exists (
  select from connections c
  join connection_nodes n on n.organisation_id = c.organisation_id and n.connection_id = c.id and n.node_id = ${changeEffects.nodeId}
  left join changes own on own.organisation_id = c.organisation_id and own.id = ${changeEffects.changeId} and own.connection_id is not null
  where c.organisation_id = ${changeEffects.organisationId} and c.state <> 'deleting' and ${changeEffects.at} <= c.published_at
    ${connectionId ? sql`and c.id = ${connectionId}` : sql``}
    and (own.connection_id = c.id or (own.id is null and n.valid_from < ${changeEffects.at}
      and (n.valid_to is null or ${changeEffects.at} <= (select max(r.finished_at) from sync_runs r where r.organisation_id = c.organisation_id
        and r.connection_id = c.id and r.state = 'succeeded' and r.finished_at < n.valid_to)))))
  ${after ? sql`and ${changeEffects.at} > ${after.toISOString()}::timestamptz` : sql``}
  ${until ? sql`and ${changeEffects.at} <= ${until.toISOString()}::timestamptz` : sql``}`

function matches(actor: Actor, filter: ChangesFilter): SQL | undefined {
  const { effect, privileged, roleId, cause, personId, by } = filter
  const ofChange = (
    condition: SQL,
  ) => sql`exists (select from changes c where c.organisation_id = ${changeEffects.organisationId}
    and c.id = ${changeEffects.changeId} and ${condition})`
  return and(
    effect ? eq(changeEffects.effect, effect) : undefined,
    privileged ? eq(changeEffects.privileged, true) : undefined,
    roleId ? sql`${roleId.toLowerCase()} = any(${changeEffects.roleIds})` : undefined,
    cause ? ofChange(sql`c.cause = ${cause}`) : undefined,
    by ? ofChange(sql`(c.by_id = ${by.toLowerCase()} or c.by_name = ${by})`) : undefined,
    personId ? sql`${changeEffects.changeId} = any(${changesAbout(actor, personId.toLowerCase())})` : undefined,
  )
}

/**
 * The changes that are about a principal: those that name them, or a group that they were in at that time; and about who is in them, if
 * that is a group. Memberships are followed upwards with the time for which all of them held. The ids stand in an array, so that the few
 * changes of a person are looked up by index, instead of asking of each change of the organisation whether it is one of these.
 */
const changesAbout = ({ organisationId }: Actor, id: string): SQL => sql`array(
  with recursive way (account_id, group_id, since, until) as (
    select m.account_id, m.group_id, m.valid_from, coalesce(m.valid_to, 'infinity') from group_members m
    where m.organisation_id = ${organisationId} and m.member_id = ${id}
    union
    select m.account_id, m.group_id, greatest(w.since, m.valid_from), least(w.until, coalesce(m.valid_to, 'infinity'))
    from way w join group_members m on m.organisation_id = ${organisationId} and m.account_id = w.account_id and m.member_id = w.group_id
    where m.valid_from <= w.until and coalesce(m.valid_to, 'infinity') >= w.since)
  select c.id from changes c where c.organisation_id = ${organisationId} and c.principal_id = ${id}
  union select c.id from changes c where c.organisation_id = ${organisationId} and c.group_id = ${id}
  union select c.id from way w join changes c on c.organisation_id = ${organisationId} and c.principal_id = w.group_id
    where c.account_id = w.account_id and c.at between w.since and w.until
  union select c.id from way w join changes c on c.organisation_id = ${organisationId} and c.group_id = w.group_id
    where c.account_id = w.account_id and c.principal_id is null and c.at between w.since and w.until)`

const subject = alias(principals, 'subject_of_change')
const group = alias(principals, 'group_of_change')
const sole = alias(principals, 'sole_holder_of_change')
const initiator = alias(principals, 'initiator_of_change')

async function readChanges(actor: Actor, ids: string[], connectionId: string | null) {
  if (ids.length === 0) return []
  const db = await getDb(actor)
  const found = await db
    .select({
      id: changes.id,
      at: changes.at,
      after: changes.after,
      accountId: changes.accountId,
      tenantId: changes.tenantId,
      runId: changes.runId,
      cause: changes.cause,
      turn: changes.turn,
      nodeId: changes.nodeId,
      key: changes.key,
      connectionId: changes.connectionId,
      kind: changes.kind,
      detail: changes.detail,
      principalId: changes.principalId,
      principalKind: changes.principalKind,
      principalName: subject.name,
      groupId: changes.groupId,
      groupName: group.name,
      roleId: changes.roleId,
      roleName: roleDefinitions.name,
      scope: changes.scope,
      scopeLevel: changes.scopeLevel,
      byId: changes.byId,
      byName: sql<string | null>`coalesce(${changes.byName}, ${initiator.name})`,
      byAt: changes.byAt,
    })
    .from(changes)
    .leftJoin(subject, toPrincipal(changes, changes.principalId, subject))
    .leftJoin(group, toPrincipal(changes, changes.groupId, group))
    .leftJoin(initiator, toPrincipal(changes, changes.byId, initiator))
    .leftJoin(roleDefinitions, toRole(changes, changes.roleId))
    .where(and(eq(changes.organisationId, actor.organisationId), inArray(changes.id, ids)))
  const effects = await readEffects(actor, ids, connectionId)
  const through = await readThrough(actor, ids)
  return found.map((change) => ({
    ...change,
    through: through.get(change.id) ?? null,
    effects: effects.filter(({ changeId }) => changeId === change.id),
  }))
}

/**
 * The group that holds the strongest role which a change of a group leads to, where that is another one around it. A change that leads
 * there in several ways is told with one of them.
 */
async function readThrough(actor: Actor, ids: string[]): Promise<Map<string, { id: string; name: string | null }>> {
  const db = await getDb(actor)
  const isAround = (row: string) =>
    sql.raw(`${row}.valid_from <= c.at and (${row}.valid_to is null or ${row}.valid_to >= c.at)`)
  const { rows } = await db.execute<{ changeId: string; isItself: boolean; id: string; name: string | null }>(sql`
    select distinct on (c.id) c.id::text as "changeId", a.principal_id = c.group_id as "isItself", a.principal_id as id, p.name
    from changes c
    join change_effects e on e.organisation_id = c.organisation_id and e.change_id = c.id
    join assignments a on a.organisation_id = c.organisation_id and a.node_id = e.node_id and a.role_id = e.role_id
      and lower(a.scope) = lower(e.scope) and a.principal_kind = 'group' and ${isAround('a')}
    join group_nesting n on n.organisation_id = c.organisation_id and n.account_id = c.account_id and n.group_id = a.principal_id
      and n.inner_id = c.group_id and ${isAround('n')}
    left join principals p on p.organisation_id = c.organisation_id and p.tenant_id = c.tenant_id and p.id = a.principal_id
    where c.organisation_id = ${actor.organisationId} and c.id = any(${arrayOf(ids)}::uuid[]) and c.group_id is not null
    order by c.id, e.eligible, e.strongest, a.principal_id = c.group_id desc, n.depth nulls last, a.principal_id`)
  return new Map(rows.flatMap(({ changeId, isItself, id, name }) => (isItself ? [] : [[changeId, { id, name }]])))
}

/** The effects that are shown of some changes, the strongest first, with how many connections have them and the first few of these. */
async function readEffects(actor: Actor, ids: string[], connectionId: string | null) {
  const db = await getDb(actor)
  const found = await db
    .select({
      changeId: changeEffects.changeId,
      nodeId: changeEffects.nodeId,
      effect: changeEffects.effect,
      people: changeEffects.people,
      others: changeEffects.others,
      soleId: changeEffects.soleId,
      soleName: sole.name,
      grants: changeEffects.grants,
      strongest: changeEffects.strongest,
      privileged: changeEffects.privileged,
      eligible: changeEffects.eligible,
      roleId: changeEffects.roleId,
      roleName: roleDefinitions.name,
      scope: changeEffects.scope,
      scopeLevel: changeEffects.scopeLevel,
    })
    .from(changeEffects)
    .innerJoin(nodes, and(eq(nodes.organisationId, changeEffects.organisationId), eq(nodes.id, changeEffects.nodeId)))
    .leftJoin(roleDefinitions, toRole(nodes, changeEffects.roleId))
    .leftJoin(sole, toPrincipal(nodes, changeEffects.soleId, sole))
    .where(
      and(
        eq(changeEffects.organisationId, actor.organisationId),
        inArray(changeEffects.changeId, ids),
        isShown({ connectionId, after: null, until: null }),
      ),
    )
    .orderBy(changeEffects.eligible, changeEffects.strongest, changeEffects.nodeId, changeEffects.effect)
  const below = await readConnectionsBelow(actor, ids)
  return found.map((effect) => ({ ...effect, connections: below.get(keyOf(effect)) ?? NO_CONNECTIONS }))
}

const keyOf = ({ changeId, nodeId }: { changeId: string; nodeId: string }) => `${changeId} ${nodeId}`

/** The connections that had a node in their chain when a change happened there: how many, and the first of them by name. */
export type ConnectionsBelow = { count: number; first: { id: string; name: string }[] }

const NO_CONNECTIONS: ConnectionsBelow = { count: 0, first: [] }
const FIRST_CONNECTIONS = 3

async function readConnectionsBelow(actor: Actor, changeIds: string[]): Promise<Map<string, ConnectionsBelow>> {
  const db = await getDb(actor)
  const { rows } = await db.execute<{ changeId: string; nodeId: string } & ConnectionsBelow>(sql`
    select change_id::text as "changeId", node_id::text as "nodeId", count(*)::int as count,
      (array_agg(json_build_object('id', id, 'name', name) order by name, id))[1:${sql.raw(String(FIRST_CONNECTIONS))}] as first
    from (
      select distinct e.change_id, e.node_id, c.id, c.label as name
      from change_effects e
      join changes own on own.organisation_id = e.organisation_id and own.id = e.change_id
      join connection_nodes n on n.organisation_id = e.organisation_id and n.node_id = e.node_id
        and n.valid_from <= e.at and (n.valid_to is null or n.valid_to >= e.at)
      join connections c on c.organisation_id = n.organisation_id and c.id = n.connection_id
      where e.organisation_id = ${actor.organisationId} and e.change_id = any(${arrayOf(changeIds)}::uuid[]) and c.state <> 'deleting'
        and (own.connection_id is null or own.connection_id = c.id)) as shown
    group by change_id, node_id`)
  return new Map(rows.map(({ count, first, ...of }) => [keyOf(of), { count, first }]))
}

/** The roles that are known in an organisation, each once, by name. */
export async function listKnownRoles(actor: Actor): Promise<{ id: string; name: string | null }[]> {
  const db = await getDb(actor)
  return db
    .select({ id: roleDefinitions.id, name: sql<string | null>`min(${roleDefinitions.name})` })
    .from(roleDefinitions)
    .where(eq(roleDefinitions.organisationId, actor.organisationId))
    .groupBy(roleDefinitions.id)
    .orderBy(sql`min(${roleDefinitions.sortName})`, roleDefinitions.id)
}
