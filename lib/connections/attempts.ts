import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Database, Transaction } from '@/db/database'
import { isAccountOf, otherConnections } from '@/db/queries/accounts'
import { accounts } from '@/db/schema/accounts'
import { connectAttempts, connections } from '@/db/schema/connections'
import { allow } from '@/lib/actor'
import { AzureError } from '@/lib/azure/client/errors'
import { browserAddress } from '@/lib/azure/client/transport'
import { adminConsentUrl, discoverTenant } from '@/lib/azure/sign-in'
import { OPTIONAL_SCOPES, type OptionalScope, RECOMMENDED_SCOPES } from '@/lib/domain/permissions'
import type { ProblemCode } from '@/lib/domain/problems'
import { ATTEMPT_MINUTES } from '@/lib/domain/retention'
import type { AttemptProblem, LeftOut } from '@/lib/domain/vocabulary'
import { env } from '@/lib/env'
import { limit } from '@/lib/limits'
import { log } from '@/lib/log'
import { findAccount } from './account'
import { findConnection, whereConnection } from './connection'

type Begun =
  | { kind: 'begun'; attemptId: string }
  | { kind: 'already_connected'; connectionId: string; label: string }
  | { kind: 'refused'; code: ProblemCode }

/**
 * Begins to connect a subscription: names the connection that it has already, or looks up its tenant, which needs no
 * sign-in, and opens an attempt. A disconnected subscription whose data was kept is connected again with its history.
 * Throws TooMany.
 */
export async function beginConnect(actor: SessionActor, subscriptionId: string): Promise<Begun> {
  allow(actor, 'connect')
  await limit('connect_attempt', actor.memberId)
  const db = await getDb(actor)
  const [existing] = await db
    .select({
      id: connections.id,
      label: connections.label,
      state: connections.state,
      optional: accounts.optionalScopes,
    })
    .from(connections)
    .innerJoin(accounts, isAccountOf)
    .where(
      and(
        eq(connections.organisationId, actor.organisationId),
        eq(connections.integration, 'azure'),
        eq(connections.subscriptionId, subscriptionId),
      ),
    )
  if (existing?.state === 'deleting') return { kind: 'refused', code: 'being_deleted' }
  if (existing && existing.state !== 'disconnected')
    return { kind: 'already_connected', connectionId: existing.id, label: existing.label }

  try {
    const tenantId = await discoverTenant(subscriptionId)
    return {
      kind: 'begun',
      attemptId: await openAttempt(actor, {
        subscriptionId,
        tenantId,
        connectionId: existing?.id ?? null,
        optionalScopes: existing?.optional,
      }),
    }
  } catch (error) {
    if (error instanceof AzureError) return { kind: 'refused', code: error.code }
    throw error
  }
}

type ReconnectOptions = {
  /** An optional permission to ask for in addition to those that the connection has. */
  alsoAsk?: OptionalScope
}

/**
 * Begins to sign in again for an existing connection. The tenant is looked up anew, because a subscription may have moved
 * to another one. When that fails, the tenant that it was connected in is still the best place to sign in. Throws
 * NotFound and TooMany.
 */
export async function beginReconnect(
  actor: SessionActor,
  connectionId: string,
  { alsoAsk }: ReconnectOptions = {},
): Promise<{ attemptId: string }> {
  allow(actor, 'connect')
  await limit('connect_attempt', actor.memberId)
  const connection = await findConnection(actor, connectionId)
  const tenantId = await discoverTenant(connection.subscriptionId).catch((error: unknown) => {
    if (!(error instanceof AzureError)) throw error
    log().warn({ event: 'reconnect_tenant_not_discovered', connectionId, error })
    return connection.tenantId
  })
  const { subscriptionId, accountId } = connection
  const { optionalScopes: had } = await findAccount(actor, accountId)
  const optionalScopes = OPTIONAL_SCOPES.filter((scope) => scope === alsoAsk || had.includes(scope))
  return { attemptId: await openAttempt(actor, { subscriptionId, tenantId, connectionId, optionalScopes }) }
}

/**
 * The application by whose account a connection is read: it is given another credential where a person signs in again. Null for a
 * person's account, and where the subscription has moved to another tenant, which the application is not in. Throws NotFound.
 */
export async function findApplicationToReconnect(actor: Actor, connectionId: string): Promise<string | null> {
  allow(actor, 'connect')
  const { accountId, stateReason } = await findConnection(actor, connectionId)
  const { id, kind } = await findAccount(actor, accountId)
  return kind === 'application' && stateReason !== 'subscription_moved' ? id : null
}

type AttemptSubject = {
  subscriptionId: string
  tenantId: string
  connectionId: string | null
  optionalScopes?: string[]
}

/** Stores a new attempt for this member's browser. Gives its id. */
async function openAttempt(actor: SessionActor, about: AttemptSubject): Promise<string> {
  const db = await getDb(actor)
  const [attempt] = await db
    .insert(connectAttempts)
    .values({
      ...about,
      organisationId: actor.organisationId,
      memberId: actor.memberId,
      sessionId: actor.sessionId,
      expiresAt: sql`now() + make_interval(mins => ${ATTEMPT_MINUTES})`,
    })
    .returning({ id: connectAttempts.id })
  if (!attempt) throw new Error('The attempt was not stored.')
  return attempt.id
}

export type AttemptRow = typeof connectAttempts.$inferSelect & { expired: boolean }

/**
 * The where-clause of the attempts of this very member in this very browser. Another member's attempt is not found, even in
 * the same organisation, because a sign-in belongs to whoever began it; nor is one that the same member began in another
 * browser, because Microsoft's answer is good only for the browser that was sent there (RFC 9700, section 4.7).
 */
export const whereOwnAttempts = ({ organisationId, memberId, sessionId }: SessionActor): SQL | undefined =>
  and(
    eq(connectAttempts.organisationId, organisationId),
    eq(connectAttempts.memberId, memberId),
    eq(connectAttempts.sessionId, sessionId),
  )

/** The where-clause of one of {@link whereOwnAttempts}. */
export const whereOwnAttempt = (actor: SessionActor, attemptId: string): SQL | undefined =>
  and(whereOwnAttempts(actor), eq(connectAttempts.id, attemptId))

/** The member's own attempt in this browser, with whether it has expired by the database's clock, or null. */
export async function findAttempt(
  db: Database | Transaction,
  actor: SessionActor,
  attemptId: string,
): Promise<AttemptRow | null> {
  const [found] = await db
    .select({ attempt: connectAttempts, expired: sql<boolean>`${connectAttempts.expiresAt} <= now()` })
    .from(connectAttempts)
    .where(whereOwnAttempt(actor, attemptId))
  return found ? { ...found.attempt, expired: found.expired } : null
}

type Account = { objectId: string; tenantId: string; name: string }

/** An attempt as its pages show it. No secret is among its fields. */
export type Attempt = {
  id: string
  subscriptionId: string
  tenantId: string
  connectionId: string | null
  connectionLabel: string | null
  /** The account that a connection which is being reconnected has read with until now. */
  previousAccount: (Account & { others: number }) | null
  account: (Account & { isApplication: boolean }) | null
  problem: AttemptProblem | null
  /** Whether the browser was sent to Microsoft's sign-in page for it, whatever came back. */
  signInBegun: boolean
  expired: boolean
  confirmed: boolean
  madeConnectionIds: string[]
  /** What it was asked to connect and did not, once it is confirmed. */
  leftOut: LeftOut[]
  expiresAt: Date
  /** The optional permissions to ask for: those chosen before, those that its account has, or at first the recommended ones. */
  optionalScopes: OptionalScope[]
  /** What is left to ask for when the tenant does not grant those; null when nothing optional is asked for. */
  fewerScopes: OptionalScope[] | null
  /** To send to an administrator of the subscription's tenant. */
  adminConsentUrl: string
}

/** The member's own attempt as its pages show it, or null. */
export async function getAttempt(actor: SessionActor, attemptId: string): Promise<Attempt | null> {
  const db = await getDb(actor)
  const attempt = await findAttempt(db, actor, attemptId)
  if (!attempt) return null
  const [connection] = attempt.connectionId
    ? await db
        .select({
          label: connections.label,
          objectId: accounts.objectId,
          tenantId: accounts.tenantId,
          name: accounts.name,
          optionalScopes: accounts.optionalScopes,
          others: otherConnections,
        })
        .from(connections)
        .innerJoin(accounts, isAccountOf)
        .where(whereConnection(actor.organisationId, attempt.connectionId))
    : []
  const { accountObjectId, accountTenantId, accountName } = attempt
  const chosen = attempt.accountId === null ? null : await findAccount(actor, attempt.accountId)
  const optionalScopes = chooseOptionalScopes(attempt)
  return {
    id: attempt.id,
    subscriptionId: attempt.subscriptionId,
    tenantId: attempt.tenantId,
    connectionId: attempt.connectionId,
    connectionLabel: connection?.label ?? null,
    previousAccount: connection
      ? {
          objectId: connection.objectId,
          tenantId: connection.tenantId,
          name: connection.name,
          others: connection.others,
        }
      : null,
    account:
      accountObjectId && accountTenantId
        ? {
            objectId: accountObjectId,
            tenantId: accountTenantId,
            name: accountName ?? accountObjectId,
            isApplication: chosen?.kind === 'application',
          }
        : null,
    problem: attempt.problem,
    signInBegun: attempt.loginBegunAt !== null,
    expired: attempt.expired,
    confirmed: attempt.confirmedAt !== null,
    madeConnectionIds: attempt.madeConnectionIds,
    leftOut: attempt.problem?.leftOut ?? [],
    expiresAt: attempt.expiresAt,
    optionalScopes,
    fewerScopes: chooseFewerScopes(optionalScopes, connection?.optionalScopes ?? []),
    adminConsentUrl: browserAddress(
      adminConsentUrl({
        tenantId: attempt.tenantId,
        redirectUri: `${env().portalUrl}/api/azure/admin-consent`,
        state: 'link',
        optional: await addScopesOfTenant(actor, attempt.tenantId, optionalScopes),
      }),
    ),
  }
}

function chooseOptionalScopes({ loginBegunAt, connectionId, optionalScopes }: AttemptRow): OptionalScope[] {
  if (loginBegunAt === null && connectionId === null) return [...RECOMMENDED_SCOPES]
  return OPTIONAL_SCOPES.filter((scope) => optionalScopes.includes(scope))
}

/** The permissions to ask for when those asked for are refused: those that the connection has, or none if that is no fewer. */
function chooseFewerScopes(asked: OptionalScope[], had: string[]): OptionalScope[] | null {
  if (asked.length === 0) return null
  const kept = asked.filter((scope) => had.includes(scope))
  return kept.length < asked.length ? kept : []
}

/** Adds the optional scopes that the tenant's other accounts use, because an approval of fewer would withdraw those. */
async function addScopesOfTenant(actor: Actor, tenantId: string, asked: OptionalScope[]): Promise<OptionalScope[]> {
  const db = await getDb(actor)
  const rows = await db
    .select({ scopes: accounts.optionalScopes })
    .from(accounts)
    .where(and(eq(accounts.organisationId, actor.organisationId), eq(accounts.tenantId, tenantId)))
  return OPTIONAL_SCOPES.filter((scope) => asked.includes(scope) || rows.some(({ scopes }) => scopes.includes(scope)))
}
