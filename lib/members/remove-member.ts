import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { members } from '@/db/schema/organisations'
import { allow } from '@/lib/allow'
import { audit } from '@/lib/audit'
import { NotFound } from '@/lib/connections/not-found'
import { keepsAnOwner, type MemberChange } from './keeps-an-owner'

/** Removes a member with their sessions and attempts. They may sign in again, as a viewer, while their tenant is allowed. */
export async function removeMember(actor: Actor, memberId: string): Promise<MemberChange> {
  allow(actor, 'manage_members')
  const db = await getDb()
  return keepsAnOwner(() =>
    db.transaction(async (tx) => {
      const [removed] = await tx
        .delete(members)
        .where(and(eq(members.organisationId, actor.organisationId), eq(members.id, memberId)))
        .returning({ name: members.name })
      if (!removed) throw new NotFound('There is no such member.')
      await audit(tx, actor, { action: 'member.removed', subject: removed.name })
    }),
  )
}
