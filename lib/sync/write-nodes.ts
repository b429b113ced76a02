import { createHash } from 'node:crypto'
import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { nodesOfLastResult } from '@/db/queries/snapshot'
import { assignments, connectionNodes, denyAssignments, nodes, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { isAnyOf } from '@/db/text-array'
import { type Common, type IntervalRow, type Told, writeIntervals } from '@/db/write-intervals'
import type { DenyAssignment, HeldAssignment } from '@/lib/domain/access'
import type { NodeList, ScopeLevel } from '@/lib/domain/vocabulary'
import type { ReadAccess } from './read-access'

export type NodeRow = typeof nodes.$inferSelect

/** The account and the run that write, and the subscription that was read. */
export type NodesWrite = Common & { accountId: string; tenantId: string; connectionId: string; subscriptionId: string }

/**
 * A node whose assignments or denials read differently than stored, with whom the assignments name that began, ended or are known
 * differently. Null for more than can be told one by one, for a node that is new, and where a role amounts to something else now.
 */
export type ChangedNode = {
  id: string
  named: Told<'principalId' | 'principalKind'>
  /** Whether no result has shown it before, so that nothing that is read of it is known to be new. */
  isNew: boolean
  /** The lists that had never been read of it before. */
  unknownBefore: NodeList[]
}

/** The nodes of a subscription, the root first, the ids of those of the last result, those that changed, and the rows written. */
type WrittenNodes = { nodes: NodeRow[]; chainBefore: string[]; changed: ChangedNode[]; written: number }

/**
 * Brings the assignments and denials of the nodes above a subscription and of its own to what was read, by differences. A node
 * that a run which began later has written already is left alone.
 */
export async function writeNodes(tx: Transaction, write: NodesWrite, read: ReadAccess): Promise<WrittenNodes> {
  const scopes = listScopes(write.subscriptionId, read)
  const found = await makeNodes(tx, write, scopes)
  const changed: ChangedNode[] = []
  let written = 0
  const amounts = await readAmounts(tx, write, { ids: read.assignments.map(({ roleId }) => roleId) })
  const newer = await listReadSince(tx, write, read.beganAt)
  const chainBefore = (await readChain(tx, write)).map(({ nodeId }) => nodeId)
  const shown = await listShown(tx, write, found)
  for (const node of found) {
    if (newer.has(node.id)) continue
    const isHere = ({ scope, scopeLevel }: Placed) =>
      nodeScopeOf(scope, scopeLevel, write.subscriptionId) === node.scope
    const own = { held: read.assignments.filter(isHere), denies: read.denies.filter(isHere) }
    // The subscription was moved below it a moment ago, and its list of assignments may still be the one from before.
    const isNew = node.digest !== null && !chainBefore.includes(node.id)
    if (isNew && own.held.length === 0 && own.denies.length === 0) continue
    const { digests, named, rows } = await writeLists(tx, write, node, { ...own, amounts }, read)
    written += rows
    if (digests.digest === node.digest && digests.denialsDigest === node.denialsDigest) continue
    const isFirst = !shown.has(node.id)
    changed.push({ id: node.id, named, isNew: isFirst, unknownBefore: node.neverRead })
    const neverRead = NODE_LISTS.filter((list) => read.refused[list] && (isFirst || node.neverRead.includes(list)))
    await tx
      .update(nodes)
      .set({ ...digests, neverRead })
      .where(and(eq(nodes.organisationId, write.organisationId), eq(nodes.id, node.id)))
  }
  return { nodes: found, chainBefore, changed, written }
}

const NODE_LISTS: readonly NodeList[] = ['eligible', 'delegations']

/** Those of some nodes that a result has shown before. */
async function listShown(tx: Transaction, { organisationId }: NodesWrite, some: NodeRow[]): Promise<Set<string>> {
  const ids = some.map(({ id }) => id)
  const found = await tx
    .selectDistinct({ id: connectionNodes.nodeId })
    .from(connectionNodes)
    .where(and(eq(connectionNodes.organisationId, organisationId), inArray(connectionNodes.nodeId, ids)))
  return new Set(found.map(({ id }) => id))
}

/** The node at which Azure keeps what is granted at a scope. */
function nodeScopeOf(scope: string, level: ScopeLevel, subscriptionId: string): string {
  if (level === 'root') return '/'
  return level === 'management_group' ? scope.toLowerCase() : `/subscriptions/${subscriptionId}`
}

type Placed = { scope: string; scopeLevel: ScopeLevel }

/**
 * The nodes that a subscription's access is kept at, the root first. Where the management groups above it could not be read, those
 * at which something is listed: of one that lists nothing any more it is not known whether the subscription was moved from it, so
 * the group leaves the chain, and what is stored of it stays.
 */
function listScopes(subscriptionId: string, { assignments: held, denies, chain }: ReadAccess): string[] {
  const above = (chain ?? []).map((id) => `/providers/microsoft.management/managementgroups/${id.toLowerCase()}`)
  const named = [...held, ...denies]
    .filter(({ scopeLevel }) => scopeLevel === 'management_group')
    .map(({ scope }) => scope.toLowerCase())
  return ['/', ...new Set([...above, ...named.sort()]), `/subscriptions/${subscriptionId}`]
}

async function makeNodes(tx: Transaction, write: NodesWrite, scopes: string[]): Promise<NodeRow[]> {
  const { organisationId, accountId, tenantId } = write
  const select = () =>
    tx
      .select()
      .from(nodes)
      .where(
        and(eq(nodes.organisationId, organisationId), eq(nodes.accountId, accountId), inArray(nodes.scope, scopes)),
      )
  let found = await select()
  if (found.length < scopes.length) {
    const made = scopes.map((scope) => ({ organisationId, accountId, tenantId, scope }))
    await tx.insert(nodes).values(made).onConflictDoNothing()
    found = await select()
  }
  const byScope = new Map(found.map((node) => [node.scope, node]))
  return scopes.flatMap((scope) => byScope.get(scope) ?? [])
}

/** The nodes of the account that a reading is stored of which began later than this one. */
async function listReadSince(tx: Transaction, { organisationId, accountId }: NodesWrite, beganAt: Date) {
  const found = await tx
    .selectDistinct({ id: connectionNodes.nodeId })
    .from(connections)
    .innerJoin(connectionNodes, nodesOfLastResult)
    .where(
      and(
        eq(connections.organisationId, organisationId),
        eq(connections.accountId, accountId),
        gt(connections.readAt, beganAt),
      ),
    )
  return new Set(found.map(({ id }) => id))
}

/** What was read of a node, and what the roles amount to that are held at it. */
type OfNode = { held: HeldAssignment[]; denies: DenyAssignment[]; amounts: Amounts }

/** Writes those lists of a node whose digests differ. */
async function writeLists(
  tx: Transaction,
  write: NodesWrite,
  node: NodeRow,
  { held, denies, amounts }: OfNode,
  { refused, beganAt }: ReadAccess,
) {
  const { organisationId, tenantId, runId, at } = write
  const common: Common = { organisationId, nodeId: node.id, tenantId, runId, at }
  const assignmentRows = held.map(assignmentRow)
  const denialRows = denies.map(denialRow)
  // What a role amounts to is part of what its holders are made from, and what was refused is not told by the rows.
  const ofRoles = digestOfAmounts(
    amounts,
    held.map(({ roleId }) => roleId),
  )
  const without = NODE_LISTS.map((list) => (refused[list] ? `without ${list}` : ''))
  const digest = `${digestOf(assignmentRows, without)} ${ofRoles}`
  // A refused list says nothing of denials; what is stored of them stays.
  const denialsDigest = refused.denials ? node.denialsDigest : digestOf(denialRows)
  let rows = 0
  let named: ChangedNode['named'] = []
  if (digest !== node.digest) {
    const heldBefore = await readAmounts(tx, write, { nodeId: node.id })
    const isSameRoles = node.digest?.split(' ')[1] === digestOfAmounts(heldBefore, [...heldBefore.keys()])
    // The key holds the scope, and Azure never changes the others of an assignment.
    const carried = ['scope', 'scopeLevel', 'startsAt', 'createdOn', 'createdBy'] as const
    // What other runs have read of eligible roles meanwhile is not closed by one that was refused them.
    const only = refused.eligible
      ? sql`(t.key not like 'eligible %' or t.key in (select key from incoming) or t.valid_from <= ${beganAt.toISOString()})`
      : undefined
    const { written, told } = await writeIntervals(
      tx,
      common,
      { table: assignments, carried, refreshed: ['readAt'], only, tell: ['principalId', 'principalKind'] },
      assignmentRows,
    )
    rows += written
    named = isSameRoles ? told : null
  }
  if (denialsDigest !== node.denialsDigest) {
    const carried = ['scope', 'scopeLevel'] as const // both follow from the key
    const { written } = await writeIntervals(tx, common, { table: denyAssignments, carried }, denialRows)
    rows += written
  }
  return { digests: { digest, denialsDigest }, named, rows }
}

const assignmentRow = (one: HeldAssignment): IntervalRow<typeof assignments> => ({
  key: one.key,
  principalId: one.principalId,
  principalKind: one.principalKind,
  roleId: one.roleId,
  scope: one.scope,
  scopeLevel: one.scopeLevel,
  kind: one.kind,
  startsAt: one.startsAt,
  endsAt: one.endsAt,
  condition: one.condition,
  createdOn: one.createdOn,
  createdBy: one.createdBy,
  readAt: one.readAt,
})

const denialRow = (one: DenyAssignment): IntervalRow<typeof denyAssignments> => ({
  key: one.key,
  name: one.name,
  description: one.description,
  scope: one.scope,
  scopeLevel: one.scopeLevel,
  permissions: one.permissions,
  principals: one.principals,
  excluded: one.excluded,
  sparesChildren: one.sparesChildren,
  systemProtected: one.systemProtected,
})

/** The digest of a list, whatever order its rows came in. */
const digestOf = (rows: readonly { key: string }[], more: readonly string[] = []): string =>
  createHash('sha256')
    .update(JSON.stringify([rows.toSorted((one, other) => (one.key < other.key ? -1 : 1)), more]))
    .digest('base64url')

/** What roles amount to, as texts, by their ids. */
type Amounts = ReadonlyMap<string, string>

/** What is stored of roles: of these, or of those that the stored assignments of a node name. */
async function readAmounts(
  tx: Transaction,
  { organisationId, tenantId }: NodesWrite,
  of: { ids: string[] } | { nodeId: string },
): Promise<Amounts> {
  const { id, privilege, privileged, ownerEquivalent } = roleDefinitions
  const named =
    'ids' in of
      ? isAnyOf(id, [...new Set(of.ids)])
      : inArray(
          id,
          tx
            .select({ id: assignments.roleId })
            .from(assignments)
            .where(
              and(
                eq(assignments.organisationId, organisationId),
                eq(assignments.nodeId, of.nodeId),
                isNull(assignments.validTo),
              ),
            ),
        )
  const found = await tx
    .select({ id, privilege, privileged, ownerEquivalent })
    .from(roleDefinitions)
    .where(and(eq(roleDefinitions.organisationId, organisationId), eq(roleDefinitions.tenantId, tenantId), named))
  return new Map(found.map((role) => [role.id, [role.privilege, role.privileged, role.ownerEquivalent].join(' ')]))
}

/** The digest of what these roles amount to. */
function digestOfAmounts(amounts: Amounts, roleIds: readonly string[]): string {
  const said = [...new Set(roleIds)].sort().map((id) => `${id} ${amounts.get(id) ?? ''}`)
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url')
}

/** The nodes that are above a connection's subscription by its last result, the root first. */
const readChain = (tx: Transaction, { organisationId, connectionId }: NodesWrite) =>
  tx
    .select({ nodeId: connectionNodes.nodeId })
    .from(connectionNodes)
    .where(
      and(
        eq(connectionNodes.organisationId, organisationId),
        eq(connectionNodes.connectionId, connectionId),
        isNull(connectionNodes.validTo),
      ),
    )
    .orderBy(connectionNodes.place)

/** Writes which nodes are above a connection's subscription now. Gives the rows written. */
export async function writeChain(tx: Transaction, write: NodesWrite, chain: readonly NodeRow[]): Promise<number> {
  const { organisationId, connectionId, runId, at } = write
  const current = await readChain(tx, write)
  if (current.map(({ nodeId }) => nodeId).join() === chain.map(({ id }) => id).join()) return 0
  const rows = chain.map(({ id }, place): IntervalRow<typeof connectionNodes> & { nodeId: string } => ({
    nodeId: id,
    place,
  }))
  const { written } = await writeIntervals(
    tx,
    { organisationId, connectionId, runId, at },
    { table: connectionNodes },
    rows,
  )
  return written
}
