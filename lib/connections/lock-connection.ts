import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import type { Transaction } from '@/db/database'
import { connections } from '@/db/schema/connections'
import type { ConnectionRow } from './find-connection'
import { NotFound } from './not-found'

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
