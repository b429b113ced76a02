import { and, eq, isNotNull, ne, or, sql } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { members, organisations } from '@/db/schema/organisations'
import type { JoinRule, MemberRole } from '@/lib/domain/vocabulary'
import { allow, audit, NotFound, requireFreshSignIn } from './actor'
import { revokeFeedsOf } from './feeds/revoke-feed'
import { deleteSessionsOf } from './member-sessions'

/** `last_owner`: refused, because the organisation would be left without anyone who can manage it. */
export type MemberChange = { kind: 'done' } | { kind: 'last_owner' }

/** Gives a member another role, which holds from their next request on. The last owner keeps theirs. Throws {@link NotFound}. */
export async function changeRole(actor: SessionActor, memberId: string, role: MemberRole): Promise<MemberChange> {
  allow(actor, 'manage_members')
  requireFreshSignIn(actor)
  const db = await getDb(actor)
  return reportLastOwner(() =>
    db.transaction(async (tx) => {
      const member = await lockMember(tx, actor, memberId)
      if (member.role === role) return
      await tx.update(members).set({ role }).where(whereMember(actor, memberId))
      await audit(tx, actor, {
        action: 'member.role_changed',
        subject: member.name,
        details: { before: member.role, after: role },
      })
    }),
  )
}

/**
 * Removes a member: their sessions, attempts and feeds end at once, and their next sign-in is refused until an owner lets them in again.
 * The last owner stays. Throws {@link NotFound}, also for a member who was removed already.
 */
export async function removeMember(actor: SessionActor, memberId: string): Promise<MemberChange> {
  allow(actor, 'manage_members')
  requireFreshSignIn(actor)
  const db = await getDb(actor)
  return reportLastOwner(() =>
    db.transaction(async (tx) => {
      const member = await lockMember(tx, actor, memberId)
      await deleteSessionsOf(tx, actor.organisationId, memberId)
      const feeds = await revokeFeedsOf(tx, actor.organisationId, memberId)
      await tx
        .update(members)
        .set({ state: 'removed', role: 'viewer', joinDoubt: null, removedAt: sql`now()`, removedByName: actor.name })
        .where(whereMember(actor, memberId))
      await audit(tx, actor, {
        action: 'member.removed',
        subject: member.name,
        details: feeds > 0 ? { feeds } : {},
      })
    }),
  )
}

/**
 * Lets somebody sign in who waits for it or was removed, as a viewer, or whom the rule keeps out by now, with the role that they have. From
 * then on the rule is not asked about them. Throws {@link NotFound}, also for a member who may sign in already.
 */
export async function letMemberIn(actor: SessionActor, memberId: string): Promise<void> {
  allow(actor, 'manage_members')
  requireFreshSignIn(actor)
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const [member] = await tx
      .select({ name: members.name, state: members.state })
      .from(members)
      .where(and(whereMember(actor, memberId), or(ne(members.state, 'active'), isNotNull(members.joinDoubt))))
      .for('update')
    if (!member) throw new NotFound('There is nobody of this ID to be let in.')
    await tx
      .update(members)
      .set({ state: 'active', joinedBy: 'owner', joinDoubt: null, removedAt: null, removedByName: null })
      .where(whereMember(actor, memberId))
    const action = member.state === 'removed' ? 'member.let_in_again' : 'member.let_in'
    await audit(tx, actor, { action, subject: member.name })
  })
}

/** Refuses somebody who waits to be let in: from then on they are listed among those who were removed. Throws {@link NotFound}. */
export async function refuseMember(actor: SessionActor, memberId: string): Promise<void> {
  allow(actor, 'manage_members')
  requireFreshSignIn(actor)
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const [member] = await tx
      .update(members)
      .set({ state: 'removed', joinDoubt: null, removedAt: sql`now()`, removedByName: actor.name })
      .where(and(whereMember(actor, memberId), eq(members.state, 'waiting')))
      .returning({ name: members.name })
    if (!member) throw new NotFound('There is nobody of this ID who waits to be let in.')
    await audit(tx, actor, { action: 'member.refused', subject: member.name })
  })
}

/** With the rule `groups` the groups and app roles whose holders become members, as `parseNames` gives them; else none. */
type NewRule = { rule: JoinRule; named?: string[] }

/**
 * Changes who of the tenant becomes a member by signing in. Members stay members, except those who joined by a group that is no longer
 * named; whoever waits joins with their next sign-in, once the rule admits them. What the rule of before said about people is forgotten.
 */
export async function changeJoinRule(actor: SessionActor, { rule, named = [] }: NewRule): Promise<void> {
  allow(actor, 'manage_members')
  requireFreshSignIn(actor)
  const db = await getDb(actor)
  const own = eq(organisations.id, actor.organisationId)
  await db.transaction(async (tx) => {
    const [found] = await tx
      .select({ name: organisations.name, rule: organisations.joinRule, named: organisations.joinNamed })
      .from(organisations)
      .where(own)
      .for('no key update')
    if (!found) throw new NotFound('There is no such organisation.')
    if (found.rule === rule && found.named.join('\n') === named.join('\n')) return
    await tx.update(organisations).set({ joinRule: rule, joinNamed: named }).where(own)
    await tx.update(members).set({ joinDoubt: null }).where(eq(members.organisationId, actor.organisationId))
    await audit(tx, actor, {
      action: 'organisation.join_rule_changed',
      subject: found.name,
      details: { before: found.rule, after: rule, ...(rule === 'groups' ? { named: named.join(', ') } : {}) },
    })
  })
}

const whereMember = ({ organisationId }: Actor, memberId: string) =>
  and(eq(members.organisationId, organisationId), eq(members.id, memberId))

/**
 * Locks an active member's row, so that no sign-in of theirs comes in between. The organisation is locked first, in the order of
 * a sign-in: otherwise each could wait for the other. Throws {@link NotFound}.
 */
async function lockMember(tx: Transaction, actor: Actor, memberId: string) {
  await tx
    .select({ id: organisations.id })
    .from(organisations)
    .where(eq(organisations.id, actor.organisationId))
    .for('no key update')
  const [member] = await tx
    .select({ name: members.name, role: members.role })
    .from(members)
    .where(and(whereMember(actor, memberId), eq(members.state, 'active')))
    .for('update')
  if (!member) throw new NotFound('There is no such member.')
  return member
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
