import { and, eq, sql } from 'drizzle-orm'
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
