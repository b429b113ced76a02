import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { countResult, type ResultCounts } from '@/db/queries/count-result'
import type { Published } from '@/db/queries/snapshot'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { arrayOf } from '@/db/text-array'
import type { Meter } from '@/lib/azure/client/transport'
import { recordChanges } from '@/lib/changes/record-changes'
import { whereAccount } from '@/lib/connections/account'
import { lockDirectory, whereConnection } from '@/lib/connections/connection'
import { writeGroups } from '@/lib/directory/write-groups'
import { listMissingPrincipals, writePrincipals } from '@/lib/directory/write-principals'
import type { PrincipalFacts } from '@/lib/domain/access'
import { nextSyncAt } from '@/lib/domain/connection-status'
import { FRESH_MINUTES, isGap, isPassing } from '@/lib/domain/coverage'
import type { Schedule } from '@/lib/domain/vocabulary'
import { type ClaimedRun, HEARTBEAT_LOST_SECONDS, RunLost, whereHeldBy } from '@/lib/runs/runs'
import { countChanges } from './count-changes'
import { makeHolders } from './make-holders'
import type { ReadAccess } from './read-access'
import { findKnownDifferently, findTouched, type Touched } from './touched-holders'
import { writeNesting } from './write-nesting'
import { type NodesWrite, writeChain, writeNodes } from './write-nodes'
import { writeRoles } from './write-roles'

/** How long a publish waits for its turn: less than after which its run, whose heartbeats have stopped, counts as lost. */
const LONGEST_WAIT_SECONDS = HEARTBEAT_LOST_SECONDS - 15

/**
 * Publishes what a run read, in the transaction it is given: readers see the old result or the new one, never a mix.
 * It locks the account and the connection first, so that publishes with one account come one after another at rising times, and
 * then checks the fencing number, so that a worker that lost its run writes nothing. Throws {@link RunLost} in that case.
 *
 * What other connections share with this one (the directory, and nodes above the subscription) is written from now on; their
 * readers see it with their own next result.
 *
 * Others read meanwhile. All rows that are written before `holdReaders` is called begin or end at a time that no connection has published
 * yet, so that readers still see the old result. Principals and roles are kept without such times, so a page may show a new name early.
 *
 * @returns how many rows of interval tables were written, and what is to be noted once the transaction has committed
 */
export async function publishAccess(
  tx: Transaction,
  run: ClaimedRun,
  read: ReadAccess,
  meter: Meter,
  holdReaders: () => void,
): Promise<{ written: number; noteStored: () => void }> {
  const { organisationId, connection, account } = run
  const own = whereConnection(organisationId, connection.id)
  // Publishes with one account wait for each other, longer than any statement may take: one that gave up would lose what it read.
  await tx.execute(sql`select set_config('statement_timeout', ${String(LONGEST_WAIT_SECONDS * 1_000)}, true)`)
  const locked = await lockForPublish(tx, run)
  const at = new Date(locked.at)
  const write: NodesWrite = {
    ...{ organisationId, tenantId: connection.tenantId, accountId: account.id, connectionId: connection.id },
    ...{ subscriptionId: connection.subscriptionId, runId: run.id, at },
  }
  await lockDirectory(tx, organisationId, connection.tenantId)
  await tx.execute(sql`set local statement_timeout to default`)
  const stored = await writeFacts(tx, write, read, locked.isFirstOfAccount)
  const chained = await writeChain(tx, write, stored.nodes)
  const published: Published = {
    ...{ id: connection.id, publishedAt: at, accountId: account.id, eligibleRead: read.eligibleRead },
    nodeIds: stored.nodes.map(({ id }) => id),
  }
  const isSame =
    chained === 0 &&
    locked.eligibleRead === read.eligibleRead &&
    !stored.nodes.some(({ id, changedAt }) => stored.made.has(id) || isAfter(changedAt, locked.publishedAt))
  const counts =
    (isSame ? await readCounts(tx, organisationId, locked.publishedRunId) : null) ??
    (await countResult(tx, {
      organisationId,
      tenantId: connection.tenantId,
      published,
      about: read.directory.principals.size,
    }))
  holdReaders()
  const after = locked.readAt && new Date(locked.readAt.getTime() - FRESH_MINUTES * 60_000)
  const { changed, groupIds, made, roles, chainBefore } = stored
  const ids = stored.nodes.map(({ id }) => id)
  const recorded = await recordChanges(
    tx,
    { ...write, after },
    {
      ...{ nodes: changed, groupIds, made, roles },
      moved: locked.publishedAt && {
        joined: ids.filter((id) => !chainBefore.includes(id)),
        left: chainBefore.filter((id) => !ids.includes(id)),
        shownUntil: locked.publishedAt,
        isKnown: read.chain !== null,
      },
    },
  )
  const changes = isSame
    ? { gained: 0, lost: 0 }
    : await countChanges(tx, { organisationId, published, before: locked.publishedAt })
  const written = stored.written + chained + recorded

  const assignments = read.assignments.filter(
    ({ kind, principalKind }) => kind !== 'eligible' && principalKind !== 'delegate',
  ).length
  const { people } = counts
  await tx
    .update(syncRuns)
    .set({
      state: 'succeeded',
      phase: 'done',
      finishedAt: at,
      ...changes,
      ...counts,
      assignments,
      counters: { assignments, people, peopleWanted: people, groups: read.directory.groups.size },
      plan: read.directory.plan,
      coverage: read.coverage,
      gaps: read.coverage.some(isGap),
      calls: meter.calls,
      retries: meter.retries,
      requests: {
        made: meter.ledger.list(),
        directoryReadAt: read.directory.readings.map(({ beganAt }) => beganAt.toISOString()),
      },
      problem: null,
    })
    .where(whereHeldBy(run))
  await tx
    .update(connections)
    .set({
      publishedRunId: run.id,
      publishedAt: at,
      historyBeginsAt: sql`coalesce(${connections.historyBeginsAt}, ${at.toISOString()})`,
      eligibleRead: read.eligibleRead,
      readAt: read.beganAt,
      ...(read.refused.eligible ? {} : { eligibleReadAt: read.beganAt }),
      state: 'active',
      stateReason: null,
      failures: 0,
      nextSyncAt: nextLook(read, locked, at),
      subscriptionName: read.subscription.name,
      subscriptionState: read.subscription.state,
      managementGroups: read.managementGroups,
    })
    .where(own)
  await tx.update(accounts).set({ publishedAt: at }).where(whereAccount(organisationId, account.id))
  return { written, noteStored: () => noteStored(read) }
}

async function lockForPublish(tx: Transaction, run: ClaimedRun) {
  const { organisationId, connection, account } = run
  const [owner] = await tx
    .select({ publishedAt: accounts.publishedAt })
    .from(accounts)
    .where(whereAccount(organisationId, account.id))
    .for('no key update')
  const [locked] = await tx
    .select({
      schedule: connections.schedule,
      publishedAt: connections.publishedAt,
      readAt: connections.readAt,
      publishedRunId: connections.publishedRunId,
      eligibleRead: connections.eligibleRead,
      // Strictly after the last publish of the connection and of the account: what is read as of a time must stay what it was.
      at: sql<string>`greatest(date_trunc('milliseconds', clock_timestamp()), ${connections.publishedAt} + interval '1 millisecond',
        ${owner?.publishedAt?.toISOString() ?? null}::timestamptz + interval '1 millisecond')::text`,
    })
    .from(connections)
    .where(whereConnection(organisationId, connection.id))
    .for('update')
  const [held] = await tx.select({ id: syncRuns.id }).from(syncRuns).where(whereHeldBy(run)).for('update')
  if (!owner || !locked || !held) throw new RunLost()
  return { ...locked, isFirstOfAccount: owner.publishedAt === null }
}

/**
 * Writes every fact where Azure keeps it, by differences, and makes the holders anew whom any of it touches. `made` are the ids of
 * the nodes that it concerns.
 *
 * @param isFirstOfAccount whether no holders of an earlier publish are at its nodes
 */
async function writeFacts(tx: Transaction, write: NodesWrite, access: ReadAccess, isFirstOfAccount: boolean) {
  const roles = await writeRoles(tx, write, access)
  const { nodes, chainBefore, changed, written: ofNodes } = await writeNodes(tx, write, access)
  const principals = await listPrincipalsToWrite(tx, write, access, changed.length > 0)
  let rewritten = 0
  for (const [readAt, rows] of Map.groupBy(principals, ({ id }) => readAtOf(access, id)))
    rewritten += await writePrincipals(tx, write, rows, readAt)
  const groups = await writeGroups(tx, write, access.directory, changed.length > 0)
  let written = ofNodes + groups.written
  await refreshStatistics(tx, written + rewritten, FACTS)
  if (changed.length > 0 || groups.changed.length > 0) {
    const nested = await writeNesting(tx, write, groups.changed)
    await refreshStatistics(tx, nested, ['group_nesting'])
    written += nested
  }
  const touched = await findTouched(tx, write, { nodes: changed, groups })
  let ofHolders = await makeHolders(tx, write, touched)
  // All principals that were read are looked at, not only those just written: another account of the tenant shares their rows
  // and may have written the change already.
  const read = principals.map(({ id }) => id)
  const differing: Touched =
    !isFirstOfAccount && (read.length > 0 || touched.size > 0)
      ? await findKnownDifferently(tx, write, { read, made: touched })
      : new Map()
  ofHolders += await makeHolders(tx, write, differing)
  await refreshStatistics(tx, ofHolders, ['holders'])
  const made = new Set([...touched.keys(), ...differing.keys()])
  return { nodes, chainBefore, changed, groupIds: groups.changed, roles, made, written: written + ofHolders }
}

/**
 * The principals of which their reading has stored nothing yet. Where other assignments were read than before, also those who are
 * not there: they may have been deleted with another subscription since they were stored.
 */
async function listPrincipalsToWrite(
  tx: Transaction,
  { organisationId, tenantId }: NodesWrite,
  { directory, ownPrincipals }: ReadAccess,
  isChanged: boolean,
): Promise<PrincipalFacts[]> {
  const { principals, readingOfPrincipal } = directory
  const isStored = ({ id }: PrincipalFacts) => readingOfPrincipal.get(id)?.stored.principals.has(id) ?? false
  const read = [...principals.values().filter((one) => !isStored(one))]
  if (isChanged) {
    const stored = [...principals.values().filter(isStored)]
    const missing = new Set(await listMissingPrincipals(tx, { organisationId, tenantId }, stored))
    read.push(...stored.filter(({ id }) => missing.has(id)))
  }
  // Of somebody who is told twice the subscription's own reading knows more: the name.
  return [...new Map([...read, ...ownPrincipals.values()].map((one) => [one.id, one])).values()]
}

/** When the reading began that tells what a principal is: that of the directory, or else that of the subscription. */
const readAtOf = ({ directory, beganAt }: ReadAccess, id: string) =>
  directory.readingOfPrincipal.get(id)?.beganAt ?? beganAt

/** Notes what a reading has stored, so that the next connection that publishes with it does not compare it again. */
function noteStored({ directory }: ReadAccess): void {
  for (const id of directory.groups.keys()) directory.readingOf.get(id)?.stored.groups.add(id)
  for (const [id, reading] of directory.readingOfPrincipal) reading.stored.principals.add(id)
}

const isAfter = (one: Date | null, other: Date | null) =>
  one !== null && (other === null || one.getTime() > other.getTime())

/** What the last result added up to, for one that is the same. Null where something of it was not counted yet. */
async function readCounts(tx: Transaction, organisationId: string, runId: string | null): Promise<ResultCounts | null> {
  if (!runId) return null
  const [run] = await tx
    .select({
      people: syncRuns.people,
      others: syncRuns.others,
      unread: syncRuns.unread,
      privileged: syncRuns.privileged,
      ownAssignments: syncRuns.ownAssignments,
      signals: syncRuns.signals,
      roleCounts: syncRuns.roleCounts,
    })
    .from(syncRuns)
    .where(and(eq(syncRuns.organisationId, organisationId), eq(syncRuns.id, runId)))
  return run && run.privileged !== null && run.ownAssignments !== null ? run : null
}

/** Minutes until something is looked at again that will probably be known, or answer, by then. */
const LOOK_AGAIN_MINUTES = 10

/**
 * When the schedule asks for the next sync, or soon, when something is in doubt that a second look decides. A result that
 * was itself such a look is followed by none: what is still in doubt then can be so for long.
 */
function nextLook(
  { coverage, directory }: ReadAccess,
  { schedule, publishedAt }: { schedule: Schedule; publishedAt: Date | null },
  at: Date,
): Date | null {
  const due = nextSyncAt(schedule, at)
  if (publishedAt && at.getTime() - publishedAt.getTime() < 2 * LOOK_AGAIN_MINUTES * 60_000) return due
  const isDoubtful =
    coverage.some(isPassing) || directory.principals.values().some(({ status }) => status === 'unconfirmed')
  if (!due || !isDoubtful) return due
  return new Date(Math.min(due.getTime(), at.getTime() + LOOK_AGAIN_MINUTES * 60_000))
}

/** Rows from which on a publish may change the tables enough to need new statistics. */
const ANALYSE_FROM_ROWS = 1_000

/** How much larger a table is then than when its statistics were made: as much as PostgreSQL's own autovacuum waits for. */
const GROWN = 1.1

/** The tables that holders are made from. */
const FACTS = [
  ...['assignments', 'principals', 'directory_groups', 'group_members', 'group_owners'],
  ...['nodes', 'connection_nodes'],
]

/**
 * Refreshes the statistics that the database plans its queries by, before what was written is read. With those of an empty table
 * a list of fifty thousand takes minutes instead of milliseconds, and autovacuum comes too late, or never on the embedded engine.
 * A large table to which little was added keeps those that it has: to sample it takes longer than to write a subscription.
 */
async function refreshStatistics(tx: Transaction, written: number, tables: string[]): Promise<void> {
  if (written < ANALYSE_FROM_ROWS) return
  const { rows: grown } = await tx.execute<{ name: string }>(sql`
    select relname as name from pg_class where oid::regclass::text = any(${arrayOf(tables)})
      and pg_relation_size(oid) > ${GROWN}::float * relpages * current_setting('block_size')::int`)
  if (grown.length > 0)
    await tx.execute(
      sql`analyze ${sql.join(
        grown.map(({ name }) => sql.identifier(name)),
        sql`, `,
      )}`,
    )
}
