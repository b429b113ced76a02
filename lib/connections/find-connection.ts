import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Database, Transaction } from '@/db/database'
import { connections } from '@/db/schema/connections'
import { NotFound } from './not-found'

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
