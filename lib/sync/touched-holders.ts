import { type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { arrayOf } from '@/db/text-array'
import type { StoredGroups } from '@/lib/directory/write-groups'
import { bitOf } from '@/lib/domain/combined-holders'
import type { ChangedNode, NodesWrite } from './write-nodes'

/** Whose rows a change may make different at a node: `everyone`, or these principals. */
type Whom = 'everyone' | ReadonlySet<string>

/**
 * The nodes that a change concerns, with whose holders it touches there. Nobody may be touched at a node that it concerns: who owns a
 * group, say, is counted with the node's result, and makes no holder different.
 */
export type Touched = Map<string, Whom>

/** Principals that are told apart, in the groups that changed and at each node: with more, all holders of a node are made anew. */
const MOST_TOUCHED = 1_000

/**
 * Whom the assignments and groups that a publish has changed touch at which nodes of its account, by what was stored before and
 * by what is stored now. To be asked once nesting is written.
 *
 * A holder is made from its own assignments at the node, from those of the groups it is in, the memberships that lead to it and
 * how these are known, and from what is known of the principal itself. So these are touched:
 * - whom a changed assignment names; if that is a group, everyone inside it, and whoever holds the same directly, since *direct
 *   despite a group* is said of them;
 * - by a changed membership the member; if that is a group, everyone inside it. That is so at all nodes at which a group around
 *   them holds something;
 * - everyone inside a group that is new or known differently, or that became a large one or is none any more.
 *
 * Inside a group is whoever was so before this publish or is now, so that a change does not hide what another one touches: somebody
 * may leave a group in the same publish in which that group loses its role.
 */
export async function findTouched(
  tx: Transaction,
  write: NodesWrite,
  { nodes, groups }: { nodes: ChangedNode[]; groups: StoredGroups },
): Promise<Touched> {
  const touched: Touched = new Map()
  const named = nodes.flatMap((node) => node.named ?? [])
  const memberships = groups.memberships ?? []
  const isGroup = (kind: string) => kind === 'group'
  const opened = new Set([
    ...named.filter(({ principalKind }) => isGroup(principalKind)).map(({ principalId }) => principalId),
    ...memberships.filter(({ memberKind }) => isGroup(memberKind)).map(({ memberId }) => memberId),
    ...(groups.memberships ? groups.wholly : []),
  ])
  const inside = await listInside(tx, write, [...opened])
  const withInside = (id: string, isOpened: boolean): Whom => {
    if (!isOpened) return new Set([id])
    return inside ? new Set([id, ...(inside.get(id) ?? [])]) : 'everyone'
  }

  for (const node of nodes) {
    addTouched(touched, node.id, node.named ? new Set() : 'everyone')
    for (const { principalId, principalKind } of node.named ?? [])
      addTouched(touched, node.id, withInside(principalId, isGroup(principalKind)))
  }
  const ofGroup = new Map<string, Whom>(groups.changed.map((id) => [id, groups.memberships ? new Set() : 'everyone']))
  for (const id of groups.wholly) addTouched(ofGroup, id, withInside(id, true))
  for (const { groupId, memberId, memberKind } of memberships)
    addTouched(ofGroup, groupId, withInside(memberId, isGroup(memberKind)))
  for (const { groupId, nodeIds } of await listNodesThroughGroups(tx, write, groups.changed))
    for (const nodeId of nodeIds) addTouched(touched, nodeId, ofGroup.get(groupId) ?? 'everyone')

  for (const { nodeId, principalIds } of await listHoldingTheSame(tx, write, [...touched.keys()], [...opened]))
    addTouched(touched, nodeId, new Set(principalIds))
  return touched
}

/** Adds whom another change touches at a node, or through a group. */
function addTouched(touched: Touched, id: string, whom: Whom): void {
  const known = touched.get(id)
  if (known === 'everyone' || whom === 'everyone') touched.set(id, 'everyone')
  else touched.set(id, known ? known.union(whom) : whom)
}

/** Whether a row, by its name in the statement, was stored before this publish or is stored now. */
const beforeOrNow = (row: string, { at }: NodesWrite): SQL => {
  const validTo = sql.raw(`${row}.valid_to`)
  return sql`(${validTo} is null or ${validTo} = ${at.toISOString()})`
}

/** Everyone inside some groups, at any depth, groups not counted; null where these are more than are told apart. */
async function listInside(
  tx: Transaction,
  write: NodesWrite,
  groupIds: string[],
): Promise<ReadonlyMap<string, string[]> | null> {
  if (groupIds.length === 0) return new Map()
  if (groupIds.length > MOST_TOUCHED) return null
  const ofAccount = sql`m.organisation_id = ${write.organisationId} and m.account_id = ${write.accountId}`
  const { rows } = await tx.execute<{ outer: string; id: string }>(sql`
    with recursive inside (outer_id, id) as (
      select one, one from unnest(${arrayOf(groupIds)}) as one
      union
      select i.outer_id, m.member_id from inside i join group_members m on ${ofAccount} and m.group_id = i.id
      where m.member_kind = 'group' and ${beforeOrNow('m', write)})
    select distinct i.outer_id as outer, m.member_id as id
    from inside i join group_members m on ${ofAccount} and m.group_id = i.id
    where m.member_kind <> 'group' and ${beforeOrNow('m', write)}
    limit ${MOST_TOUCHED + 1}`)
  if (rows.length > MOST_TOUCHED) return null
  const found = Map.groupBy(rows, ({ outer }) => outer)
  return new Map([...found].map(([outer, pairs]) => [outer, pairs.map(({ id }) => id)]))
}

/** Of each group the nodes of the account whose holders are reached through it, or were so before this publish. */
async function listNodesThroughGroups(tx: Transaction, write: NodesWrite, groupIds: string[]) {
  if (groupIds.length === 0) return []
  const { rows } = await tx.execute<{ groupId: string; nodeIds: string[] }>(sql`
    select g.inner_id as "groupId", array_agg(distinct a.node_id::text) as "nodeIds" from assignments a
    join nodes n on n.organisation_id = a.organisation_id and n.id = a.node_id
    join group_nesting g on g.organisation_id = n.organisation_id and g.account_id = n.account_id and g.group_id = a.principal_id
    where n.organisation_id = ${write.organisationId} and n.account_id = ${write.accountId} and a.valid_to is null
      and ${beforeOrNow('g', write)} and g.inner_id = any(${arrayOf(groupIds)})
    group by g.inner_id`)
  return rows
}

/** Who holds at some nodes directly what one of these groups holds or has held there. */
async function listHoldingTheSame(tx: Transaction, write: NodesWrite, nodeIds: string[], groupIds: string[]) {
  if (nodeIds.length === 0 || groupIds.length === 0) return []
  const { rows } = await tx.execute<{ nodeId: string; principalIds: string[] }>(sql`
    select a.node_id::text as "nodeId", array_agg(distinct a.principal_id) as "principalIds"
    from assignments g join assignments a on a.organisation_id = g.organisation_id and a.node_id = g.node_id
      and a.role_id = g.role_id and a.kind = g.kind and lower(a.scope) = lower(g.scope) and a.principal_id <> g.principal_id
    where g.organisation_id = ${write.organisationId} and g.node_id = any(${arrayOf(nodeIds)}::uuid[])
      and g.principal_id = any(${arrayOf(groupIds)}) and ${beforeOrNow('g', write)} and a.valid_to is null
    group by a.node_id`)
  return rows
}

const ORPHAN = bitOf('orphan')

/** Whether a holder tells otherwise of its principal than is known of it now. */
const DIFFERS = sql`((h.kind, h.status, h.guest, h.sort_name) is distinct from (p.kind, p.status, p.guest, p.sort_name)
  or (h.signals & ${sql.raw(String(ORPHAN))} <> 0) <> (p.status = 'not_found' and p.variety is distinct from 'platform'))`

/**
 * The holders at the nodes of an account that tell otherwise of their principal than is known of it now: that it is enabled, say, or
 * its former name. Looked for are the principals that were read, and those whose holders this publish has made already at some nodes.
 *
 * After each publish all holders of a principal at the nodes of an account tell the same of it. So it is enough to look at one that
 * this publish has not written, and at the others only where that one differs.
 */
export async function findKnownDifferently(
  tx: Transaction,
  write: NodesWrite,
  { read, made }: { read: string[]; made: Touched },
): Promise<Touched> {
  const differing = await listKnownDifferently(tx, write, read, made)
  if (differing.length === 0) return new Map()
  const { rows } = await tx.execute<{ id: string; principals: string[] | null }>(sql`
    select h.node_id::text as id, case when count(*) <= ${MOST_TOUCHED} then array_agg(h.principal_id) end as principals
    from holders h join principals p on p.organisation_id = h.organisation_id and p.tenant_id = h.tenant_id and p.id = h.principal_id
    where h.principal_id = any(${arrayOf(differing)}) and ${isOlderOfAccount(write)} and ${DIFFERS}
    group by h.node_id`)
  return new Map(rows.map(({ id, principals }) => [id, principals ? new Set(principals) : 'everyone']))
}

/** Those of whom a holder that is older than this publish tells otherwise than is known now: one of each is looked at. */
async function listKnownDifferently(tx: Transaction, write: NodesWrite, read: string[], made: Touched) {
  const { organisationId, tenantId, at } = write
  const whole = [...made].filter(([, whom]) => whom === 'everyone').map(([id]) => id)
  const some = made.values().flatMap((whom) => (whom === 'everyone' ? [] : [...whom]))
  const { rows } = await tx.execute<{ id: string }>(sql`
    select p.id from principals p
    cross join lateral (select * from holders h where h.principal_id = p.id and ${isOlderOfAccount(write)} limit 1) as h
    where p.organisation_id = ${organisationId} and p.tenant_id = ${tenantId} and ${DIFFERS}
      and (p.id = any(${arrayOf([...new Set([...read, ...some])])}) or p.id = any(array(
        select h.principal_id from holders h where h.organisation_id = ${organisationId}
          and h.node_id = any(${arrayOf(whole)}::uuid[]) and h.valid_from = ${at.toISOString()}::timestamptz)))`)
  return rows.map(({ id }) => id)
}

/**
 * Whether a holder is a current one at a node of the account that this publish has not written. It is said in a way that fits no
 * index that begins with the node: by one of these each principal would be looked up at each node.
 */
const isOlderOfAccount = ({ organisationId, accountId, at }: NodesWrite): SQL => sql`
  h.organisation_id = ${organisationId} and coalesce(h.valid_to, 'infinity') = 'infinity' and h.valid_from < ${at.toISOString()}::timestamptz
  and h.node_id::text = any(array(
    select n.id::text from nodes n where n.organisation_id = ${organisationId} and n.account_id = ${accountId}))`
