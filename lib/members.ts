import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { memberSessions, members } from '@/db/schema/organisations'
import type { MemberRole } from '@/lib/domain/vocabulary'
import { allow, audit, NotFound } from './actor'

/** `last_owner`: refused, because the organisation would be left without anyone who can manage it. */
export type MemberChange = { kind: 'done' } | { kind: 'last_owner' }

/** Gives a member another role, which holds from their next request on. The last owner keeps theirs. Throws {@link NotFound}. */
export async function changeRole(actor: Actor, memberId: string, role: MemberRole): Promise<MemberChange> {
  allow(actor, 'manage_members')
  const db = await getDb(actor)
  return reportLastOwner(() =>
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

/**
 * Removes a member with their sessions and attempts. They may sign in again, as a viewer, while their tenant is allowed.
 * Throws {@link NotFound}.
 */
export async function removeMember(actor: Actor, memberId: string): Promise<MemberChange> {
  allow(actor, 'manage_members')
  const db = await getDb(actor)
  return reportLastOwner(() =>
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

/** Ends every session of the member who asks, this one included. */
export async function signOutEverywhere(actor: Actor): Promise<void> {
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    await tx
      .delete(memberSessions)
      .where(and(eq(memberSessions.organisationId, actor.organisationId), eq(memberSessions.memberId, actor.memberId)))
    await audit(tx, actor, { action: 'member.signed_out_everywhere', subject: actor.name })
  })
}

/** The trigger that keeps an owner in every organisation (db/migrations). */
const LAST_OWNER_CONSTRAINT = 'members_keep_an_owner'

/** Carries out a change of members, and tells the database's refusal to lose the last owner from other failures. */
async function reportLastOwner(change: () => Promise<unknown>): Promise<MemberChange> {
  try {
    await change()
    return { kind: 'done' }
  } catch (error) {
    if (findConstraint(error) === LAST_OWNER_CONSTRAINT) return { kind: 'last_owner' }
    throw error
  }
}

/** The constraint that a driver's error names, on itself or on one of its causes. */
function findConstraint(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  return 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : findConstraint(error.cause)
}
