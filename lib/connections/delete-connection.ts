import { and, eq, lt, type SQL, sql } from 'drizzle-orm'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import type { Transaction } from '@/db/database'
import { connectionNodes, nodes } from '@/db/schema/access'
import { accounts } from '@/db/schema/accounts'
import { connectionDeletions, connections } from '@/db/schema/connections'
import { sharedReadings } from '@/db/schema/directory'
import { arrayOf, isAnyOf } from '@/db/text-array'
import { tidy } from '@/db/tidy'
import { audit } from '@/lib/actor'
import { DELETION_STEPS, type DeletionStep } from '@/lib/domain/vocabulary'
import { log } from '@/lib/log'
import { type DeletionJob, sendDeletion } from '@/lib/runs/queue'
import { deleteUnreferencedAccounts, lockAccount } from './account'
import { lockDirectory, whereConnection } from './connection'

/**
 * Deletes a connection whose deletion was asked for, batch by batch, and goes on where an earlier job ended. At the end
 * the connection goes, with the record of its deletion, and the audit log says how much was deleted.
 *
 * @param ending aborts when the process ends; what is left is deleted by the next job
 */
export async function deleteConnection(job: DeletionJob, ending: AbortSignal): Promise<void> {
  let came: DeletionProgress = 'more'
  while (!ending.aborted && came === 'more') came = await deleteBatch(job)
  if (came !== 'ended') return
  await tidy()
  log().info({ event: 'connection_deleted', connectionId: job.connectionId })
}

/** A deletion in which nothing happened for this long has lost its worker. */
const LOST_AFTER_SECONDS = 60

/** Deletions sent at once. The rest follow a minute later. */
const SENT_AT_ONCE = 100

/** Sends the deletions that no worker is at. One that already waits for a worker is not sent twice. */
export async function sendLostDeletions(): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  const lost = await db
    .select({ organisationId: connectionDeletions.organisationId, connectionId: connectionDeletions.connectionId })
    .from(connectionDeletions)
    .where(lt(connectionDeletions.updatedAt, sql`now() - make_interval(secs => ${LOST_AFTER_SECONDS})`))
    .orderBy(connectionDeletions.updatedAt)
    .limit(SENT_AT_ONCE)
  for (const job of lost) await sendDeletion(job)
}

type Deletion = typeof connectionDeletions.$inferSelect

/** Rows deleted, or looked at, in one transaction: some tens of milliseconds in which others wait for nothing long. */
const BATCH_ROWS = 1000

/** `more`: there may be more to delete. `ended`: the connection is gone. `none`: it was gone before, or another worker is at it. */
type DeletionProgress = 'more' | 'ended' | 'none'

/**
 * Deletes the next batch of rows and writes down how far the deletion has come, in one transaction: a process that is
 * killed loses at most this batch. When two workers are at the same deletion, one of them does nothing.
 */
export async function deleteBatch({ organisationId, connectionId }: DeletionJob): Promise<DeletionProgress> {
  const own = and(
    eq(connectionDeletions.organisationId, organisationId),
    eq(connectionDeletions.connectionId, connectionId),
  )
  const db = await getDb({ organisationId })
  return db.transaction(async (tx) => {
    const [deletion] = await tx.select().from(connectionDeletions).where(own).for('update', { skipLocked: true })
    if (!deletion) return 'none'
    if (deletion.step === 'connection') {
      await endDeletion(tx, deletion)
      return 'ended'
    }
    const { rows, lookedAt } = await takeStep(tx, deletion, deletion.step)
    await tx
      .update(connectionDeletions)
      .set({
        deleted: { ...deletion.deleted, [deletion.step]: (deletion.deleted[deletion.step] ?? 0) + rows },
        step: lookedAt || rows === BATCH_ROWS ? deletion.step : stepAfter(deletion.step),
        lookedAt,
        updatedAt: sql`now()`,
      })
      .where(own)
    return 'more'
  })
}

const stepAfter = (step: DeletionStep): DeletionStep => DELETION_STEPS[DELETION_STEPS.indexOf(step) + 1] ?? 'connection'

/** What one batch did: the rows deleted, and where the look for orphans has come to; null when it is through. */
type Batch = { rows: number; lookedAt: Deletion['lookedAt'] }

async function takeStep(
  tx: Transaction,
  deletion: Deletion,
  step: Exclude<DeletionStep, 'connection'>,
): Promise<Batch> {
  // What a publish reads and writes of the same tenant meanwhile waits for this, and the reverse.
  await lockAccountsOfTenants(tx, deletion)
  if (step === 'principals') return deleteOrphans(tx, deletion, step, isPrincipalNamed)
  if (step === 'role_definitions') return deleteOrphans(tx, deletion, step, isRoleNamed)
  if (step === 'connection_nodes') return leaveNodes(tx, deletion)
  return deleteRows(tx, deletion.organisationId, step, WHOSE[step](deletion))
}

async function lockAccountsOfTenants(tx: Transaction, { organisationId, tenantIds }: Deletion): Promise<void> {
  await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.organisationId, organisationId), isAnyOf(accounts.tenantId, tenantIds)))
    .orderBy(accounts.id)
    .for('no key update')
}

/**
 * Takes the connection from its nodes, and deletes the copy of its account's directory that workers share. What only it was
 * shown is deleted in the steps that follow; the digests of such nodes go first, so that a connection which is placed below one
 * meanwhile writes all of it anew.
 */
async function leaveNodes(tx: Transaction, deletion: Deletion): Promise<Batch> {
  const { organisationId, connectionId } = deletion
  const left = await tx
    .delete(connectionNodes)
    .where(and(eq(connectionNodes.organisationId, organisationId), eq(connectionNodes.connectionId, connectionId)))
    .returning({ id: connectionNodes.nodeId })
  await tx
    .update(nodes)
    .set({ digest: null, denialsDigest: null })
    .where(and(eq(nodes.organisationId, organisationId), leftNodes(deletion)))
  await tx
    .update(accounts)
    .set({ directoryEpoch: sql`directory_epoch + 1` })
    .where(and(eq(accounts.organisationId, organisationId), sql`${accounts.id} in (${accountsOf(deletion)})`))
  await forgetShared(tx, deletion)
  return { rows: left.length, lookedAt: null }
}

/** Deletes what workers share of the directories of the accounts. What they share from now on they have read since. */
async function forgetShared(tx: Transaction, deletion: Deletion): Promise<void> {
  await tx
    .delete(sharedReadings)
    .where(
      and(
        eq(sharedReadings.organisationId, deletion.organisationId),
        sql`${sharedReadings.accountId} in (${accountsOf(deletion)})`,
      ),
    )
}

/**
 * Rows of nodes in no connection's chain now that nobody is shown: none had the node in its chain after the row began. A connection
 * that has left a node still has the past that it was shown there.
 */
const ofUnusedNodes = (deletion: Deletion): SQL => sql`
  node_id in (select id from nodes where organisation_id = ${deletion.organisationId} and ${leftNodes(deletion)})
  and not exists (select from connection_nodes c where c.organisation_id = gone.organisation_id and c.node_id = gone.node_id
    and c.valid_to > gone.valid_from)`

/** What changes did at nodes in no connection's chain now, to nobody who is shown the past: none had the node in its chain just then. */
const ofUnusedEffects = (deletion: Deletion): SQL => sql`
  node_id in (select id from nodes where organisation_id = ${deletion.organisationId} and ${leftNodes(deletion)})
  and not exists (select from connection_nodes c where c.organisation_id = gone.organisation_id and c.node_id = gone.node_id
    and c.valid_from < gone.at and c.valid_to >= gone.at)`

/** Nodes that are in no connection's chain now. */
const leftNodes = (deletion: Deletion): SQL => sql`account_id in (${accountsOf(deletion)}) and not exists (
  select from connection_nodes c where c.organisation_id = nodes.organisation_id and c.node_id = nodes.id
    and c.valid_to is null)`

/** Nodes of which nothing else is left. Those that another deletion has left meanwhile go with that one. */
const emptyNodes = (deletion: Deletion): SQL => sql`account_id in (${accountsOf(deletion)})
  and not exists (select from connection_nodes c where c.organisation_id = gone.organisation_id and c.node_id = gone.id)
  and not exists (select from holders h where h.organisation_id = gone.organisation_id and h.node_id = gone.id)
  and not exists (select from assignments a where a.organisation_id = gone.organisation_id and a.node_id = gone.id)`

/**
 * Rows about groups to which no access leads any more, now or in the past that is kept: those of an account that are inside no
 * group which holds an assignment or is named in a denial at one of its nodes.
 */
const ofUnusedGroups = (deletion: Deletion): SQL => sql`
  account_id in (${accountsOf(deletion)}) and not exists (
    select from (
      select g.account_id, g.inner_id from group_nesting g join (${rootsOf(deletion)}) as root
        on root.account_id = g.account_id and root.id = g.group_id
      where g.organisation_id = ${deletion.organisationId}) as used
    where used.account_id = gone.account_id and used.inner_id = gone.group_id)`

/** The nesting of groups that hold nothing any more, and that no denial names. */
const ofUnusedRoots = (deletion: Deletion): SQL => sql`
  account_id in (${accountsOf(deletion)}) and not exists (
    select from (${rootsOf(deletion)}) as used where used.account_id = gone.account_id and used.id = gone.group_id)`

const accountsOf = ({ organisationId, tenantIds }: Deletion): SQL =>
  sql`select id from accounts where organisation_id = ${organisationId} and tenant_id = any(${arrayOf(tenantIds)})`

/** The groups that hold an assignment or are named in a denial, now or in the past that is kept. */
const rootsOf = ({ organisationId }: Deletion): SQL => sql`
  select n.account_id, a.principal_id as id from assignments a
  join nodes n on n.organisation_id = a.organisation_id and n.id = a.node_id
  where a.organisation_id = ${organisationId} and a.principal_kind = 'group'
  union
  select n.account_id, named.who ->> 'id' from deny_assignments d
  join nodes n on n.organisation_id = d.organisation_id and n.id = d.node_id,
    jsonb_array_elements(d.principals || d.excluded) as named (who)
  where d.organisation_id = ${organisationId} and named.who ->> 'kind' = 'group'`

/** Which rows of each table are deleted. */
const WHOSE: Record<
  Exclude<DeletionStep, 'connection' | 'connection_nodes' | 'principals' | 'role_definitions'>,
  (deletion: Deletion) => SQL
> = {
  change_effects: ofUnusedEffects,
  changes: ({ connectionId, ...deletion }) => sql`account_id in (${accountsOf({ ...deletion, connectionId })}) and (
    connection_id = ${connectionId} or not exists (select from change_effects e
      where e.organisation_id = ${deletion.organisationId} and e.change_id = gone.id))`,
  holders: ofUnusedNodes,
  deny_assignments: ofUnusedNodes,
  assignments: ofUnusedNodes,
  nodes: emptyNodes,
  directory_groups: ofUnusedGroups,
  group_members: ofUnusedGroups,
  group_owners: ofUnusedGroups,
  group_nesting: ofUnusedRoots,
  sync_runs: ({ connectionId }) => sql`connection_id = ${connectionId}`,
}

/** Deletes the next rows of a table. */
async function deleteRows(tx: Transaction, organisationId: string, step: DeletionStep, whose: SQL): Promise<Batch> {
  const table = sql.identifier(step)
  const { rows } = await tx.execute<{ rows: number }>(sql`
    with gone as (
      delete from ${table} where organisation_id = ${organisationId} and ctid = any(array(
        select gone.ctid from ${table} as gone where gone.organisation_id = ${organisationId} and ${whose} limit ${BATCH_ROWS}))
      returning 1)
    select count(*)::int as rows from gone`)
  return { rows: rows[0]?.rows ?? 0, lookedAt: null }
}

/** Rows of one tenant by their ids, which stand in an array: a condition on one table is never joined row by row. */
type Candidates = { organisationId: string; tenantId: string; ids: SQL }

/**
 * Looks at the next principals or roles of the tenants that the connection named, in the order of their ids, and deletes
 * those that nothing names any more. What a publish names at the same time waits for the lock of its tenant.
 */
async function deleteOrphans(
  tx: Transaction,
  deletion: Deletion,
  step: 'principals' | 'role_definitions',
  isNamed: (candidates: Candidates) => SQL,
): Promise<Batch> {
  const { organisationId, tenantIds, lookedAt } = deletion
  // In a fixed order, because each is locked.
  for (const tenantId of tenantIds) await lockDirectory(tx, organisationId, tenantId)
  const table = sql.identifier(step)
  const { rows: next } = await tx.execute<{ tenantId: string; id: string }>(sql`
    select tenant_id as "tenantId", id from ${table}
    where organisation_id = ${organisationId} and tenant_id = any(${arrayOf(tenantIds)})
      and (tenant_id, id) > (${lookedAt?.tenantId ?? ''}, ${lookedAt?.id ?? ''})
    order by tenant_id, id
    limit ${BATCH_ROWS}`)

  let deleted = 0
  for (const [tenantId, some] of Map.groupBy(next, (one) => one.tenantId)) {
    const ids = arrayOf(some.map(({ id }) => id))
    const { rows: gone } = await tx.execute(sql`
      delete from ${table} where organisation_id = ${organisationId} and tenant_id = ${tenantId} and id = any(${ids})
        and not ${isNamed({ organisationId, tenantId, ids })}
      returning id`)
    deleted += gone.length
  }
  const last = next.at(-1)
  return { rows: deleted, lookedAt: last ? { tenantId: last.tenantId, id: last.id } : null }
}

/**
 * Whether an assignment, membership, ownership or group of the organisation names a principal. The names are found once for
 * the batch: looked up for each principal, with statistics that still tell of the rows just deleted, a batch took 40 seconds.
 */
const isPrincipalNamed = ({ organisationId, tenantId, ids }: Candidates): SQL => sql`id in (
  select principal_id from assignments
    where organisation_id = ${organisationId} and tenant_id = ${tenantId} and principal_id = any(${ids})
  union all select member_id from group_members where organisation_id = ${organisationId} and member_id = any(${ids})
  union all select principal_id from changes where organisation_id = ${organisationId} and tenant_id = ${tenantId} and principal_id = any(${ids})
  union all select by_id from changes where organisation_id = ${organisationId} and tenant_id = ${tenantId} and by_id = any(${ids})
  union all select owner_id from group_owners where organisation_id = ${organisationId} and owner_id = any(${ids})
  union all select group_id from directory_groups where organisation_id = ${organisationId} and group_id = any(${ids}))`

/** Whether an assignment of the organisation names a role, or a condition of one does. */
const isRoleNamed = ({ organisationId, tenantId, ids }: Candidates): SQL => sql`(
  id in (select role_id from assignments
    where organisation_id = ${organisationId} and tenant_id = ${tenantId} and role_id = any(${ids}))
  or exists (select from assignments a where a.organisation_id = ${organisationId} and a.tenant_id = ${tenantId}
    and a.condition is not null and position(role_definitions.id in lower(a.condition)) > 0))`

/** Deletes the connection itself, with the record of its deletion, and writes down what was deleted. */
async function endDeletion(tx: Transaction, deletion: Deletion): Promise<void> {
  const { organisationId, connectionId, requestedById, requestedByName, deleted } = deletion
  await lockAccountsOfTenants(tx, deletion)
  const [named] = await tx
    .select({ accountId: connections.accountId })
    .from(connections)
    .where(whereConnection(organisationId, connectionId))
  if (named) await lockAccount(tx, deletion, named.accountId)
  const [connection] = await tx.delete(connections).where(whereConnection(organisationId, connectionId)).returning({
    label: connections.label,
    subscriptionId: connections.subscriptionId,
    accountId: connections.accountId,
  })
  if (!connection) return
  // What a run that was under way has shared after the first step.
  await forgetShared(tx, deletion)
  await deleteUnreferencedAccounts(tx, organisationId, connection.accountId)
  const by = { organisationId, memberId: requestedById, name: requestedByName }
  await audit(tx, by, {
    action: 'connection.deleted',
    subject: connection.label,
    details: { subscription: connection.subscriptionId, ...deleted },
  })
}
