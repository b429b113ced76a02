import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'

/**
 * Makes whoever writes a tenant's principals and roles wait for the one before, until the transaction ends. The
 * subscriptions of a tenant share these rows: two publishes at once would deadlock on them, and a deletion could take
 * away someone whom a publish under way has just named.
 */
export async function lockDirectory(tx: Transaction, organisationId: string, tenantId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${organisationId}/${tenantId}`}, 0))`)
}
