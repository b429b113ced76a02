import { and, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { type ChangeRow, getChange } from '@/db/queries/changes'
import { keyset, type Page, readPageOrFirst } from '@/db/queries/keyset'
import { assignments, nodes } from '@/db/schema/access'
import { groupMembers } from '@/db/schema/directory'
import { syncRuns } from '@/db/schema/runs'
import { arrayOf } from '@/db/text-array'
import { DATASET_OF_LIST, listOfMember } from '@/lib/domain/group-coverage'
import type { Cursor } from '@/lib/domain/views'
import type { Effect, PrincipalKind, ScopeLevel } from '@/lib/domain/vocabulary'
import { type CauseRow, findEffects } from './find-effects'
import type { Moment } from './moment'

/** What a change did for one principal: a role at a scope, gained say. */
export type Reached = {
  principalId: string
  principalKind: PrincipalKind
  principalName: string | null
  email: string | null
  effect: Effect
  roleId: string
  roleName: string | null
  scope: string
  scopeLevel: ScopeLevel
  eligible: boolean
  nodeId: string
}

/**
 * Opens a change: whom it reached, and what each of them gained or lost by it, by name. That is not stored but follows from what was
 * valid at that moment and just before it. Only what the asked connections show is opened.
 *
 * @param connectionId one connection, or null for all of the organisation
 */
export async function openChange(
  actor: Actor,
  changeId: string,
  { connectionId, cursor }: { connectionId: string | null; cursor: Cursor | null },
  limit = 50,
): Promise<{ change: ChangeRow; reached: Page<Reached> } | null> {
  const change = await getChange(actor, changeId, connectionId)
  if (!change) return null
  const shown = [...new Set(change.effects.map(({ nodeId }) => nodeId))]
  const db = await getDb(actor)
  return db.transaction(async (tx) => {
    if (change.connectionId) await findMoved(tx, actor, change)
    else await findEffects(tx, momentOf(actor, change), await listCauseRows(tx, momentOf(actor, change), change))
    const reached = await readPageOrFirst(cursor, (at) => readReached(tx, actor, change, shown, at, limit))
    return { change, reached }
  })
}

const momentOf = ({ organisationId }: Actor, { accountId, at }: ChangeRow): Moment => ({
  organisationId,
  accountId,
  at,
})

/** The rows that belong to a change: see {@link CauseRow}. */
async function listCauseRows(tx: Transaction, moment: Moment, change: ChangeRow): Promise<CauseRow[]> {
  const { id: changeId, cause, turn, nodeId, key, groupId, principalId, kind, roleId } = change
  const alters = turn === 'changed'
  if (nodeId && key) return [{ changeId, nodeId, key, alters }]
  if (cause === 'membership' && groupId && principalId && kind)
    return [{ changeId, groupId, memberId: principalId, membership: kind }]
  if (cause === 'person' && principalId) return [{ changeId, principalId, alters: true }]
  if (cause === 'role' && roleId) return listHoldings(tx, moment, changeId, roleId)
  if (nodeId) return listFirstRead(tx, moment, change, nodeId)
  return groupId ? listMemberRows(tx, moment, change, groupId) : []
}

/** The assignments of a role that were there before the moment and were so after it. */
async function listHoldings(tx: Transaction, moment: Moment, changeId: string, roleId: string) {
  const { organisationId, accountId, at } = moment
  const found = await tx
    .select({ nodeId: assignments.nodeId, key: assignments.key })
    .from(assignments)
    .innerJoin(nodes, and(eq(nodes.organisationId, assignments.organisationId), eq(nodes.id, assignments.nodeId)))
    .where(
      and(
        eq(nodes.organisationId, organisationId),
        eq(nodes.accountId, accountId),
        eq(assignments.roleId, roleId),
        lt(assignments.validFrom, at),
        or(isNull(assignments.validTo), gt(assignments.validTo, at)),
      ),
    )
  return found.map((row) => ({ changeId, ...row, alters: true }))
}

/** The assignments of a list that was read for the first time. */
async function listFirstRead(tx: Transaction, { organisationId, at }: Moment, change: ChangeRow, nodeId: string) {
  const isOfList =
    change.detail.list === 'delegations'
      ? sql`key like 'delegated %'`
      : sql`key not like 'delegated %' and kind = 'eligible'`
  const found = await tx
    .select({ key: assignments.key })
    .from(assignments)
    .where(
      and(
        eq(assignments.organisationId, organisationId),
        eq(assignments.nodeId, nodeId),
        eq(assignments.validFrom, at),
        isOfList,
      ),
    )
  return found.map(({ key }) => ({ changeId: change.id, nodeId, key }))
}

/** The memberships of a group, those of one of its lists, that began or ended together. */
async function listMemberRows(tx: Transaction, moment: Moment, change: ChangeRow, groupId: string) {
  const { groupId: ofGroup, memberId, memberKind, membership, validFrom, validTo } = groupMembers
  const found = await tx
    .select({ memberId, memberKind, membership })
    .from(groupMembers)
    .where(
      and(
        eq(groupMembers.organisationId, moment.organisationId),
        eq(groupMembers.accountId, moment.accountId),
        eq(ofGroup, groupId),
        change.turn === 'begun' ? eq(validFrom, moment.at) : eq(validTo, moment.at),
      ),
    )
  return found
    .filter(
      (one) =>
        DATASET_OF_LIST[listOfMember({ kind: one.memberKind, membership: one.membership })] === change.detail.list,
    )
    .map((one) => ({ changeId: change.id, groupId, memberId: one.memberId, membership: one.membership }))
}

/**
 * Puts into the table `effects` what a subscription inherits since it came under other management groups, and what it inherited from those
 * that it left: all that is held at these nodes, at the time of the change or when the result before it was published.
 */
async function findMoved(tx: Transaction, actor: Actor, change: ChangeRow): Promise<void> {
  const [last] = await tx
    .select({ at: sql<Date | null>`max(${syncRuns.finishedAt})`.mapWith(syncRuns.finishedAt) })
    .from(syncRuns)
    .where(
      and(
        eq(syncRuns.organisationId, actor.organisationId),
        eq(syncRuns.connectionId, change.connectionId ?? ''),
        eq(syncRuns.state, 'succeeded'),
        lt(syncRuns.finishedAt, change.at),
      ),
    )
  const nodesWith = (effects: Effect[]) =>
    change.effects.filter(({ effect }) => effects.includes(effect)).map(({ nodeId }) => nodeId)
  await tx.execute(sql`drop table if exists effects`)
  await tx.execute(sql`
    create temporary table effects on commit drop as
    ${heldAt(actor, change, nodesWith(['gained', 'seen']), change.at, 'gained')}
    union ${heldAt(actor, change, nodesWith(['lost', 'unseen']), last?.at ?? change.at, 'lost')}`)
}

/** Everything that is held at some nodes at a moment, directly and through groups. */
function heldAt(actor: Actor, change: ChangeRow, nodeIds: string[], moment: Date, effect: Effect): SQL {
  const at = sql`${moment.toISOString()}::timestamptz`
  const isValid = (row: string) => {
    const [from, to] = [sql.raw(`${row}.valid_from`), sql.raw(`${row}.valid_to`)]
    return sql`${from} <= ${at} and (${to} is null or ${to} > ${at})`
  }
  const ofNodes = sql`a.organisation_id = ${actor.organisationId} and a.node_id = any(${arrayOf(nodeIds)}::uuid[]) and ${isValid('a')}`
  const ofAccount = (row: string) =>
    sql`${sql.raw(row)}.organisation_id = a.organisation_id and ${sql.raw(row)}.account_id = o.account_id and ${isValid(row)}`
  return sql`
    select ${change.id}::uuid as change_id, a.node_id, a.principal_id, a.principal_kind, a.role_id, a.scope, a.scope_level,
      a.kind = 'eligible' as eligible, ${effect}::text as effect
    from assignments a where ${ofNodes} and a.principal_kind <> 'group'
    union
    select ${change.id}::uuid, a.node_id, m.member_id, m.member_kind, a.role_id, a.scope, a.scope_level,
      a.kind = 'eligible' or n.membership = 'eligible' or m.membership = 'eligible', ${effect}::text
    from assignments a join nodes o on o.organisation_id = a.organisation_id and o.id = a.node_id
    join group_nesting n on ${ofAccount('n')} and n.group_id = a.principal_id
    join group_members m on ${ofAccount('m')} and m.group_id = n.inner_id and m.member_kind <> 'group'
    where ${ofNodes}`
}

/** A page of the table `effects`, by name. */
async function readReached(
  tx: Transaction,
  actor: Actor,
  { cause, tenantId }: ChangeRow,
  shown: string[],
  cursor: Cursor | null,
  limit: number,
): Promise<Page<Reached>> {
  const told = cause === 'reading' ? sql`case e.effect when 'gained' then 'seen' else 'unseen' end` : sql`e.effect`
  const keys = ['sort_name', 'principal_id', 'role_id', 'scope_key', 'node_id', 'told', 'is_eligible'].map((name) =>
    sql.raw(name),
  )
  const { beyond, order, fetch, at, page } = keyset(keys, 'asc', cursor, limit)
  const { rows } = await tx.execute<Reached & { at: string[] }>(sql`
    select ${at} as at, principal_id as "principalId", principal_kind as "principalKind", name as "principalName", email, told as effect,
      role_id as "roleId", role_name as "roleName", scope, scope_level as "scopeLevel", eligible, node_id as "nodeId"
    from (
      select distinct e.node_id::text, e.principal_id, e.principal_kind, e.role_id, e.scope, lower(e.scope) as scope_key, e.scope_level, e.eligible,
        e.eligible::text as is_eligible, ${told} as told, p.name, p.email, r.name as role_name, coalesce(p.sort_name, e.principal_id) as sort_name
      from effects e
      left join principals p on p.organisation_id = ${actor.organisationId} and p.tenant_id = ${tenantId} and p.id = e.principal_id
      left join role_definitions r on r.organisation_id = ${actor.organisationId} and r.tenant_id = ${tenantId} and r.id = e.role_id
      where e.node_id = any(${arrayOf(shown)}::uuid[])) as reached
    ${beyond ? sql`where ${beyond}` : sql``}
    order by ${sql.join(order, sql`, `)} limit ${fetch}`)
  return page(rows)
}
