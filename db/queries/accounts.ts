import { and, asc, eq, ne, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { databaseNow } from './clock'

export type ListedAccount = Awaited<ReturnType<typeof listAccounts>>[number]

/**
 * The accounts that connections of the organisation are read with, in name order, those that need a reconnect first. Each with
 * how many connections are read with it now, and one of these by which it can be signed in again: one that it can read, if there is
 * one.
 *
 * @param tenantId only accounts of this tenant
 */
export async function listAccounts(actor: Actor, tenantId?: string) {
  const db = await getDb(actor)
  return db
    .select({
      now: databaseNow,
      id: accounts.id,
      name: accounts.name,
      tenantId: accounts.tenantId,
      state: accounts.state,
      stateReason: accounts.stateReason,
      optionalScopes: accounts.optionalScopes,
      signedInAt: accounts.signedInAt,
      signedInByName: accounts.signedInByName,
      follows: accounts.follows,
      excluded: sql<number>`jsonb_array_length(${accounts.excludedSubscriptionIds})`,
      connections: sql<number>`count(${connections.id})::int`,
      aConnectionId: sql<string>`(array_agg(${connections.id}
        order by ${connections.state} = 'active' desc, ${connections.createdAt}, ${connections.id}))[1]`,
    })
    .from(accounts)
    .innerJoin(
      connections,
      and(
        eq(connections.organisationId, accounts.organisationId),
        eq(connections.accountId, accounts.id),
        ne(connections.state, 'disconnected'),
        ne(connections.state, 'deleting'),
      ),
    )
    .where(
      and(
        eq(accounts.organisationId, actor.organisationId),
        tenantId === undefined ? undefined : eq(accounts.tenantId, tenantId),
      ),
    )
    .groupBy(accounts.organisationId, accounts.id)
    .orderBy(asc(sql`${accounts.state} = 'active'`), asc(accounts.name), asc(accounts.id))
}
