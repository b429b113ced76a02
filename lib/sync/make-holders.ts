import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { jsonChunks } from '@/db/json-records'
import { holders, nodes } from '@/db/schema/access'
import { SORT_NAME_LENGTH } from '@/db/schema/directory'
import { type Common, type IntervalRow, writeIntervals } from '@/db/write-intervals'
import type { Holder } from '@/lib/domain/access'
import { summariseHolders } from '@/lib/domain/holders'
import { readAccessOf, readAccessOfAll, type StoredAccess } from './stored-access'
import type { Touched } from './touched-holders'
import type { NodesWrite } from './write-nodes'

/**
 * Makes holders anew from what is stored: assignments, groups, members, principals and roles. They are made in the transaction that
 * changes any of these, so that readers never see holders that do not belong to what they were made from. Of each node those are
 * made whom the change touches; the rows of all others stay as they are.
 *
 * @returns the rows written
 */
export async function makeHolders(tx: Transaction, write: NodesWrite, touched: Touched): Promise<number> {
  if (touched.size === 0) return 0
  const whole = [...touched].filter(([, whom]) => whom === 'everyone').map(([id]) => id)
  let written = whole.length > 0 ? await makeAll(tx, write, whole) : 0
  for (const some of batchesOf(touched)) written += await makeSome(tx, write, some)
  await tx
    .update(nodes)
    .set({ changedAt: write.at })
    .where(and(eq(nodes.organisationId, write.organisationId), inArray(nodes.id, [...touched.keys()])))
  return written
}

async function makeAll(tx: Transaction, write: NodesWrite, nodeIds: string[]): Promise<number> {
  const { byNode, ...access } = await readAccessOfAll(tx, write, nodeIds)
  let written = 0
  for (const nodeId of nodeIds) {
    const made = summariseHolders({ ...access, assignments: byNode.get(nodeId) ?? [] })
    written += await writeHolders(
      tx,
      write,
      { nodeId },
      made.map((one) => holderRow(one, access.sortNames)),
    )
  }
  return written
}

/** Nodes with whom of them to make anew. */
type Some = Map<string, ReadonlySet<string>>

/** Makes the holders of several nodes with the same few statements, however many the nodes are. */
async function makeSome(tx: Transaction, write: NodesWrite, some: Some): Promise<number> {
  const principalIds = [...new Set(some.values().flatMap((whom) => whom.values()))]
  const { byNode, ...access } = await readAccessOf(tx, write, [...some.keys()], principalIds)
  const rows = some.entries().flatMap(([nodeId, whom]) =>
    summariseHolders({ ...access, assignments: byNode.get(nodeId) ?? [] }, whom).map((one) => ({
      nodeId,
      ...holderRow(one, access.sortNames),
    })),
  )
  await writeTouched(tx, some)
  const only = sql`(t.node_id, t.principal_id) in (select node_id, principal_id from touched)`
  return writeHolders(tx, write, { only }, rows)
}

/** Holders that are made with the same statements: enough for few statements, few enough to be held in memory. */
const MADE_AT_ONCE = 10_000

function* batchesOf(touched: Touched): Generator<Some> {
  let batch: Some = new Map()
  let size = 0
  for (const [nodeId, whom] of touched) {
    if (whom === 'everyone' || whom.size === 0) continue
    batch.set(nodeId, whom)
    size += whom.size
    if (size < MADE_AT_ONCE) continue
    yield batch
    batch = new Map()
    size = 0
  }
  if (batch.size > 0) yield batch
}

/** Puts whom to write into a table, which a statement can look rows up by. */
async function writeTouched(tx: Transaction, some: Some): Promise<void> {
  const pairs = some
    .entries()
    .flatMap(([nodeId, whom]) => whom.values().map((principalId) => ({ nodeId, principalId })))
  await tx.execute(sql`drop table if exists touched`)
  await tx.execute(sql`create temporary table touched (node_id uuid, principal_id text) on commit drop`)
  for (const chunk of jsonChunks(pairs))
    await tx.execute(sql`insert into touched select "nodeId", "principalId"
      from jsonb_to_recordset(${chunk}::jsonb) as record("nodeId" uuid, "principalId" text)`)
  await tx.execute(sql`analyze touched`)
}

/** @param sortNames what lists order principals by, of those of whom something is stored */
const holderRow = (
  { principalId, kind, status, guest, signals, summary }: Holder,
  sortNames: StoredAccess['sortNames'],
): IntervalRow<typeof holders> => ({
  principalId,
  kind,
  status,
  guest: guest ?? false,
  sortName: sortNames.get(principalId) ?? principalId.slice(0, SORT_NAME_LENGTH),
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
})

/** Writes the holders of one node, or those that `only` names. */
async function writeHolders(
  tx: Transaction,
  { organisationId, tenantId, runId, at }: NodesWrite,
  { only, ...owner }: Pick<Common, 'nodeId'> & { only?: SQL },
  rows: Iterable<IntervalRow<typeof holders>>,
): Promise<number> {
  const { written } = await writeIntervals(
    tx,
    { organisationId, ...owner, tenantId, runId, at },
    { table: holders, carried: ['scopeLevel'], ...(only ? { only } : {}) },
    rows,
  )
  return written
}
