import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import type { Transaction } from '@/db/database'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { audit, NotFound } from '@/lib/actor'
import { type OpenedRun, openRun } from '@/lib/runs/runs'
import { type AccountRow, forgetUnusedSignIn, lockAccount } from './account'
import { whereConnection } from './connection'

/** A subscription that becomes a connection. */
export type WantedSubscription = { subscriptionId: string; name: string; state: string }

/** Who connects: a member, or Rolecall by itself for an account that follows its tenant. */
export type By = Pick<Actor, 'organisationId' | 'name' | 'visitor'> & { memberId: string | null }

/**
 * Makes a connection of a subscription, read with an account that the caller has locked, and opens its first run; a disconnected
 * one is used again with its history. `connectionId` names the one that is being reconnected. A subscription that somebody else
 * has connected meanwhile stays as they connected it. Throws {@link NotFound} for one that is being deleted.
 */
export async function connectSubscription(
  tx: Transaction,
  by: By,
  { account, connectionId }: { account: AccountRow; connectionId: string | null },
  wanted: WantedSubscription,
): Promise<{ connectionId: string; run: OpenedRun | null }> {
  const { organisationId } = by
  const [existing] = await tx
    .select({
      id: connections.id,
      state: connections.state,
      label: connections.label,
      accountId: connections.accountId,
    })
    .from(connections)
    .where(
      and(
        eq(connections.organisationId, organisationId),
        eq(connections.integration, 'azure'),
        eq(connections.subscriptionId, wanted.subscriptionId),
      ),
    )
    .for('update')
  if (existing?.state === 'deleting') throw new NotFound('The subscription is being deleted.')
  // Another administrator connected it while this one was at Microsoft: keep the connection that they made.
  if (existing && existing.state !== 'disconnected' && existing.id !== connectionId)
    return { connectionId: existing.id, run: null }

  const facts = {
    subscriptionName: wanted.name,
    subscriptionState: wanted.state,
    tenantId: account.tenantId,
    accountId: account.id,
    connectedById: by.memberId,
    connectedByName: by.name,
    state: 'active' as const,
    stateReason: null,
    failures: 0,
    nextSyncAt: null,
    disconnectedAt: null,
  }
  const [connection] = existing
    ? await tx
        .update(connections)
        .set(facts)
        .where(whereConnection(organisationId, existing.id))
        .returning({ id: connections.id })
    : await tx
        .insert(connections)
        .values({ ...facts, organisationId, subscriptionId: wanted.subscriptionId, label: wanted.name })
        .onConflictDoNothing()
        .returning({ id: connections.id })
  // Another administrator connected it between the two statements, so it is found now.
  if (!connection) return connectSubscription(tx, by, { account, connectionId }, wanted)

  if (existing && existing.accountId !== account.id)
    await forgetUnusedSignIn(tx, await lockAccount(tx, by, existing.accountId))
  // A running run still reads with the earlier sign-in. If it failed, the connection would wrongly ask for a reconnect.
  await tx
    .update(syncRuns)
    .set({ state: 'cancelled', finishedAt: sql`now()` })
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        eq(syncRuns.connectionId, connection.id),
        eq(syncRuns.state, 'running'),
      ),
    )
  const run = await openRun(tx, {
    organisationId,
    connectionId: connection.id,
    trigger: existing ? 'reconnect' : 'connect',
    by,
  })
  await audit(tx, by, {
    action: existing ? 'connection.reconnected' : 'connection.connected',
    subject: existing?.label ?? wanted.name,
    details: {
      subscription: wanted.subscriptionId,
      account: account.name,
      tenant: account.tenantId,
      optional_permissions: account.optionalScopes.join(' '),
    },
  })
  return { connectionId: connection.id, run }
}
