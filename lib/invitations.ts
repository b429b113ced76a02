import { and, eq, sql } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { invitations } from '@/db/schema/invitations'
import { members, organisations } from '@/db/schema/organisations'
import type { Invited } from '@/lib/domain/invited'
import { INVITATION_DAYS, MOST_INVITATIONS } from '@/lib/domain/retention'
import type { MemberState } from '@/lib/domain/vocabulary'
import { allow, audit, NotFound, requireFreshSignIn } from './actor'

/** `known`: nobody was invited, because the person is a member, waits, or was removed, which an owner decides in another place. */
export type Invitation =
  | { kind: 'done' }
  | { kind: 'known'; state: MemberState }
  | { kind: 'invited_already' }
  | { kind: 'too_many' }

/**
 * Invites somebody of the organisation's tenant, who then becomes a viewer with their first sign-in, whatever the rule is. An invitation
 * that nobody has taken up ends by itself.
 */
export async function invite(actor: SessionActor, who: Invited): Promise<Invitation> {
  allow(actor, 'manage_members')
  requireFreshSignIn(actor)
  const { organisationId } = actor
  const db = await getDb(actor)
  return db.transaction(async (tx): Promise<Invitation> => {
    // In the order of a sign-in, so that the person does not become a member meanwhile.
    await tx
      .select({ id: organisations.id })
      .from(organisations)
      .where(eq(organisations.id, organisationId))
      .for('no key update')
    const state = await findState(tx, organisationId, who)
    if (state) return { kind: 'known', state }
    const ofOrganisation = eq(invitations.organisationId, organisationId)
    await tx.delete(invitations).where(and(ofOrganisation, sql`expires_at <= now()`))
    if ((await tx.$count(invitations, ofOrganisation)) >= MOST_INVITATIONS) return { kind: 'too_many' }
    const expiresAt = sql`now() + make_interval(days => ${INVITATION_DAYS})`
    const made = await tx
      .insert(invitations)
      .values({ organisationId, ...who, invitedByName: actor.name, expiresAt })
      .onConflictDoNothing()
      .returning({ id: invitations.id })
    if (made.length === 0) return { kind: 'invited_already' }
    await audit(tx, actor, { action: 'member.invited', subject: nameOf(who) })
    return { kind: 'done' }
  })
}

/** Takes an invitation back that nobody has taken up. It takes something away, so it asks for no fresh sign-in. Throws {@link NotFound}. */
export async function takeBackInvitation(actor: Actor, invitationId: string): Promise<void> {
  allow(actor, 'manage_members')
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const [taken] = await tx
      .delete(invitations)
      .where(and(eq(invitations.organisationId, actor.organisationId), eq(invitations.id, invitationId)))
      .returning({ objectId: invitations.objectId, username: invitations.username })
    if (!taken) throw new NotFound('There is no such invitation.')
    await audit(tx, actor, { action: 'member.invitation_taken_back', subject: nameOf(taken) })
  })
}

const nameOf = ({ objectId, username }: { objectId: string | null; username: string | null }) =>
  objectId ?? username ?? ''

/** What somebody is to the organisation already; null for a stranger. A user name finds only somebody who still had it at their last sign-in. */
async function findState(tx: Transaction, organisationId: string, { objectId, username }: Invited) {
  const named = objectId === null ? eq(sql`lower(${members.email})`, username) : eq(members.objectId, objectId)
  const [known] = await tx
    .select({ state: members.state })
    .from(members)
    .where(and(eq(members.organisationId, organisationId), named))
  return known?.state ?? null
}
