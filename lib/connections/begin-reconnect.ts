import type { Actor } from '@/db/actor'
import { allow } from '@/lib/allow'
import { AzureError } from '@/lib/azure/client/errors'
import { discoverTenant } from '@/lib/azure/sign-in'
import { OPTIONAL_SCOPES, type OptionalScope } from '@/lib/domain/permissions'
import { log } from '@/lib/log'
import { findConnection } from './find-connection'
import { openAttempt } from './open-attempt'

type Options = {
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
  { alsoAsk }: Options = {},
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
