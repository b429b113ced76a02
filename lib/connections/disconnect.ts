import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { assignments } from '@/db/schema/access'
import { connectionSecrets, connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { allow, audit } from '@/lib/actor'
import { type ConnectionRow, findConnection, lockConnection, lockDirectory, whereConnection } from './connection'

type Choice = {
  data: 'keep' | 'delete'
  /** The connection's label, typed to confirm a deletion. */
  typed?: string
}

/** `mistyped`: deletion was asked for, but what was typed is not the label. */
type Disconnected = { kind: 'disconnected' } | { kind: 'mistyped' }

/**
 * Ends a connection. Its tokens are deleted first, in a transaction of its own, so that nothing that fails later can
 * leave them behind. Then its data stays readable (*keep*) or is deleted (*delete*). An open run is cancelled either
 * way, so it publishes nothing. Throws NotFound.
 */
export async function disconnect(actor: Actor, connectionId: string, { data, typed }: Choice): Promise<Disconnected> {
  allow(actor, 'disconnect')
  const connection = await findConnection(actor, connectionId)
  if (data === 'delete' && typed !== connection.label) return { kind: 'mistyped' }

  const db = await getDb(actor)
  await db.transaction((tx) => endConnection(tx, actor, connection, data))
  if (data === 'delete') await db.transaction((tx) => eraseConnection(tx, actor, connection))
  return { kind: 'disconnected' }
}

/** Deletes the tokens of a connection, cancels its open run, and marks it as disconnected. */
async function endConnection(tx: Transaction, actor: Actor, connection: ConnectionRow, data: Choice['data']) {
  const { organisationId } = actor
  await lockConnection(tx, actor, connection.id)
  await tx
    .delete(connectionSecrets)
    .where(and(eq(connectionSecrets.organisationId, organisationId), eq(connectionSecrets.connectionId, connection.id)))
  await tx
    .update(syncRuns)
    .set({ state: 'cancelled', finishedAt: sql`now()` })
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        eq(syncRuns.connectionId, connection.id),
        inArray(syncRuns.state, ['queued', 'running']),
      ),
    )
  await tx
    .update(connections)
    .set({ state: 'disconnected', stateReason: null, nextSyncAt: null, disconnectedAt: sql`now()` })
    .where(whereConnection(organisationId, connection.id))
  await audit(tx, actor, {
    action: 'connection.disconnected',
    subject: connection.label,
    details: { subscription: connection.subscriptionId, data: data === 'keep' ? 'kept' : 'deleted' },
  })
}

/** Deletes a connection with its runs, assignments and groups, then the principals and roles that nothing else names. */
async function eraseConnection(tx: Transaction, actor: Actor, connection: ConnectionRow) {
  const { organisationId } = actor
  const own = and(eq(assignments.organisationId, organisationId), eq(assignments.connectionId, connection.id))
  // There are several when the subscription was transferred while it was connected. In a fixed order, because each is locked.
  const tenants = await tx
    .selectDistinct({ id: assignments.tenantId })
    .from(assignments)
    .where(own)
    .orderBy(assignments.tenantId)
  await tx.delete(connections).where(whereConnection(organisationId, connection.id))
  for (const tenant of tenants) await eraseOrphans(tx, organisationId, tenant.id)
  await audit(tx, actor, {
    action: 'connection.deleted',
    subject: connection.label,
    details: { subscription: connection.subscriptionId },
  })
}

/** Deletes the principals and roles of a tenant that no assignment, condition or group of the organisation names. */
async function eraseOrphans(tx: Transaction, organisationId: string, tenantId: string) {
  await lockDirectory(tx, organisationId, tenantId)
  await tx.execute(sql`
    delete from principals p where p.organisation_id = ${organisationId} and p.tenant_id = ${tenantId}
      and not exists (select from assignments a where a.organisation_id = p.organisation_id and a.tenant_id = p.tenant_id and a.principal_id = p.id)
      and p.id not in (select member_id from group_members where organisation_id = ${organisationId}
        union all select owner_id from group_owners where organisation_id = ${organisationId}
        union all select group_id from connection_groups where organisation_id = ${organisationId})`)
  await tx.execute(sql`
    delete from role_definitions r where r.organisation_id = ${organisationId} and r.tenant_id = ${tenantId}
      and not exists (select from assignments a where a.organisation_id = r.organisation_id and a.tenant_id = r.tenant_id and a.role_id = r.id)
      and not exists (select from assignments a where a.organisation_id = r.organisation_id and a.tenant_id = r.tenant_id and position(r.id in lower(a.condition)) > 0)`)
}
