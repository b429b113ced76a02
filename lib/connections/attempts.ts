import { and, eq, lt, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Database, Transaction } from '@/db/database'
import { connectAttempts, connections } from '@/db/schema/connections'
import { allow } from '@/lib/actor'
import { AzureError } from '@/lib/azure/client/errors'
import { browserAddress } from '@/lib/azure/client/transport'
import { adminConsentUrl, discoverTenant } from '@/lib/azure/sign-in'
import { OPTIONAL_SCOPES, type OptionalScope, RECOMMENDED_SCOPES } from '@/lib/domain/permissions'
import type { ProblemCode } from '@/lib/domain/problems'
import type { AttemptProblem } from '@/lib/domain/vocabulary'
import { env } from '@/lib/env'
import { log } from '@/lib/log'
import { findConnection } from './connection'

type Account = { objectId: string; tenantId: string; name: string }

/** An attempt as its pages show it. No secret is among its fields. */
export type Attempt = {
  id: string
  subscriptionId: string
  tenantId: string
  connectionId: string | null
  connectionLabel: string | null
  /** The account that the connection being reconnected lived on until now. */
  previousAccount: Account | null
  account: Account | null
  problem: AttemptProblem | null
  expired: boolean
  confirmed: boolean
  madeConnectionIds: string[]
  expiresAt: Date
  /** The optional permissions to ask for: chosen before, held by the connection, or recommended to begin with. */
  optionalScopes: OptionalScope[]
  /** What is left to ask for when the tenant does not grant those; null when nothing optional is asked for. */
  fewerScopes: OptionalScope[] | null
  /** To send to an administrator of the subscription's tenant. */
  adminConsentUrl: string
}

/** The member's own attempt, or null. */
export async function getAttempt(actor: Actor, attemptId: string): Promise<Attempt | null> {
  const db = await getDb()
  const attempt = await findAttempt(db, actor, attemptId)
  if (!attempt) return null
  const [connection] = attempt.connectionId
    ? await db
        .select({
          label: connections.label,
          objectId: connections.accountObjectId,
          tenantId: connections.accountTenantId,
          name: connections.accountName,
          optionalScopes: connections.optionalScopes,
        })
        .from(connections)
        .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, attempt.connectionId)))
    : []
  const { accountObjectId, accountTenantId, accountName } = attempt
  const optionalScopes = chooseOptionalScopes(attempt)
  return {
    id: attempt.id,
    subscriptionId: attempt.subscriptionId,
    tenantId: attempt.tenantId,
    connectionId: attempt.connectionId,
    connectionLabel: connection?.label ?? null,
    previousAccount: connection
      ? { objectId: connection.objectId, tenantId: connection.tenantId, name: connection.name }
      : null,
    account:
      accountObjectId && accountTenantId
        ? { objectId: accountObjectId, tenantId: accountTenantId, name: accountName ?? accountObjectId }
        : null,
    problem: attempt.problem,
    expired: attempt.expired,
    confirmed: attempt.confirmedAt !== null,
    madeConnectionIds: attempt.madeConnectionIds,
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

/** Without what is new, when something new is asked for; without any otherwise. */
function chooseFewerScopes(asked: OptionalScope[], had: string[]): OptionalScope[] | null {
  if (asked.length === 0) return null
  const kept = asked.filter((scope) => had.includes(scope))
  return kept.length < asked.length ? kept : []
}

/** With the optional scopes that the tenant's other connections live on: approval of fewer would take them away. */
async function addScopesOfTenant(actor: Actor, tenantId: string, asked: OptionalScope[]): Promise<OptionalScope[]> {
  const db = await getDb()
  const rows = await db
    .select({ scopes: connections.optionalScopes })
    .from(connections)
    .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.tenantId, tenantId)))
  return OPTIONAL_SCOPES.filter((scope) => asked.includes(scope) || rows.some(({ scopes }) => scopes.includes(scope)))
}

/** From typing the ID to Connect. Long enough to fetch an administrator, short enough to forget. */
const ATTEMPT_MINUTES = 30

/** Attempts this long past their end are of no use to anyone, and their sealed sign-in goes with them. */
const KEPT_HOURS = 24

type AttemptSubject = {
  subscriptionId: string
  tenantId: string
  connectionId: string | null
  optionalScopes?: string[]
}

/** Stores a new attempt for this member and clears away old ones. Gives its id. */
export async function openAttempt(actor: Actor, about: AttemptSubject): Promise<string> {
  const db = await getDb()
  return db.transaction(async (tx) => {
    await tx
      .delete(connectAttempts)
      .where(
        and(
          eq(connectAttempts.organisationId, actor.organisationId),
          lt(connectAttempts.expiresAt, sql`now() - make_interval(hours => ${KEPT_HOURS})`),
        ),
      )
    const [attempt] = await tx
      .insert(connectAttempts)
      .values({
        ...about,
        organisationId: actor.organisationId,
        memberId: actor.memberId,
        expiresAt: sql`now() + make_interval(mins => ${ATTEMPT_MINUTES})`,
      })
      .returning({ id: connectAttempts.id })
    if (!attempt) throw new Error('The attempt was not stored.')
    return attempt.id
  })
}

export type AttemptRow = typeof connectAttempts.$inferSelect & { expired: boolean }

/**
 * An attempt of this very member, with whether it has expired by the database's clock. Another member's attempt is not
 * found, even within one organisation: a sign-in belongs to whoever began it.
 */
export async function findAttempt(
  db: Database | Transaction,
  actor: Actor,
  attemptId: string,
): Promise<AttemptRow | null> {
  const [found] = await db
    .select({ attempt: connectAttempts, expired: sql<boolean>`${connectAttempts.expiresAt} <= now()` })
    .from(connectAttempts)
    .where(
      and(
        eq(connectAttempts.organisationId, actor.organisationId),
        eq(connectAttempts.memberId, actor.memberId),
        eq(connectAttempts.id, attemptId),
      ),
    )
  return found ? { ...found.attempt, expired: found.expired } : null
}

type Begun =
  | { kind: 'begun'; attemptId: string }
  | { kind: 'already_connected'; connectionId: string; label: string }
  | { kind: 'refused'; code: ProblemCode }

/**
 * Begins to connect a subscription: names the tile that already has it, or finds its tenant without signing in and
 * opens an attempt. A disconnected tile whose data was kept is taken up again with its history.
 */
export async function beginConnect(actor: Actor, subscriptionId: string): Promise<Begun> {
  allow(actor, 'connect')
  const db = await getDb()
  const [existing] = await db
    .select({
      id: connections.id,
      label: connections.label,
      state: connections.state,
      optional: connections.optionalScopes,
    })
    .from(connections)
    .where(
      and(
        eq(connections.organisationId, actor.organisationId),
        eq(connections.integration, 'azure'),
        eq(connections.subscriptionId, subscriptionId),
      ),
    )
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
  /** An optional permission that the connection does not have yet, asked for beside those it has. */
  alsoAsk?: OptionalScope
}

/**
 * Begins to sign an existing connection in again. The tenant is looked up anew, since a subscription may have moved;
 * when that fails, the tenant it was connected in is still the best place to sign in.
 */
export async function beginReconnect(
  actor: Actor,
  connectionId: string,
  { alsoAsk }: ReconnectOptions = {},
): Promise<{ attemptId: string }> {
  allow(actor, 'connect')
  const connection = await findConnection(actor, connectionId)
  const tenantId = await discoverTenant(connection.subscriptionId).catch((error: unknown) => {
    if (!(error instanceof AzureError)) throw error
    log().warn({ event: 'reconnect_tenant_not_discovered', connectionId, error })
    return connection.tenantId
  })
  const { subscriptionId, optionalScopes: had } = connection
  const optionalScopes = OPTIONAL_SCOPES.filter((scope) => scope === alsoAsk || had.includes(scope))
  return { attemptId: await openAttempt(actor, { subscriptionId, tenantId, connectionId, optionalScopes }) }
}
