import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Database, Transaction } from '@/db/database'
import { connections } from '@/db/schema/connections'
import { NotFound } from '@/lib/actor'

/**
 * The connection with this id in the organisation, kept from changing until the transaction ends. Whoever changes a
 * connection and its runs together takes the connection first: in one order, they wait for each other and never deadlock.
 * Throws {@link NotFound} otherwise.
 */
export async function lockConnection(
  tx: Transaction,
  { organisationId }: Pick<Actor, 'organisationId'>,
  connectionId: string,
): Promise<ConnectionRow> {
  const [connection] = await tx
    .select()
    .from(connections)
    .where(and(eq(connections.organisationId, organisationId), eq(connections.id, connectionId)))
    .for('update')
  if (!connection) throw new NotFound('There is no such connection.')
  return connection
}

export type ConnectionRow = typeof connections.$inferSelect

/** The connection with this id in the actor's organisation. Throws {@link NotFound} otherwise. */
export async function findConnection(
  actor: Actor,
  connectionId: string,
  within?: Database | Transaction,
): Promise<ConnectionRow> {
  const db = within ?? (await getDb())
  const [connection] = await db
    .select()
    .from(connections)
    .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId)))
  if (!connection) throw new NotFound('There is no such connection.')
  return connection
}

/**
 * Makes whoever writes a tenant's principals and roles wait for the one before, until the transaction ends. The
 * subscriptions of a tenant share these rows: two publishes at once would deadlock on them, and a deletion could take
 * away someone whom a publish under way has just named.
 */
export async function lockDirectory(tx: Transaction, organisationId: string, tenantId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${organisationId}/${tenantId}`}, 0))`)
}
