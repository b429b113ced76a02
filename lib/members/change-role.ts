import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { members } from '@/db/schema/organisations'
import { allow } from '@/lib/allow'
import { audit } from '@/lib/audit'
import { NotFound } from '@/lib/connections/not-found'
import type { MemberRole } from '@/lib/domain/vocabulary'
import { keepsAnOwner, type MemberChange } from './keeps-an-owner'

/** Gives a member another role, at once. The last owner keeps theirs: the database refuses, and that is reported. */
export async function changeRole(actor: Actor, memberId: string, role: MemberRole): Promise<MemberChange> {
  allow(actor, 'manage_members')
  const db = await getDb()
  return keepsAnOwner(() =>
    db.transaction(async (tx) => {
      const own = and(eq(members.organisationId, actor.organisationId), eq(members.id, memberId))
      const [member] = await tx
        .select({ name: members.name, role: members.role })
        .from(members)
        .where(own)
        .for('update')
      if (!member) throw new NotFound('There is no such member.')
      if (member.role === role) return
      await tx.update(members).set({ role }).where(own)
      await audit(tx, actor, {
        action: 'member.role_changed',
        subject: member.name,
        details: { before: member.role, after: role },
      })
    }),
  )
}
