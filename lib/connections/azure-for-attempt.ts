import { and, eq, isNull } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectAttempts } from '@/db/schema/connections'
import { type Azure, createAzure } from '@/lib/azure/client/clients'
import { INTERACTIVE as patience } from '@/lib/azure/client/retry'
import { createTokens } from '@/lib/azure/client/tokens'
import { createMeter } from '@/lib/azure/client/transport'
import type { AttemptRow } from './find-attempt'
import { type SealedPlace, sealedStore } from './sealed-store'

/** Milliseconds that a page waits for Microsoft while a person watches. */
const PATIENCE_MS = 45_000

/** Azure as the account that signed in for an attempt sees it, or null when nobody has. */
export function azureForAttempt(actor: Actor, attempt: AttemptRow): Azure | null {
  const { accountObjectId: objectId, accountTenantId: tenantId } = attempt
  if (!attempt.sealedCache || !objectId || !tenantId) return null
  const store = sealedStore(placeOf(actor, attempt.id), {
    organisationId: actor.organisationId,
    kind: 'attempt-cache',
    id: attempt.id,
  })
  const meter = createMeter()
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const options = { meter, signal, patience }
  const tokens = createTokens({
    tenantId: attempt.tenantId,
    account: { objectId, tenantId },
    store,
    optional: attempt.grantedScopes,
    ...options,
  })
  return createAzure({ tokens, ...options })
}

function placeOf(actor: Actor, attemptId: string): SealedPlace {
  const own = and(
    eq(connectAttempts.organisationId, actor.organisationId),
    eq(connectAttempts.memberId, actor.memberId),
    eq(connectAttempts.id, attemptId),
  )
  return {
    async read() {
      const db = await getDb()
      const [found] = await db
        .select({ sealed: connectAttempts.sealedCache, version: connectAttempts.cacheVersion })
        .from(connectAttempts)
        .where(own)
      return found?.sealed ? { sealed: found.sealed, version: found.version } : null
    },
    async write(sealed, over) {
      const db = await getDb()
      const written = await db
        .update(connectAttempts)
        .set({ sealedCache: sealed, cacheVersion: over + 1 })
        .where(and(own, eq(connectAttempts.cacheVersion, over), isNull(connectAttempts.confirmedAt)))
        .returning({ id: connectAttempts.id })
      return written.length > 0
    },
  }
}
