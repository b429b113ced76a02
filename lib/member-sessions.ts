import { and, eq, ne } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { memberSessions, members } from '@/db/schema/organisations'
import { allow, audit, NotFound } from './actor'

/** Ends one session of the member who asks. Throws {@link NotFound} for another member's, and for one that has ended. */
export async function endOwnSession(actor: SessionActor, sessionId: string): Promise<void> {
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const [ended] = await tx
      .delete(memberSessions)
      .where(and(whereSessionsOf(actor.organisationId, actor.memberId), eq(memberSessions.id, sessionId)))
      .returning({ browser: memberSessions.browser })
    if (!ended) throw new NotFound('There is no such session.')
    await audit(tx, actor, { action: 'member.session_ended', subject: actor.name, details: { browser: ended.browser } })
  })
}

/** Ends every session of the member who asks but the one they ask from. Gives how many there were. */
export async function endOtherSessions(actor: SessionActor): Promise<number> {
  const db = await getDb(actor)
  return db.transaction(async (tx) => {
    const ended = await tx
      .delete(memberSessions)
      .where(and(whereSessionsOf(actor.organisationId, actor.memberId), ne(memberSessions.id, actor.sessionId)))
      .returning({ id: memberSessions.id })
    if (ended.length === 0) return 0
    await audit(tx, actor, {
      action: 'member.other_sessions_ended',
      subject: actor.name,
      details: { sessions: ended.length },
    })
    return ended.length
  })
}

/** Ends every session of the member who asks, this one included. */
export async function signOutEverywhere(actor: Actor): Promise<void> {
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    await deleteSessionsOf(tx, actor.organisationId, actor.memberId)
    await audit(tx, actor, { action: 'member.signed_out_everywhere', subject: actor.name })
  })
}

/**
 * Ends every session of one member, who stays a member and can sign in again. It takes nothing away for good, so it asks for no
 * fresh sign-in. Throws {@link NotFound}.
 */
export async function endSessionsOfMember(actor: Actor, memberId: string): Promise<void> {
  allow(actor, 'manage_members')
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const [member] = await tx
      .select({ name: members.name })
      .from(members)
      .where(
        and(eq(members.organisationId, actor.organisationId), eq(members.id, memberId), eq(members.state, 'active')),
      )
    if (!member) throw new NotFound('There is no such member.')
    const sessions = await deleteSessionsOf(tx, actor.organisationId, memberId)
    await audit(tx, actor, { action: 'member.sessions_ended_by_owner', subject: member.name, details: { sessions } })
  })
}

/** Deletes all sessions of a member, with what they have begun to connect. Gives how many there were. */
export async function deleteSessionsOf(tx: Transaction, organisationId: string, memberId: string): Promise<number> {
  const ended = await tx
    .delete(memberSessions)
    .where(whereSessionsOf(organisationId, memberId))
    .returning({ id: memberSessions.id })
  return ended.length
}

const whereSessionsOf = (organisationId: string, memberId: string) =>
  and(eq(memberSessions.organisationId, organisationId), eq(memberSessions.memberId, memberId))
