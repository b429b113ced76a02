import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm'
import type { Visitor } from '@/db/actor'
import { getDbOfEveryOrganisation } from '@/db/client'
import type { Transaction } from '@/db/database'
import { isLiveSession } from '@/db/queries/organisation'
import { connectAttempts } from '@/db/schema/connections'
import { memberSessions, members, organisations } from '@/db/schema/organisations'
import { audit } from '@/lib/actor'
import type { ToldMembership } from '@/lib/domain/join-groups'
import { SESSION_HOURS, SESSIONS_PER_MEMBER } from '@/lib/domain/retention'
import type { JoinDoubt, JoinRule, JoinWay, MemberRole } from '@/lib/domain/vocabulary'
import { type Env, env } from '@/lib/env'
import { log } from '@/lib/log'
import { createToken, hashToken } from '@/lib/random-token'
import { type Admission, judgeAdmission, type Rule } from './admission'
import { deleteInvitations, findInvitations } from './invitations'
import { findOrganisationOfSession } from './session-token'
import { seenNow } from './visits'

/** Who has signed in, according to Microsoft. Tenant and object ID identify the person, the rest is for display. */
export type SignedInAccount = {
  tenantId: string
  objectId: string
  name: string
  email: string
  organisationName: string
  /** When they last gave their credentials, by Microsoft's clock; null when Microsoft does not say. */
  authenticatedAt: Date | null
  /** What their tenant calls them, in lower case. It can change and be given to others. Null for guests, whom another tenant names. */
  username: string | null
  membership: ToldMembership
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

/** The sign-in of a person whom an owner has to let in first. */
export class AwaitsApproval extends Error {
  override name = 'AwaitsApproval'
}

/** The sign-in of a person who is in none of the groups and holds none of the app roles that owners named, as far as Microsoft says. */
export class OutsideNamedGroups extends Error {
  override name = 'OutsideNamedGroups'
  constructor(readonly doubt: JoinDoubt) {
    super('The rule of the organisation does not let this person in.')
  }
}

/** The sign-in of a person whom no owner has invited, where only those come in. */
export class NotInvited extends Error {
  override name = 'NotInvited'
}

type KnownMember = { organisationId: string; memberId: string }

/**
 * Gives a person who signed in a session, as a member of their tenant's organisation. The organisation is made on the
 * first sign-in from its tenant; its first member is owner, later ones are viewers until promoted, where its rule lets them in. The
 * session of before in the same browser ends. Throws {@link AccessRemoved}, {@link AwaitsApproval}, {@link NotInvited} and
 * {@link OutsideNamedGroups}.
 *
 * @returns the session's token, the only thing that the browser's sealed cookie holds
 */
export async function registerSignIn(account: SignedInAccount, browser: SignInBrowser): Promise<string> {
  const db = await getDbOfEveryOrganisation()
  const { token, ...who } = await db.transaction(async (tx) => {
    await tx
      .insert(organisations)
      .values({
        tenantId: account.tenantId,
        name: account.organisationName,
        joinRule: joinRuleAtFirst(env().mode),
      })
      .onConflictDoNothing()
    const organisation = await lockOrganisation(tx, account.tenantId)
    if (!organisation) throw new Error('The organisation vanished while its member signed in.')

    const organisationId = organisation.id
    const memberId = await admitMember(tx, organisation, account, browser)
    const who = { organisationId, memberId }
    const actor = { ...who, name: account.name, visitor: browser.visitor }
    await audit(tx, actor, { action: 'member.signed_in', subject: account.name })
    return { token: await openSession(tx, who, account, browser), ...who }
  })
  log().info({ event: 'signed_in', ...who, clientAddress: browser.visitor.address })
  return token
}

/** The rule of an organisation that is made. In the sandbox anybody picks any account, so that there is nobody to be kept out. */
export const joinRuleAtFirst = (mode: Env['mode']): JoinRule => (mode === 'sandbox' ? 'everyone' : 'approval')

type LockedOrganisation = Rule & { id: string }

/** One sign-in of a tenant at a time. Rows that merely refer to the organisation can be inserted meanwhile. */
async function lockOrganisation(tx: Transaction, tenantId: string): Promise<LockedOrganisation | null> {
  const [organisation] = await tx
    .select({ id: organisations.id, joinRule: organisations.joinRule, joinNamed: organisations.joinNamed })
    .from(organisations)
    .where(eq(organisations.tenantId, tenantId))
    .for('no key update')
  return organisation ?? null
}

/**
 * Whether a person may sign in to the organisation of their tenant. Whoever comes for the first time and has to be let in by an owner, or of
 * whom Microsoft does not say whether the rule names them, is written down as waiting. Somebody known whom the rule
 * of groups keeps out is marked with the reason, so that owners see it.
 */
export async function findAdmission(account: SignedInAccount, visitor: Visitor): Promise<Admission> {
  const db = await getDbOfEveryOrganisation()
  return db.transaction(async (tx) => {
    const organisation = await lockOrganisation(tx, account.tenantId)
    if (!organisation) return 'may'
    const { id: organisationId } = organisation
    const known = await findMember(tx, organisationId, account)
    if (!known && !(await hasMembers(tx, organisationId))) return 'may'
    const invited = (await findInvitations(tx, organisationId, account)).length > 0
    const admission = judgeAdmission(organisation, known, { ...account, invited })
    if (admission === 'may' || admission === 'removed' || admission === 'not_invited') return admission
    const joinDoubt = admission === 'waiting' ? null : admission
    if (known) {
      await tx.update(members).set({ joinDoubt }).where(ofAccount(organisationId, account))
    } else if (admission !== 'in_none_named') {
      const memberId = await insertMember(tx, organisationId, account, { role: 'viewer', state: 'waiting', joinDoubt })
      const actor = { organisationId, memberId, name: account.name, visitor }
      await audit(tx, actor, { action: 'member.asked_to_join', subject: account.name })
    }
    return admission
  })
}

const ofAccount = (organisationId: string, { objectId }: SignedInAccount) =>
  and(eq(members.organisationId, organisationId), eq(members.objectId, objectId))

async function findMember(tx: Transaction, organisationId: string, account: SignedInAccount) {
  const [known] = await tx
    .select({ id: members.id, state: members.state, role: members.role, joinedBy: members.joinedBy })
    .from(members)
    .where(ofAccount(organisationId, account))
    .for('update')
  return known ?? null
}

async function hasMembers(tx: Transaction, organisationId: string): Promise<boolean> {
  return (await tx.$count(members, eq(members.organisationId, organisationId))) > 0
}

/**
 * Takes over the name and email of a member who signs in again, and makes a member of whoever may become one: the first of the organisation
 * as its owner, and later ones, also those who have waited so far, as viewers.
 *
 * @returns the id of the member
 */
async function admitMember(
  tx: Transaction,
  organisation: LockedOrganisation,
  account: SignedInAccount,
  { visitor }: SignInBrowser,
): Promise<string> {
  const { id: organisationId, joinRule } = organisation
  const known = await findMember(tx, organisationId, account)
  const isFirst = !known && !(await hasMembers(tx, organisationId))
  const invitations = await findInvitations(tx, organisationId, account)
  const invited = invitations.length > 0
  if (!isFirst) throwRefusal(judgeAdmission(organisation, known, { ...account, invited }))
  await deleteInvitations(tx, organisationId, invitations)
  if (known?.state === 'active') {
    await updateMember(tx, organisationId, account, invited ? { joinedBy: 'owner' } : {})
    return known.id
  }
  const role = isFirst ? 'owner' : 'viewer'
  const joinedBy = isFirst ? null : invited ? 'owner' : joinRule === 'groups' ? 'groups' : 'everyone'
  if (known) await updateMember(tx, organisationId, account, { state: 'active', joinedBy })
  const memberId = known?.id ?? (await insertMember(tx, organisationId, account, { role, state: 'active', joinedBy }))
  const invitedBy = invitations[0]?.invitedByName
  await audit(
    tx,
    { organisationId, memberId, name: account.name, visitor },
    {
      action: 'member.joined',
      subject: account.name,
      details: { role, ...(invitedBy ? { invited_by: invitedBy } : {}) },
    },
  )
  return memberId
}

function throwRefusal(admission: Admission): void {
  if (admission === 'may') return
  if (admission === 'removed') throw new AccessRemoved('An owner has removed this person’s access.')
  if (admission === 'waiting') throw new AwaitsApproval('An owner has to let this person in.')
  if (admission === 'not_invited') throw new NotInvited('No owner has invited this person.')
  throw new OutsideNamedGroups(admission)
}

async function updateMember(
  tx: Transaction,
  organisationId: string,
  account: SignedInAccount,
  joined: { state?: 'active'; joinedBy?: JoinWay | null },
): Promise<void> {
  await tx
    .update(members)
    .set({ name: account.name, email: account.email, joinDoubt: null, ...joined, ...(await seenNow(tx)) })
    .where(ofAccount(organisationId, account))
}

async function insertMember(
  tx: Transaction,
  organisationId: string,
  { objectId, name, email }: SignedInAccount,
  as: { role: MemberRole; state: 'active' | 'waiting'; joinedBy?: JoinWay | null; joinDoubt?: JoinDoubt | null },
): Promise<string> {
  const [member] = await tx
    .insert(members)
    .values({ ...{ organisationId, objectId, name, email }, ...as, lastSeenAt: sql`now()` })
    .returning({ id: members.id })
  if (!member) throw new Error('The member was not stored.')
  return member.id
}

async function openSession(
  tx: Transaction,
  member: KnownMember,
  { authenticatedAt }: SignedInAccount,
  { browser, visitor, previousToken }: SignInBrowser,
): Promise<string> {
  const { token, tokenHash } = createToken(member.organisationId)
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
  const organisationId = await findOrganisationOfSession(tx, previousToken)
  if (organisationId === null) return
  const ofOrganisation = eq(memberSessions.organisationId, organisationId)
  const [previous] = await tx
    .select({ id: memberSessions.id })
    .from(memberSessions)
    .where(and(ofOrganisation, eq(memberSessions.tokenHash, hashToken(previousToken))))
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
  await tx.delete(memberSessions).where(and(ofOrganisation, eq(memberSessions.id, previous.id)))
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
