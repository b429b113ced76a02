import { and, eq, gt, lt, sql } from 'drizzle-orm'
import type { Visitor } from '@/db/actor'
import { getDbOfEveryOrganisation } from '@/db/client'
import type { Transaction } from '@/db/database'
import { memberSessions, members, organisations } from '@/db/schema/organisations'
import { audit } from '@/lib/actor'
import { SESSION_HOURS, SESSION_IDLE_MINUTES } from '@/lib/domain/retention'
import { log } from '@/lib/log'

/** Who has signed in, according to Microsoft. Tenant and object ID identify the person, the rest is for display. */
export type SignedInAccount = {
  tenantId: string
  objectId: string
  name: string
  email: string
  organisationName: string
}

/**
 * Gives a person who signed in a session, as a member of their tenant's organisation. The organisation is made on the
 * first sign-in from its tenant; its first member is owner, later ones are viewers until promoted.
 *
 * @returns the session's id, the only thing that the browser's sealed cookie holds
 */
export async function registerSignIn(account: SignedInAccount, visitor?: Visitor): Promise<string> {
  const db = await getDbOfEveryOrganisation()
  const { sessionId, ...who } = await db.transaction(async (tx) => {
    await tx
      .insert(organisations)
      .values({ tenantId: account.tenantId, name: account.organisationName })
      .onConflictDoNothing()
    const [organisation] = await tx
      .select({ id: organisations.id })
      .from(organisations)
      .where(eq(organisations.tenantId, account.tenantId))
      .for('update')
    if (!organisation) throw new Error('The organisation vanished while its member signed in.')

    const member =
      (await updateMember(tx, organisation.id, account)) ?? (await addMember(tx, organisation.id, account, visitor))
    const [session] = await tx
      .insert(memberSessions)
      .values({
        organisationId: organisation.id,
        memberId: member.id,
        expiresAt: sql`now() + make_interval(hours => ${SESSION_HOURS})`,
      })
      .returning({ id: memberSessions.id })
    if (!session) throw new Error('The session was not stored.')
    const who = { organisationId: organisation.id, memberId: member.id }
    await audit(tx, { ...who, name: account.name, visitor }, { action: 'member.signed_in', subject: account.name })
    return { sessionId: session.id, ...who }
  })
  log().info({ event: 'signed_in', ...who, clientAddress: visitor?.address })
  return sessionId
}

/** Takes over the name and email of a member who signs in again. Gives nothing for a person who is no member yet. */
async function updateMember(tx: Transaction, organisationId: string, account: SignedInAccount) {
  const [known] = await tx
    .update(members)
    .set({ name: account.name, email: account.email, lastSeenAt: sql`now()` })
    .where(and(eq(members.organisationId, organisationId), eq(members.objectId, account.objectId)))
    .returning({ id: members.id })
  return known
}

async function addMember(tx: Transaction, organisationId: string, account: SignedInAccount, visitor?: Visitor) {
  const [anyone] = await tx
    .select({ id: members.id })
    .from(members)
    .where(eq(members.organisationId, organisationId))
    .limit(1)
  const role = anyone ? 'viewer' : 'owner'
  const [member] = await tx
    .insert(members)
    .values({
      organisationId,
      objectId: account.objectId,
      name: account.name,
      email: account.email,
      role,
      lastSeenAt: sql`now()`,
    })
    .returning({ id: members.id })
  if (!member) throw new Error('The member was not stored.')
  const actor = { organisationId, memberId: member.id, name: account.name, visitor }
  await audit(tx, actor, { action: 'member.joined', subject: account.name, details: { role } })
  return member
}

/** `last_seen_at` is written at most this often, so that reading pages does not write a row each. */
const SEEN_EVERY_MINUTES = 5

/**
 * The member whose session this is, or null when it has ended: signed out, removed, idle for too long, or older than
 * {@link SESSION_HOURS}.
 */
export async function findSession(sessionId: string) {
  const db = await getDbOfEveryOrganisation()
  const [found] = await db
    .select({
      sessionId: memberSessions.id,
      organisationId: members.organisationId,
      memberId: members.id,
      role: members.role,
      name: members.name,
      email: members.email,
      organisationName: organisations.name,
      tenantId: organisations.tenantId,
    })
    .from(memberSessions)
    .innerJoin(
      members,
      and(eq(members.organisationId, memberSessions.organisationId), eq(members.id, memberSessions.memberId)),
    )
    .innerJoin(organisations, eq(organisations.id, members.organisationId))
    .where(
      and(
        eq(memberSessions.id, sessionId),
        gt(memberSessions.expiresAt, sql`now()`),
        gt(memberSessions.lastSeenAt, sql`now() - make_interval(mins => ${SESSION_IDLE_MINUTES})`),
      ),
    )
  if (!found) return null

  await db
    .update(memberSessions)
    .set({ lastSeenAt: sql`now()` })
    .where(
      and(
        eq(memberSessions.id, sessionId),
        lt(memberSessions.lastSeenAt, sql`now() - make_interval(mins => ${SEEN_EVERY_MINUTES})`),
      ),
    )
  return found
}

/** Signs one browser out, at once. Does nothing when the session has ended already. */
export async function endSession(sessionId: string): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  await db.delete(memberSessions).where(eq(memberSessions.id, sessionId))
}
