import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { allow } from '@/lib/allow'
import { AzureError } from '@/lib/azure/client/errors'
import { discoverTenant } from '@/lib/azure/sign-in'
import type { ProblemCode } from '@/lib/domain/problems'
import { openAttempt } from './open-attempt'

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
