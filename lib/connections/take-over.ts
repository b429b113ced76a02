import { and, eq, inArray, notInArray, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import type { Transaction } from '@/db/database'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { audit } from '@/lib/actor'
import { type OpenedRun, openRuns } from '@/lib/runs/runs'
import { type AccountRow, forgetUnusedSignIn, whereAccount } from './account'

/**
 * Lets one account read everything that another of the same tenant has read until now, and opens a run for each connection,
 * which finds out what the new one may read. The new one follows what it followed, or else what the other did; everything, if
 * either of them followed everything. Results stay as they are. Whoever calls holds the locks of both accounts.
 */
export async function takeOver(tx: Transaction, actor: Actor, from: AccountRow, to: AccountRow): Promise<OpenedRun[]> {
  const { organisationId } = actor
  if (from.id === to.id || from.tenantId !== to.tenantId) return []
  const follows = from.follows || to.follows
  await tx
    .update(accounts)
    .set({
      follows,
      followedGroup: [from, to].some((one) => one.follows && one.followedGroup === null)
        ? null
        : (to.followedGroup ?? from.followedGroup),
      nextLookAt: follows ? sql`now()` : null,
      excludedSubscriptionIds: [...new Set([...from.excludedSubscriptionIds, ...to.excludedSubscriptionIds])],
    })
    .where(whereAccount(organisationId, to.id))
  const moved = await tx
    .update(connections)
    .set({ accountId: to.id, state: 'active', stateReason: null, failures: 0, nextSyncAt: null })
    .where(
      and(
        eq(connections.organisationId, organisationId),
        eq(connections.accountId, from.id),
        notInArray(connections.state, ['disconnected', 'deleting']),
      ),
    )
    .returning({ id: connections.id })
  const connectionIds = moved.map(({ id }) => id)
  if (connectionIds.length === 0) return []
  // A running run still reads with the account of before.
  await tx
    .update(syncRuns)
    .set({ state: 'cancelled', finishedAt: sql`now()` })
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        inArray(syncRuns.connectionId, connectionIds),
        eq(syncRuns.state, 'running'),
      ),
    )
  await audit(tx, actor, {
    action: 'account.taken_over',
    subject: from.name,
    details: { by: to.name, subscriptions: connectionIds.length },
  })
  await forgetUnusedSignIn(tx, from)
  return openRuns(tx, { organisationId, connectionIds, trigger: 'reconnect', by: actor })
}
