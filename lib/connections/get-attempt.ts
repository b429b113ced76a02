import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { browserAddress } from '@/lib/azure/client/transport'
import { adminConsentUrl } from '@/lib/azure/sign-in'
import { OPTIONAL_SCOPES, type OptionalScope, RECOMMENDED_SCOPES } from '@/lib/domain/permissions'
import type { AttemptProblem } from '@/lib/domain/vocabulary'
import { env } from '@/lib/env'
import { type AttemptRow, findAttempt } from './find-attempt'

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
  const optionalScopes = optionalScopesOf(attempt)
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
    fewerScopes: fewerScopes(optionalScopes, connection?.optionalScopes ?? []),
    adminConsentUrl: browserAddress(
      adminConsentUrl({
        tenantId: attempt.tenantId,
        redirectUri: `${env().portalUrl}/api/azure/admin-consent`,
        state: 'link',
        optional: await forWholeTenant(actor, attempt.tenantId, optionalScopes),
      }),
    ),
  }
}

function optionalScopesOf({ loginBegunAt, connectionId, optionalScopes }: AttemptRow): OptionalScope[] {
  if (loginBegunAt === null && connectionId === null) return [...RECOMMENDED_SCOPES]
  return OPTIONAL_SCOPES.filter((scope) => optionalScopes.includes(scope))
}

/** Without what is new, when something new is asked for; without any otherwise. */
function fewerScopes(asked: OptionalScope[], had: string[]): OptionalScope[] | null {
  if (asked.length === 0) return null
  const kept = asked.filter((scope) => had.includes(scope))
  return kept.length < asked.length ? kept : []
}

/** With the optional scopes that the tenant's other connections live on: approval of fewer would take them away. */
async function forWholeTenant(actor: Actor, tenantId: string, asked: OptionalScope[]): Promise<OptionalScope[]> {
  const db = await getDb()
  const rows = await db
    .select({ scopes: connections.optionalScopes })
    .from(connections)
    .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.tenantId, tenantId)))
  return OPTIONAL_SCOPES.filter((scope) => asked.includes(scope) || rows.some(({ scopes }) => scopes.includes(scope)))
}
