import { and, eq, gt, lt, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { auditEvents, memberSessions, members, organisations } from '@/db/schema/organisations'

/** A working day: after this the person signs in again, however busy they were. */
const SESSION_HOURS = 12

/** Who Microsoft says has signed in: the tenant and object ID are the key, the rest is for display. */
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
export async function registerSignIn(account: SignedInAccount): Promise<string> {
  const db = await getDb()
  return db.transaction(async (tx) => {
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

    const member = (await touchMember(tx, organisation.id, account)) ?? (await addMember(tx, organisation.id, account))
    const [session] = await tx
      .insert(memberSessions)
      .values({
        organisationId: organisation.id,
        memberId: member.id,
        expiresAt: sql`now() + make_interval(hours => ${SESSION_HOURS})`,
      })
      .returning({ id: memberSessions.id })
    if (!session) throw new Error('The session was not stored.')
    return session.id
  })
}

type Tx = Parameters<Parameters<Awaited<ReturnType<typeof getDb>>['transaction']>[0]>[0]

async function touchMember(tx: Tx, organisationId: string, account: SignedInAccount) {
  const [known] = await tx
    .update(members)
    .set({ name: account.name, email: account.email, lastSeenAt: sql`now()` })
    .where(and(eq(members.organisationId, organisationId), eq(members.objectId, account.objectId)))
    .returning({ id: members.id })
  return known
}

async function addMember(tx: Tx, organisationId: string, account: SignedInAccount) {
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
  await tx.insert(auditEvents).values({
    organisationId,
    memberId: member.id,
    memberName: account.name,
    action: 'member.joined',
    subject: account.name,
    details: { role },
  })
  return member
}

/** A browser left alone this long is signed out. */
const IDLE_MINUTES = 120

/** `last_seen_at` is written at most this often, so that reading pages does not write a row each. */
const SEEN_EVERY_MINUTES = 5

/** The signed-in member behind a session id, or null when it ended: signed out, removed, idle, or past its day. */
export async function findSession(sessionId: string) {
  const db = await getDb()
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
        gt(memberSessions.lastSeenAt, sql`now() - make_interval(mins => ${IDLE_MINUTES})`),
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

/** Signs one browser out, at once. A session that is already gone is fine. */
export async function endSession(sessionId: string): Promise<void> {
  const db = await getDb()
  await db.delete(memberSessions).where(eq(memberSessions.id, sessionId))
}
