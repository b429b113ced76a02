import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm'
import type { Visitor } from '@/db/actor'
import { getDbOfEveryOrganisation } from '@/db/client'
import type { Transaction } from '@/db/database'
import { isLiveSession } from '@/db/queries/organisation'
import { connectAttempts } from '@/db/schema/connections'
import { memberSessions, members, organisations } from '@/db/schema/organisations'
import { audit } from '@/lib/actor'
import { SESSION_HOURS, SESSIONS_PER_MEMBER } from '@/lib/domain/retention'
import { log } from '@/lib/log'
import { createToken, hashToken } from '@/lib/random-token'
import { SEEN_NOW } from './visits'

/** Who has signed in, according to Microsoft. Tenant and object ID identify the person, the rest is for display. */
export type SignedInAccount = {
  tenantId: string
  objectId: string
  name: string
  email: string
  organisationName: string
  /** When they last gave their credentials, by Microsoft's clock; null when Microsoft does not say. */
  authenticatedAt: Date | null
}

/** The browser in which somebody signs in. */
export type SignInBrowser = {
  /** In words, by `describeBrowser`. */
  browser: string
  visitor: Visitor
  /** The token of the session that this browser has had so far, which the new session replaces. */
  previousToken: string | null
}

/** The sign-in of a person whose access an owner has removed. */
export class AccessRemoved extends Error {
  override name = 'AccessRemoved'
}

type KnownMember = { organisationId: string; memberId: string }

/**
 * Gives a person who signed in a session, as a member of their tenant's organisation. The organisation is made on the
 * first sign-in from its tenant; its first member is owner, later ones are viewers until promoted. The session of before
 * in the same browser ends. Throws {@link AccessRemoved}.
 *
 * @returns the session's token, the only thing that the browser's sealed cookie holds
 */
export async function registerSignIn(account: SignedInAccount, browser: SignInBrowser): Promise<string> {
  const db = await getDbOfEveryOrganisation()
  const { token, ...who } = await db.transaction(async (tx) => {
    await tx
      .insert(organisations)
      .values({ tenantId: account.tenantId, name: account.organisationName })
      .onConflictDoNothing()
    const [organisation] = await tx
      .select({ id: organisations.id })
      .from(organisations)
      .where(eq(organisations.tenantId, account.tenantId))
      // One sign-in of a tenant at a time. Rows that merely refer to the organisation can be inserted meanwhile.
      .for('no key update')
    if (!organisation) throw new Error('The organisation vanished while its member signed in.')

    const organisationId = organisation.id
    const memberId =
      (await updateMember(tx, organisationId, account)) ?? (await addMember(tx, organisationId, account, browser))
    const who = { organisationId, memberId }
    const actor = { ...who, name: account.name, visitor: browser.visitor }
    await audit(tx, actor, { action: 'member.signed_in', subject: account.name })
    return { token: await openSession(tx, who, account, browser), ...who }
  })
  log().info({ event: 'signed_in', ...who, clientAddress: browser.visitor.address })
  return token
}

/** Whether an owner has removed the access of this person, who may sign in again only when an owner lets them in. */
export async function isAccessRemoved({ tenantId, objectId }: Pick<SignedInAccount, 'tenantId' | 'objectId'>) {
  const db = await getDbOfEveryOrganisation()
  const [removed] = await db
    .select({ id: members.id })
    .from(members)
    .innerJoin(organisations, eq(organisations.id, members.organisationId))
    .where(and(eq(organisations.tenantId, tenantId), eq(members.objectId, objectId), eq(members.state, 'removed')))
  return removed !== undefined
}

/** Takes over the name and email of a member who signs in again. Gives nothing for a person who is no member yet. */
async function updateMember(tx: Transaction, organisationId: string, account: SignedInAccount) {
  const own = and(eq(members.organisationId, organisationId), eq(members.objectId, account.objectId))
  const [known] = await tx.select({ id: members.id, state: members.state }).from(members).where(own).for('update')
  if (!known) return null
  if (known.state === 'removed') throw new AccessRemoved('An owner has removed this person’s access.')
  await tx
    .update(members)
    .set({ name: account.name, email: account.email, ...SEEN_NOW })
    .where(own)
  return known.id
}

async function addMember(
  tx: Transaction,
  organisationId: string,
  account: SignedInAccount,
  { visitor }: SignInBrowser,
): Promise<string> {
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
  return member.id
}

async function openSession(
  tx: Transaction,
  member: KnownMember,
  { authenticatedAt }: SignedInAccount,
  { browser, visitor, previousToken }: SignInBrowser,
): Promise<string> {
  const { token, tokenHash } = createToken()
  const [session] = await tx
    .insert(memberSessions)
    .values({
      ...member,
      tokenHash,
      browser,
      clientAddress: visitor.address,
      // Microsoft's clock may be ahead of the database's, and a time to come would stay fresh for too long.
      authenticatedAt: authenticatedAt && sql`least(${authenticatedAt.toISOString()}::timestamptz, now())`,
      expiresAt: sql`now() + make_interval(hours => ${SESSION_HOURS})`,
    })
    .returning({ id: memberSessions.id })
  if (!session) throw new Error('The session was not stored.')
  if (previousToken) await replaceSession(tx, member, previousToken, session.id)
  await endSurplusSessions(tx, member, session.id)
  return token
}

/**
 * Ends the session that this browser has had so far. When it was the same member's, who has only confirmed who they are, what
 * they have begun to connect in this browser goes on; what another member began is lost with their session.
 */
async function replaceSession(tx: Transaction, member: KnownMember, previousToken: string, sessionId: string) {
  const [previous] = await tx
    .select({ id: memberSessions.id })
    .from(memberSessions)
    .where(eq(memberSessions.tokenHash, hashToken(previousToken)))
  if (!previous) return
  await tx
    .update(connectAttempts)
    .set({ sessionId })
    .where(
      and(
        eq(connectAttempts.organisationId, member.organisationId),
        eq(connectAttempts.memberId, member.memberId),
        eq(connectAttempts.sessionId, previous.id),
      ),
    )
  await tx.delete(memberSessions).where(eq(memberSessions.id, previous.id))
}

/** Deletes the member's sessions that have ended by themselves, and the oldest ones beyond the bound. */
async function endSurplusSessions(tx: Transaction, { organisationId, memberId }: KnownMember, newestId: string) {
  const own = and(eq(memberSessions.organisationId, organisationId), eq(memberSessions.memberId, memberId))
  await tx.delete(memberSessions).where(and(own, sql`not (${isLiveSession})`))
  const surplus = tx
    .select({ id: memberSessions.id })
    .from(memberSessions)
    .where(and(own, ne(memberSessions.id, newestId)))
    .orderBy(desc(memberSessions.createdAt), desc(memberSessions.id))
    .offset(SESSIONS_PER_MEMBER - 1)
  await tx.delete(memberSessions).where(and(own, inArray(memberSessions.id, surplus)))
}
