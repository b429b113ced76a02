import { and, asc, eq, isNotNull, ne, notInArray, or, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { databaseNow } from './clock'
import { isGuid } from './input'

/** Joins a connection with the account that it is read with. */
export const isAccountOf = and(
  eq(accounts.organisationId, connections.organisationId),
  eq(accounts.id, connections.accountId),
)

/** How many other connections are read with the account of a connection now. `connections` has to be selected from. */
export const otherConnections = sql<number>`(select count(*)::int from connections other
  where other.organisation_id = ${connections.organisationId} and other.account_id = ${connections.accountId}
    and other.id <> ${connections.id} and other.state not in ('disconnected', 'deleting'))`

const isReadWith = and(isAccountOf, notInArray(connections.state, ['disconnected', 'deleting']))

const accountFacts = {
  now: databaseNow,
  id: accounts.id,
  kind: accounts.kind,
  clientId: accounts.clientId,
  credential: accounts.credential,
  credentialExpiresAt: accounts.credentialExpiresAt,
  name: accounts.name,
  tenantId: accounts.tenantId,
  objectId: accounts.objectId,
  state: accounts.state,
  stateReason: accounts.stateReason,
  optionalScopes: accounts.optionalScopes,
  signedInAt: accounts.signedInAt,
  signedInByName: accounts.signedInByName,
  follows: accounts.follows,
  followedGroup: accounts.followedGroup,
  lookedAt: accounts.lookedAt,
  lookProblem: accounts.lookProblem,
  excludedSubscriptionIds: accounts.excludedSubscriptionIds,
  connections: sql<number>`count(${connections.id})::int`,
}

/** One of an account's connections by which it can be signed in again: one that it can read, if there is one. */
const connectionIdToReconnect = sql<string | null>`(array_agg(${connections.id}
  order by ${connections.state} = 'active' desc, ${connections.createdAt}, ${connections.id})
  filter (where ${connections.id} is not null))[1]`

/**
 * The accounts that connections of the organisation are read with, and those of applications that have none yet, in name order,
 * those that need a reconnect first. Each with how many connections are read with it now, and one of these by which it can be
 * signed in again: one that it can read, if there is one.
 *
 * @param tenantId only accounts of this tenant
 */
export async function listAccounts(actor: Actor, tenantId?: string) {
  const db = await getDb(actor)
  return db
    .select({ ...accountFacts, connectionIdToReconnect })
    .from(accounts)
    .leftJoin(connections, isReadWith)
    .where(
      and(
        eq(accounts.organisationId, actor.organisationId),
        or(isNotNull(connections.id), and(eq(accounts.kind, 'application'), ne(accounts.state, 'signed_out'))),
        tenantId === undefined ? undefined : eq(accounts.tenantId, tenantId),
      ),
    )
    .groupBy(accounts.organisationId, accounts.id)
    .orderBy(asc(sql`${accounts.state} = 'active'`), asc(accounts.name), asc(accounts.id))
}

export type AccountFacts = NonNullable<Awaited<ReturnType<typeof getAccount>>>

/** One account, also one with which nothing is read now. Null for an id the organisation does not have, whoever else has it. */
export async function getAccount(actor: Actor, accountId: string) {
  if (!isGuid(accountId)) return null
  const db = await getDb(actor)
  const [found] = await db
    .select({ ...accountFacts, connectionIdToReconnect: sql<string | null>`${connectionIdToReconnect}` })
    .from(accounts)
    .leftJoin(connections, isReadWith)
    .where(and(eq(accounts.organisationId, actor.organisationId), eq(accounts.id, accountId)))
    .groupBy(accounts.organisationId, accounts.id)
  return found ?? null
}
