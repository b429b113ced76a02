import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { allow } from '@/lib/allow'
import { audit } from '@/lib/audit'
import { findConnection } from './find-connection'

/** Gives a tile another label. */
export async function renameConnection(actor: Actor, connectionId: string, label: string): Promise<void> {
  allow(actor, 'rename')
  const db = await getDb()
  await db.transaction(async (tx) => {
    const before = await findConnection(actor, connectionId, tx)
    if (before.label === label) return
    await tx
      .update(connections)
      .set({ label })
      .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId)))
    await audit(tx, actor, { action: 'connection.renamed', subject: label, details: { before: before.label } })
  })
}
