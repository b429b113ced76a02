import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { assignments, holders, nodes, roleDefinitions } from '@/db/schema/access'
import { directoryGroups, GROUP_AGES, groupMembers, groupNesting, principals } from '@/db/schema/directory'
import { arrayOf, isAnyOf } from '@/db/text-array'
import { type IntervalRow, writeIntervals } from '@/db/write-intervals'
import { SORT_NAME_LENGTH } from '@/lib/directory/write-principals'
import type { AccessOfNode, Holder, HolderFacts, ReadGroup } from '@/lib/domain/access'
import { listOfMember } from '@/lib/domain/group-coverage'
import { summariseHolders } from '@/lib/domain/holders'
import type { NodesWrite } from './write-nodes'

/**
 * Makes the holders of nodes anew from what is stored: assignments, groups, members, principals and roles. They are made in the
 * transaction that changes any of these, so that readers never see holders that do not belong to what they were made from.
 *
 * @returns the rows written
 */
export async function makeHolders(tx: Transaction, write: NodesWrite, nodeIds: string[]): Promise<number> {
  if (nodeIds.length === 0) return 0
  const held = await readAssignments(tx, write, nodeIds)
  const roles = await readRoles(tx, write, nodeIds)
  const groups = await readGroups(tx, write, held)
  const ids = new Set([
    ...held.map(({ principalId }) => principalId),
    ...groups.groups.values().flatMap(({ members }) => members.map(({ id }) => id)),
  ])
  const known = await readPrincipals(tx, write, [...ids])
  const byNode = Map.groupBy(held, ({ nodeId }) => nodeId)
  let written = 0
  for (const nodeId of nodeIds) {
    const own = byNode.get(nodeId) ?? []
    const access = { assignments: own, roles, ...groups, principals: withUnknown(known, own, groups.groups) }
    written += await writeHolders(tx, { ...write, nodeId }, summariseHolders(access))
  }
  await tx
    .update(nodes)
    .set({ changedAt: write.at })
    .where(and(eq(nodes.organisationId, write.organisationId), inArray(nodes.id, nodeIds)))
  return written
}

/** The nodes of an account whose holders are reached through some groups. */
export async function listNodesThroughGroups(tx: Transaction, write: NodesWrite, groupIds: SQL): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select distinct a.node_id as id from assignments a
    join nodes n on n.organisation_id = a.organisation_id and n.id = a.node_id
    join group_nesting g on g.organisation_id = n.organisation_id and g.account_id = n.account_id and g.group_id = a.principal_id
    where n.organisation_id = ${write.organisationId} and n.account_id = ${write.accountId} and a.valid_to is null
      and (g.valid_to is null or g.valid_to = ${write.at.toISOString()}) and g.inner_id = any(${groupIds})`)
  return rows.map(({ id }) => id)
}

/** The nodes of an account of which a holder is known differently now: disabled, say, or under another name. */
export async function listNodesOfPrincipals(tx: Transaction, write: NodesWrite, principalIds: SQL): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select distinct h.node_id as id from holders h
    join nodes n on n.organisation_id = h.organisation_id and n.id = h.node_id
    join principals p on p.organisation_id = h.organisation_id and p.tenant_id = h.tenant_id and p.id = h.principal_id
    where n.organisation_id = ${write.organisationId} and n.account_id = ${write.accountId} and h.valid_to is null
      and h.principal_id = any(${principalIds})
      and (h.kind, h.status, h.guest, h.sort_name) is distinct from (p.kind, p.status, p.guest, p.sort_name)`)
  return rows.map(({ id }) => id)
}

/** The nodes of an account that know one of the holders differently than those that were made anew just now. */
export const listNodesThatDiffer = (tx: Transaction, write: NodesWrite, made: string[]): Promise<string[]> =>
  listNodesOfPrincipals(
    tx,
    write,
    sql`array(select h.principal_id from holders h where h.organisation_id = ${write.organisationId}
      and h.node_id::text = any(${arrayOf(made)}) and h.valid_from = ${write.at.toISOString()}::timestamptz)`,
  )

const currentAt = ({ organisationId }: NodesWrite, nodeIds: string[]) =>
  and(eq(assignments.organisationId, organisationId), inArray(assignments.nodeId, nodeIds), isNull(assignments.validTo))

const readAssignments = (tx: Transaction, write: NodesWrite, nodeIds: string[]) =>
  tx
    .select({
      nodeId: assignments.nodeId,
      principalId: assignments.principalId,
      principalKind: assignments.principalKind,
      roleId: assignments.roleId,
      scope: assignments.scope,
      scopeLevel: assignments.scopeLevel,
      kind: assignments.kind,
      endsAt: assignments.endsAt,
      readAt: assignments.readAt,
    })
    .from(assignments)
    .where(currentAt(write, nodeIds))

async function readRoles(tx: Transaction, write: NodesWrite, nodeIds: string[]): Promise<AccessOfNode['roles']> {
  const { organisationId, tenantId } = write
  const found = await tx
    .select({
      id: roleDefinitions.id,
      privilege: roleDefinitions.privilege,
      privileged: roleDefinitions.privileged,
      ownerEquivalent: roleDefinitions.ownerEquivalent,
    })
    .from(roleDefinitions)
    .where(
      and(
        eq(roleDefinitions.organisationId, organisationId),
        eq(roleDefinitions.tenantId, tenantId),
        inArray(
          roleDefinitions.id,
          tx.selectDistinct({ id: assignments.roleId }).from(assignments).where(currentAt(write, nodeIds)),
        ),
      ),
    )
  return new Map(found.map((role) => [role.id, role]))
}

const ofAccount = (
  table: typeof groupNesting | typeof directoryGroups | typeof groupMembers,
  { organisationId, accountId }: NodesWrite,
) => and(eq(table.organisationId, organisationId), eq(table.accountId, accountId), isNull(table.validTo))

/**
 * The groups that hold an assignment, and those inside them, with everyone in them. They are asked for by their ids, so that no
 * statement depends on what the database guesses about rows that were written a moment ago.
 */
async function readGroups(
  tx: Transaction,
  write: NodesWrite,
  held: { principalId: string; principalKind: HolderFacts['kind'] }[],
): Promise<Pick<AccessOfNode, 'groups' | 'sizes'>> {
  const roots = held.filter(({ principalKind }) => principalKind === 'group').map(({ principalId }) => principalId)
  const inside = await tx
    .selectDistinct({ id: groupNesting.innerId })
    .from(groupNesting)
    .where(and(ofAccount(groupNesting, write), isAnyOf(groupNesting.groupId, [...new Set(roots)])))
  const ids = [...new Set(inside.map(({ id }) => id))]
  const found = await tx
    .select({
      id: directoryGroups.groupId,
      state: directoryGroups.state,
      size: directoryGroups.members,
      ages: GROUP_AGES,
    })
    .from(directoryGroups)
    .where(and(ofAccount(directoryGroups, write), isAnyOf(directoryGroups.groupId, ids)))
  const groups = new Map<string, ReadGroup>(
    found.map(({ id, state, ages }) => [id, { id, state, members: [], owners: [], ages }]),
  )
  const members = await tx
    .select({
      groupId: groupMembers.groupId,
      id: groupMembers.memberId,
      kind: groupMembers.memberKind,
      membership: groupMembers.membership,
      endsAt: groupMembers.endsAt,
      readAt: groupMembers.readAt,
    })
    .from(groupMembers)
    .where(and(ofAccount(groupMembers, write), isAnyOf(groupMembers.groupId, ids)))
  for (const { groupId, ...member } of members) {
    const group = groups.get(groupId)
    const readAt = member.readAt ?? group?.ages[listOfMember(member)] ?? null
    group?.members.push({ ...member, readAt, agent: false })
  }
  return { groups, sizes: new Map(found.flatMap(({ id, size }) => (size === null ? [] : [[id, size]]))) }
}

async function readPrincipals(
  tx: Transaction,
  { organisationId, tenantId }: NodesWrite,
  ids: string[],
): Promise<Map<string, HolderFacts>> {
  const found = await tx
    .select({
      id: principals.id,
      kind: principals.kind,
      status: principals.status,
      guest: principals.guest,
      variety: principals.variety,
    })
    .from(principals)
    .where(
      and(
        eq(principals.organisationId, organisationId),
        eq(principals.tenantId, tenantId),
        isAnyOf(principals.id, ids),
      ),
    )
  return new Map(found.map(({ id, ...facts }) => [id, facts]))
}

/** Adds those of whom no principal is stored. They have access all the same, and are shown as not readable. */
function withUnknown(
  known: ReadonlyMap<string, HolderFacts>,
  held: { principalId: string; principalKind: HolderFacts['kind'] }[],
  groups: ReadonlyMap<string, ReadGroup>,
): ReadonlyMap<string, HolderFacts> {
  const unknown = new Map<string, HolderFacts>()
  const add = (id: string, kind: HolderFacts['kind']) => {
    if (!known.has(id)) unknown.set(id, { kind, status: 'not_readable', guest: null, variety: null })
  }
  for (const { principalId, principalKind } of held) add(principalId, principalKind)
  for (const { members } of groups.values()) for (const { id, kind } of members) add(id, kind)
  return unknown.size === 0 ? known : new Map([...known, ...unknown])
}

async function writeHolders(
  tx: Transaction,
  write: NodesWrite & { nodeId: string },
  summed: Holder[],
): Promise<number> {
  const { organisationId, nodeId, tenantId, runId, at } = write
  const rows = summed.values().map(
    ({ principalId, kind, status, guest, signals, summary }): IntervalRow<typeof holders, 'sortName'> => ({
      principalId,
      kind,
      status,
      guest: guest ?? false,
      sortName: null,
      strongest: summary.shown.strength,
      roleId: summary.shown.roleId,
      scope: summary.shown.scope,
      scopeLevel: summary.shown.level,
      assignmentKind: summary.shown.kind,
      groupId: summary.groupId,
      eligibleRoleId: summary.eligibleBest?.roleId ?? null,
      eligibleStrongest: summary.eligibleBest?.strength ?? null,
      rank: summary.rank,
      grants: summary.grants,
      direct: summary.direct,
      eligible: summary.eligible,
      groupIds: summary.groupIds,
      heldRoleIds: summary.heldRoles,
      eligibleRoleIds: summary.eligibleRoles,
      unreadSince: summary.unreadSince,
      signals,
    }),
  )
  const complete = sql`update incoming i set sort_name = coalesce((select p.sort_name from principals p
    where p.organisation_id = ${organisationId} and p.tenant_id = ${tenantId} and p.id = i.principal_id), left(i.principal_id, ${SORT_NAME_LENGTH}))`
  const { written } = await writeIntervals<typeof holders, 'sortName'>(
    tx,
    { organisationId, nodeId, tenantId, runId, at },
    { table: holders, carried: ['scopeLevel'], complete },
    rows,
  )
  return written
}
