import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { connectAttempts, connectionDeletions, connections } from '@/db/schema/connections'
import { preparedExports } from '@/db/schema/prepared-exports'
import { syncRuns } from '@/db/schema/runs'
import { allow, audit, requireFreshSignIn } from '@/lib/actor'
import { sendDeletion } from '@/lib/runs/queue'
import { forgetUnusedSignIn, keepOut, lockWithAccount } from './account'
import { type ConnectionRow, findConnection, whereConnection } from './connection'

type Choice = {
  data: 'keep' | 'delete'
  /** The connection's label, typed to confirm a deletion. */
  typed?: string
}

/** `deleting`: the tokens are gone, nothing is shown any more, and a worker deletes the rest. `mistyped`: what was typed is not the label. */
type Disconnected = { kind: 'disconnected' } | { kind: 'deleting' } | { kind: 'mistyped' }

/**
 * Ends a connection: an open run is cancelled, so that it publishes nothing, and the sign-in of its account is deleted, unless
 * other connections live on it. Then the connection's data stays
 * readable (*keep*), or disappears at once from every page and is deleted by a worker (*delete*), see
 * `delete-connection.ts`. Throws NotFound.
 */
export async function disconnect(
  actor: SessionActor,
  connectionId: string,
  { data, typed }: Choice,
): Promise<Disconnected> {
  allow(actor, 'disconnect')
  requireFreshSignIn(actor)
  const { organisationId } = actor
  const connection = await findConnection(actor, connectionId)
  if (data === 'delete' && typed !== connection.label) return { kind: 'mistyped' }

  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    if (data === 'delete') await keepOut(tx, actor, connection)
    const { account } = await lockWithAccount(tx, actor, connectionId)
    await cancelRuns(tx, connection)
    if (data === 'keep') await markDisconnected(tx, actor, connection)
    else await requestDeletion(tx, actor, connection)
    await forgetUnusedSignIn(tx, account)
  })
  if (data === 'keep') return { kind: 'disconnected' }
  await sendDeletion({ organisationId, connectionId })
  return { kind: 'deleting' }
}

async function cancelRuns(tx: Transaction, { organisationId, id }: ConnectionRow): Promise<void> {
  await tx
    .update(syncRuns)
    .set({ state: 'cancelled', finishedAt: sql`now()` })
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        eq(syncRuns.connectionId, id),
        inArray(syncRuns.state, ['queued', 'running']),
      ),
    )
}

async function markDisconnected(tx: Transaction, actor: Actor, connection: ConnectionRow): Promise<void> {
  await tx
    .update(connections)
    .set({ state: 'disconnected', stateReason: null, nextSyncAt: null, disconnectedAt: sql`now()` })
    .where(whereConnection(actor.organisationId, connection.id))
  await audit(tx, actor, {
    action: 'connection.disconnected',
    subject: connection.label,
    details: { subscription: connection.subscriptionId, data: 'kept' },
  })
}

/** Hides a connection from all readers and writes down that it is to be deleted, by whom, and whose people it named. */
async function requestDeletion(tx: Transaction, actor: Actor, connection: ConnectionRow): Promise<void> {
  const { organisationId, memberId, name } = actor
  // Rows of a subscription that was transferred are of the tenant that it was in then.
  const { rows: tenants } = await tx.execute<{ id: string }>(sql`
    select n.tenant_id as id from connection_nodes c
    join nodes n on n.organisation_id = c.organisation_id and n.id = c.node_id
    where c.organisation_id = ${organisationId} and c.connection_id = ${connection.id}
    union
    select a.tenant_id from connection_nodes c
    join assignments a on a.organisation_id = c.organisation_id and a.node_id = c.node_id
    where c.organisation_id = ${organisationId} and c.connection_id = ${connection.id}`)
  await tx
    .delete(connectAttempts)
    .where(and(eq(connectAttempts.organisationId, organisationId), eq(connectAttempts.connectionId, connection.id)))
  await withdrawExports(tx, organisationId)
  await tx
    .update(connections)
    .set({
      state: 'deleting',
      stateReason: null,
      nextSyncAt: null,
      disconnectedAt: sql`now()`,
      publishedRunId: null,
      publishedAt: null,
    })
    .where(whereConnection(organisationId, connection.id))
  await tx.insert(connectionDeletions).values({
    organisationId,
    connectionId: connection.id,
    requestedById: memberId,
    requestedByName: name,
    tenantIds: [...new Set([connection.tenantId, ...tenants.map(({ id }) => id)])].sort(),
  })
  await audit(tx, actor, {
    action: 'connection.deletion_requested',
    subject: connection.label,
    details: { subscription: connection.subscriptionId },
  })
}

/**
 * Makes what was exported for later unreadable, and stops what is being written: any of it may hold what is to be deleted. The next sweep
 * deletes it.
 */
async function withdrawExports(tx: Transaction, organisationId: string): Promise<void> {
  await tx
    .update(preparedExports)
    .set({
      state: 'failed',
      problem: 'A subscription was deleted whose data it may have held.',
      finishedAt: sql`now()`,
    })
    .where(and(eq(preparedExports.organisationId, organisationId), ne(preparedExports.state, 'failed')))
}
