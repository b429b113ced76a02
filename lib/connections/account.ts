import { and, eq, gt, inArray, isNull, lte, ne, not, notInArray, or, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { nowAsStored } from '@/db/queries/clock'
import { accountSecrets, accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { NotFound } from '@/lib/actor'
import { type OpenedRun, openRuns } from '@/lib/runs/runs'
import { type ConnectionRow, findConnection, lockConnection } from './connection'

export type AccountRow = typeof accounts.$inferSelect

/** The columns of an account that does not look for new subscriptions. */
export const FOLLOWS_NOTHING = { follows: false, followedGroup: null, nextLookAt: null, lookProblem: null }

/** The where-clause of one account. The organisation is part of it, so another organisation's id matches nothing. */
export const whereAccount = (organisationId: string, accountId: string): SQL | undefined =>
  and(eq(accounts.organisationId, organisationId), eq(accounts.id, accountId))

/** The account with this id in the actor's organisation. Throws {@link NotFound}. */
export async function findAccount(
  { organisationId }: Pick<Actor, 'organisationId'>,
  accountId: string,
  within?: Transaction,
): Promise<AccountRow> {
  const db = within ?? (await getDb({ organisationId }))
  const [account] = await db.select().from(accounts).where(whereAccount(organisationId, accountId))
  if (!account) throw new NotFound('There is no such account.')
  return account
}

/**
 * The same, kept from changing until the transaction ends. Whoever changes an account together with its connections locks
 * the account first, then the connections, then their runs: since everyone does it in this order, nobody waits for ever.
 */
export async function lockAccount(
  tx: Transaction,
  { organisationId }: Pick<Actor, 'organisationId'>,
  accountId: string,
): Promise<AccountRow> {
  const [account] = await tx.select().from(accounts).where(whereAccount(organisationId, accountId)).for('update')
  if (!account) throw new NotFound('There is no such account.')
  return account
}

/**
 * Locks the account of an identity and those that these subscriptions are read with so far, in the order of their ids, before
 * connections move from one to another.
 */
export async function lockAccountsOf(
  tx: Transaction,
  { organisationId }: Pick<Actor, 'organisationId'>,
  { tenantId, objectId }: Pick<AccountRow, 'tenantId' | 'objectId'>,
  subscriptionIds: string[],
): Promise<void> {
  const before = tx
    .select({ id: connections.accountId })
    .from(connections)
    .where(and(eq(connections.organisationId, organisationId), inArray(connections.subscriptionId, subscriptionIds)))
  const isIdentity = and(eq(accounts.tenantId, tenantId), eq(accounts.objectId, objectId))
  await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.organisationId, organisationId), or(isIdentity, inArray(accounts.id, before))))
    .orderBy(accounts.id)
    .for('update')
}

/** Locks a connection after the account that it lives on. Throws {@link NotFound}. */
export async function lockWithAccount(
  tx: Transaction,
  actor: Pick<Actor, 'organisationId'>,
  connectionId: string,
): Promise<{ connection: ConnectionRow; account: AccountRow }> {
  const { accountId } = await findConnection(actor, connectionId, tx)
  const account = await lockAccount(tx, actor, accountId)
  const connection = await lockConnection(tx, actor, connectionId)
  // It was connected with another account between the two statements.
  return connection.accountId === accountId ? { connection, account } : lockWithAccount(tx, actor, connectionId)
}

/**
 * Opens a run for each connection that waited for its account to be signed in again: one that failed, or whose time for a sync
 * has come. Whoever calls holds the account's lock, and sends the runs to workers after the transaction has committed.
 */
export async function resumeConnections(
  tx: Transaction,
  { organisationId, id }: AccountRow,
  by: Actor | null,
): Promise<OpenedRun[]> {
  const hasFailed = and(isNull(connections.nextSyncAt), gt(connections.failures, 0))
  const isWaiting = or(hasFailed, lte(connections.nextSyncAt, nowAsStored))
  const waiting = await tx
    .update(connections)
    .set({ nextSyncAt: null })
    .where(
      and(
        eq(connections.organisationId, organisationId),
        eq(connections.accountId, id),
        eq(connections.state, 'active'),
        isWaiting,
      ),
    )
    .returning({ id: connections.id })
  const connectionIds = waiting.map((one) => one.id)
  return openRuns(tx, { organisationId, connectionIds, trigger: 'reconnect', by })
}

/**
 * Writes down that Microsoft takes the sign-in of a run no longer, so that every connection of the account waits for a person.
 * A sign-in that has come since then is not blamed. Tells whether the account waits now.
 */
export async function markReconnectNeeded(
  tx: Transaction,
  { organisationId, id, signIns }: Pick<AccountRow, 'organisationId' | 'id' | 'signIns'>,
  reason: string,
): Promise<boolean> {
  const marked = await tx
    .update(accounts)
    .set({ state: 'reconnect_needed', stateReason: reason })
    .where(and(whereAccount(organisationId, id), eq(accounts.signIns, signIns), ne(accounts.state, 'signed_out')))
    .returning({ id: accounts.id })
  return marked.length > 0
}

/**
 * Writes down that the sign-in of a run works after all: what kept it out, a policy of the tenant say, is gone. Gives the
 * runs of the connections that waited, to be sent to workers.
 */
export async function markWorking(account: AccountRow): Promise<OpenedRun[]> {
  const { organisationId, id, signIns } = account
  const db = await getDb({ organisationId })
  return db.transaction(async (tx) => {
    const [working] = await tx
      .update(accounts)
      .set({ state: 'active', stateReason: null })
      .where(
        and(whereAccount(organisationId, id), eq(accounts.signIns, signIns), eq(accounts.state, 'reconnect_needed')),
      )
      .returning()
    return working ? resumeConnections(tx, working, null) : []
  })
}

/** Whether a connection is read with an account now. */
export async function isReadWith(tx: Transaction, { organisationId, id }: AccountRow): Promise<boolean> {
  const [used] = await tx
    .select({ id: connections.id })
    .from(connections)
    .where(
      and(
        eq(connections.organisationId, organisationId),
        eq(connections.accountId, id),
        notInArray(connections.state, ['disconnected', 'deleting']),
      ),
    )
    .limit(1)
  return used !== undefined
}

/**
 * Deletes the sign-in of an account on which no connection lives any more, and the account itself if none refers to it. Whoever
 * calls holds the account's lock.
 */
export async function forgetUnusedSignIn(tx: Transaction, account: AccountRow): Promise<void> {
  const { organisationId, id } = account
  if (await isReadWith(tx, account)) return
  await tx
    .delete(accountSecrets)
    .where(and(eq(accountSecrets.organisationId, organisationId), eq(accountSecrets.accountId, id)))
  await tx
    .update(accounts)
    .set({ state: 'signed_out', stateReason: null, ...FOLLOWS_NOTHING })
    .where(whereAccount(organisationId, id))
  await deleteUnreferencedAccounts(tx, organisationId, id)
}

/**
 * Keeps a subscription whose data is deleted from coming back by itself, by whichever account of its tenant follows now or
 * later. Locks all accounts of the tenant, in the order of their ids, so it comes before any other lock.
 */
export async function keepOut(
  tx: Transaction,
  { organisationId }: Pick<Actor, 'organisationId'>,
  { tenantId, subscriptionId }: Pick<ConnectionRow, 'tenantId' | 'subscriptionId'>,
): Promise<void> {
  const ofTenant = and(eq(accounts.organisationId, organisationId), eq(accounts.tenantId, tenantId))
  const all = await tx.select().from(accounts).where(ofTenant).orderBy(accounts.id).for('update')
  for (const { id, excludedSubscriptionIds } of all) {
    const excluded = [...new Set([...excludedSubscriptionIds, subscriptionId])]
    await tx.update(accounts).set({ excludedSubscriptionIds: excluded }).where(whereAccount(organisationId, id))
  }
}

/** Takes subscriptions from those that are kept out, because somebody connects them. Whoever calls holds the account's lock. */
export async function letIn(
  tx: Transaction,
  { organisationId, id, excludedSubscriptionIds }: AccountRow,
  subscriptionIds: string[],
): Promise<void> {
  const excluded = excludedSubscriptionIds.filter((one) => !subscriptionIds.includes(one))
  if (excluded.length === excludedSubscriptionIds.length) return
  await tx.update(accounts).set({ excludedSubscriptionIds: excluded }).where(whereAccount(organisationId, id))
}

/**
 * Deletes an account, and those without a sign-in, to which no connection refers any more, not even a disconnected one, and of
 * which no connection shows a result or the past of one.
 */
export async function deleteUnreferencedAccounts(tx: Transaction, organisationId: string, id: string): Promise<void> {
  const isReferenced = sql`exists (select from ${connections}
    where ${connections.organisationId} = ${accounts.organisationId} and ${connections.accountId} = ${accounts.id})`
  const isShown = sql`exists (select from nodes n join connection_nodes c on c.organisation_id = n.organisation_id and c.node_id = n.id
    where n.organisation_id = ${accounts.organisationId} and n.account_id = ${accounts.id})`
  await tx
    .delete(accounts)
    .where(
      and(
        eq(accounts.organisationId, organisationId),
        or(eq(accounts.id, id), eq(accounts.state, 'signed_out')),
        not(isReferenced),
        not(isShown),
      ),
    )
}
