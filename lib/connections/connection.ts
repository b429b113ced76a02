import { and, eq, ne, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Database, Transaction } from '@/db/database'
import { connections } from '@/db/schema/connections'
import { NotFound } from '@/lib/actor'

export type ConnectionRow = typeof connections.$inferSelect

/** The where-clause of one connection. The organisation is part of it, so another organisation's id matches nothing. */
export const whereConnection = (organisationId: string, connectionId: string): SQL | undefined =>
  and(eq(connections.organisationId, organisationId), eq(connections.id, connectionId))

/** The where-clause of one connection that can still be used: what is being deleted is as good as gone. */
const whereUsable = (organisationId: string, connectionId: string): SQL | undefined =>
  and(whereConnection(organisationId, connectionId), ne(connections.state, 'deleting'))

/**
 * The connection with this id in the actor's organisation. Throws {@link NotFound} when there is none, or one that is being
 * deleted.
 */
export async function findConnection(
  { organisationId }: Pick<Actor, 'organisationId'>,
  connectionId: string,
  within?: Database | Transaction,
): Promise<ConnectionRow> {
  const db = within ?? (await getDb({ organisationId }))
  const [connection] = await db.select().from(connections).where(whereUsable(organisationId, connectionId))
  if (!connection) throw new NotFound('There is no such connection.')
  return connection
}

/**
 * The same, kept from changing until the transaction ends. Whoever changes a connection together with its runs locks the
 * connection first: since everyone does it in this order, they wait for each other and never deadlock.
 */
export async function lockConnection(
  tx: Transaction,
  { organisationId }: Pick<Actor, 'organisationId'>,
  connectionId: string,
): Promise<ConnectionRow> {
  const [connection] = await tx
    .select()
    .from(connections)
    .where(whereUsable(organisationId, connectionId))
    .for('update')
  if (!connection) throw new NotFound('There is no such connection.')
  return connection
}

/**
 * Lets only one transaction at a time write the principals and roles of a tenant; others wait until it ends. The
 * subscriptions of a tenant share these rows: two publishes at once would deadlock on them, and a deletion could remove
 * somebody whom a publish has just named.
 */
export async function lockDirectory(tx: Transaction, organisationId: string, tenantId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${organisationId}/${tenantId}`}, 0))`)
}
