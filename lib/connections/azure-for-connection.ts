import { and, eq } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { connectionSecrets } from '@/db/schema/connections'
import { type Azure, createAzure } from '@/lib/azure/client/clients'
import { createTokens } from '@/lib/azure/client/tokens'
import type { Meter } from '@/lib/azure/client/transport'
import type { ConnectionRow } from './find-connection'
import { type SealedPlace, sealedStore } from './sealed-store'

/** Azure as the account behind a connection sees it. Tokens are refreshed through the connection's sealed cache. */
export function azureForConnection(connection: ConnectionRow, meter: Meter, signal: AbortSignal): Azure {
  const { organisationId, id, tenantId, optionalScopes: optional } = connection
  const account = { objectId: connection.accountObjectId, tenantId: connection.accountTenantId }
  const store = sealedStore(placeOf(organisationId, id), { organisationId, kind: 'connection-cache', id })
  return createAzure({ tokens: createTokens({ tenantId, account, store, optional, meter, signal }), meter, signal })
}

function placeOf(organisationId: string, connectionId: string): SealedPlace {
  const own = and(
    eq(connectionSecrets.organisationId, organisationId),
    eq(connectionSecrets.connectionId, connectionId),
  )
  return {
    async read() {
      const db = await getDb()
      const [found] = await db
        .select({ sealed: connectionSecrets.sealed, version: connectionSecrets.version })
        .from(connectionSecrets)
        .where(own)
      return found ?? null
    },
    async write(sealed, over) {
      const db = await getDb()
      const written = await db
        .update(connectionSecrets)
        .set({ sealed, version: over + 1, updatedAt: new Date() })
        .where(and(own, eq(connectionSecrets.version, over)))
        .returning({ version: connectionSecrets.version })
      return written.length > 0
    },
  }
}
