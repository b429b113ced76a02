import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { allow } from '@/lib/allow'
import { audit } from '@/lib/audit'
import type { OptionalScope } from '@/lib/domain/permissions'
import { lockConnection } from './lock-connection'

/**
 * Lets a connection do without an optional permission, from its next token on. The tenant's consent is not ours to
 * withdraw: that is done in Microsoft Entra, and nothing here asks for what it left.
 */
export async function stopUsingPermission(actor: Actor, connectionId: string, scope: OptionalScope): Promise<void> {
  allow(actor, 'connect')
  const db = await getDb()
  await db.transaction(async (tx) => {
    const { label, optionalScopes } = await lockConnection(tx, actor, connectionId)
    if (!optionalScopes.includes(scope)) return
    await tx
      .update(connections)
      .set({ optionalScopes: optionalScopes.filter((one) => one !== scope) })
      .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId)))
    await audit(tx, actor, { action: 'connection.permission_dropped', subject: label, details: { permission: scope } })
  })
}
