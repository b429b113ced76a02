import { and, eq, inArray, isNull, type SQL } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { idRanges } from '@/db/id-ranges'
import { assignments, roleDefinitions } from '@/db/schema/access'
import { directoryGroups, GROUP_AGES, groupMembers, groupNesting, principals } from '@/db/schema/directory'
import { isAnyOf } from '@/db/text-array'
import type { AccessOfNode, HolderFacts, ReadGroup } from '@/lib/domain/access'
import { listOfMember } from '@/lib/domain/group-coverage'
import type { NodesWrite } from './write-nodes'

/** What is stored of the access that is kept at some nodes: all that their holders are made from. */
export type StoredAccess = Omit<AccessOfNode, 'assignments'> & {
  byNode: ReadonlyMap<string, StoredAssignment[]>
  /** What lists order principals by, of those of whom something is stored. */
  sortNames: ReadonlyMap<string, string>
}

type StoredAssignment = AccessOfNode['assignments'][number] & { nodeId: string; principalKind: HolderFacts['kind'] }

/** Principals or members that one statement reads, so that the embedded engine is soon free for somebody else. */
const READ_AT_ONCE = 5_000

/** Reads all of the access that is kept at some nodes, with everyone in the groups that hold something there. */
export async function readAccessOfAll(tx: Transaction, write: NodesWrite, nodeIds: string[]): Promise<StoredAccess> {
  const held = await listAssignments(tx, write, nodeIds)
  const roots = held.filter(({ principalKind }) => principalKind === 'group').map(({ principalId }) => principalId)
  const inside = await listInside(tx, write, [...new Set(roots)])
  const groups = await readGroups(tx, write, { ids: inside, inside })
  const members = groups.groups.values().flatMap((group) => group.members.map(({ id }) => id))
  const ids = new Set([...held.map(({ principalId }) => principalId), ...members])
  return combine(tx, write, held, groups, [...ids])
}

/**
 * Reads what bears on some principals, of the access that is kept at some nodes: their own assignments, those of the groups that
 * they are in, with the ways that lead to them, and those of groups that hold the same as one of them does directly. Everything
 * is asked for by the ids of these principals, so that it does not matter how many others are in their groups.
 */
export async function readAccessOf(
  tx: Transaction,
  write: NodesWrite,
  nodeIds: string[],
  principalIds: string[],
): Promise<StoredAccess> {
  const groupIds = await listRootsAbove(tx, write, principalIds)
  const held = await listAssignments(
    tx,
    write,
    nodeIds,
    isAnyOf(assignments.principalId, [...principalIds, ...groupIds]),
  )
  const wanted = new Set(principalIds)
  const known = new Set([...principalIds, ...groupIds])
  const roleIds = held.filter(({ principalId }) => wanted.has(principalId)).map(({ roleId }) => roleId)
  const alike = await listAssignments(
    tx,
    write,
    nodeIds,
    and(isAnyOf(assignments.roleId, [...new Set(roleIds)]), eq(assignments.principalKind, 'group')),
  )
  held.push(...alike.filter(({ principalId }) => !known.has(principalId)))
  const inside = await listInside(tx, write, groupIds)
  const ids = new Set([...inside, ...alike.map(({ principalId }) => principalId)])
  const groups = await readGroups(tx, write, { ids: [...ids], inside, memberIds: [...principalIds, ...inside] })
  return combine(tx, write, held, groups, principalIds)
}

type Groups = Pick<AccessOfNode, 'groups' | 'sizes'>

async function combine(
  tx: Transaction,
  write: NodesWrite,
  held: StoredAssignment[],
  groups: Groups,
  principalIds: string[],
): Promise<StoredAccess> {
  const roles = await readRoles(tx, write, [...new Set(held.map(({ roleId }) => roleId))])
  const { known, sortNames } = await readPrincipals(tx, write, principalIds)
  const byNode = Map.groupBy(held, ({ nodeId }) => nodeId)
  return { ...groups, byNode, sortNames, roles, principals: withUnknown(known, held, groups.groups) }
}

const listAssignments = (tx: Transaction, { organisationId }: NodesWrite, nodeIds: string[], only?: SQL) =>
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
    .where(
      and(
        eq(assignments.organisationId, organisationId),
        inArray(assignments.nodeId, nodeIds),
        isNull(assignments.validTo),
        only,
      ),
    )

const ofAccount = (
  table: typeof groupNesting | typeof directoryGroups | typeof groupMembers,
  { organisationId, accountId }: NodesWrite,
) => and(eq(table.organisationId, organisationId), eq(table.accountId, accountId), isNull(table.validTo))

/** The groups that hold an assignment anywhere and in which some principals are, at any depth. */
async function listRootsAbove(tx: Transaction, write: NodesWrite, principalIds: string[]): Promise<string[]> {
  const direct = await tx
    .selectDistinct({ id: groupMembers.groupId })
    .from(groupMembers)
    .where(and(ofAccount(groupMembers, write), isAnyOf(groupMembers.memberId, principalIds)))
  const directIds = direct.map(({ id }) => id)
  const roots = await tx
    .selectDistinct({ id: groupNesting.groupId })
    .from(groupNesting)
    .where(and(ofAccount(groupNesting, write), isAnyOf(groupNesting.innerId, directIds)))
  return roots.map(({ id }) => id)
}

/** The groups inside some groups that hold an assignment, these included. */
async function listInside(tx: Transaction, write: NodesWrite, groupIds: string[]): Promise<string[]> {
  const found = await tx
    .selectDistinct({ id: groupNesting.innerId })
    .from(groupNesting)
    .where(and(ofAccount(groupNesting, write), isAnyOf(groupNesting.groupId, groupIds)))
  return found.map(({ id }) => id)
}

/**
 * Some groups with their members. They are asked for by their ids, so that no statement depends on what the database guesses
 * about rows that were written a moment ago.
 *
 * @param inside the groups whose members are read
 * @param memberIds whom of these to read, if not all
 */
async function readGroups(
  tx: Transaction,
  write: NodesWrite,
  { ids, inside, memberIds }: { ids: string[]; inside: string[]; memberIds?: string[] },
): Promise<Groups> {
  const found = await tx
    .select({
      id: directoryGroups.groupId,
      state: directoryGroups.state,
      size: directoryGroups.members,
      direct: directoryGroups.directMembers,
      ages: GROUP_AGES,
    })
    .from(directoryGroups)
    .where(and(ofAccount(directoryGroups, write), isAnyOf(directoryGroups.groupId, ids)))
  const groups = new Map<string, ReadGroup>(
    found.map(({ id, state, ages }) => [id, { id, state, members: [], owners: [], ages }]),
  )
  const about = memberIds ? 0 : found.reduce((sum, { direct, size }) => sum + Math.max(direct ?? 0, size ?? 0), 0)
  for (const range of idRanges(groupMembers.memberId, about, READ_AT_ONCE)) {
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
      .where(
        and(
          ofAccount(groupMembers, write),
          isAnyOf(groupMembers.groupId, inside),
          memberIds && isAnyOf(groupMembers.memberId, memberIds),
          range,
        ),
      )
    for (const { groupId, ...member } of members) {
      const group = groups.get(groupId)
      const readAt = member.readAt ?? group?.ages[listOfMember(member)] ?? null
      group?.members.push({ ...member, readAt, agent: false })
    }
  }
  return { groups, sizes: new Map(found.flatMap(({ id, size }) => (size === null ? [] : [[id, size]]))) }
}

async function readRoles(
  tx: Transaction,
  { organisationId, tenantId }: NodesWrite,
  ids: string[],
): Promise<AccessOfNode['roles']> {
  const { id, privilege, privileged, ownerEquivalent } = roleDefinitions
  const found = await tx
    .select({ id, privilege, privileged, ownerEquivalent })
    .from(roleDefinitions)
    .where(
      and(eq(roleDefinitions.organisationId, organisationId), eq(roleDefinitions.tenantId, tenantId), isAnyOf(id, ids)),
    )
  return new Map(found.map((role) => [role.id, role]))
}

async function readPrincipals(tx: Transaction, { organisationId, tenantId }: NodesWrite, ids: string[]) {
  const { id, kind, status, guest, variety, sortName } = principals
  const known = new Map<string, HolderFacts>()
  const sortNames = new Map<string, string>()
  for (let first = 0; first < ids.length; first += READ_AT_ONCE) {
    const some = isAnyOf(id, ids.slice(first, first + READ_AT_ONCE))
    const found = await tx
      .select({ id, kind, status, guest, variety, sortName })
      .from(principals)
      .where(and(eq(principals.organisationId, organisationId), eq(principals.tenantId, tenantId), some))
    for (const { id: principalId, sortName: name, ...facts } of found) {
      known.set(principalId, facts)
      sortNames.set(principalId, name)
    }
  }
  return { known, sortNames }
}

/** Adds those of whom no principal is stored. They have access all the same, and are shown as not readable. */
function withUnknown(
  known: Map<string, HolderFacts>,
  held: StoredAssignment[],
  groups: ReadonlyMap<string, ReadGroup>,
): ReadonlyMap<string, HolderFacts> {
  const add = (id: string, kind: HolderFacts['kind']) => {
    if (!known.has(id)) known.set(id, { kind, status: 'not_readable', guest: null, variety: null })
  }
  for (const { principalId, principalKind } of held) add(principalId, principalKind)
  for (const { members } of groups.values()) for (const { id, kind } of members) add(id, kind)
  return known
}
