import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { memberSessions } from '@/db/schema/organisations'
import { audit } from '@/lib/audit'

/** Ends every session of the member who asks, this one included. */
export async function signOutEverywhere(actor: Actor): Promise<void> {
  const db = await getDb()
  await db.transaction(async (tx) => {
    await tx
      .delete(memberSessions)
      .where(and(eq(memberSessions.organisationId, actor.organisationId), eq(memberSessions.memberId, actor.memberId)))
    await audit(tx, actor, { action: 'member.signed_out_everywhere', subject: actor.name })
  })
}
