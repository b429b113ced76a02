import { and, eq, sql } from 'drizzle-orm'
import type { Visitor } from '@/db/actor'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import { isLiveSession } from '@/db/queries/organisation'
import { memberSessions, members, organisations } from '@/db/schema/organisations'
import { audit } from '@/lib/actor'
import { FRESH_SIGN_IN_MINUTES } from '@/lib/domain/retention'
import { env } from '@/lib/env'
import { log } from '@/lib/log'
import { hashToken } from '@/lib/random-token'
import { findOrganisationOfSession } from './session-token'
import { noteVisit, previousVisit } from './visits'

/** `last_seen_at` is written at most this often, so that reading pages does not write a row each. */
const SEEN_EVERY_MINUTES = 5

/**
 * The member whose session this token opens, or null when it has ended: signed out, removed, idle for too long, older than
 * `SESSION_HOURS`, or of a tenant whose people may no longer sign in.
 */
export async function findSession(token: string) {
  const organisationId = await findOrganisation(token)
  if (organisationId === null) return null
  const db = await getDb({ organisationId })
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
      previousVisitAt: previousVisit(members.lastSeenAt, members.previousVisitAt),
      isSeenDue: sql<boolean>`${memberSessions.lastSeenAt} < now() - make_interval(mins => ${SEEN_EVERY_MINUTES})`,
      signedInFreshly: sql<boolean>`coalesce(${memberSessions.authenticatedAt} > now() - make_interval(mins => ${FRESH_SIGN_IN_MINUTES}), false)`,
    })
    .from(memberSessions)
    .innerJoin(
      members,
      and(eq(members.organisationId, memberSessions.organisationId), eq(members.id, memberSessions.memberId)),
    )
    .innerJoin(organisations, eq(organisations.id, members.organisationId))
    .where(and(whereSession(organisationId, token), eq(members.state, 'active'), isLiveSession))
  if (!found || !mayTenantSignIn(found.tenantId)) return null

  const { isSeenDue, ...session } = found
  // Nobody waits for it: to write takes long while something large is written on the embedded engine.
  if (isSeenDue) noteSeen(session).catch((error) => log().warn({ event: 'visit_not_noted', error }))
  return session
}

/** Notes that a session is used, and that its member is here. */
async function noteSeen({
  organisationId,
  sessionId,
  memberId,
}: {
  organisationId: string
  sessionId: string
  memberId: string
}) {
  const db = await getDb({ organisationId })
  const isThis = and(eq(memberSessions.organisationId, organisationId), eq(memberSessions.id, sessionId))
  await db.update(memberSessions).set({ lastSeenAt: sql`now()` }).where(isThis)
  await noteVisit(db, { organisationId, memberId })
}

/** Whether the people of a tenant may use this portal, by the setting `AZURE_TENANT_ID`. */
export function mayTenantSignIn(tenantId: string): boolean {
  const { allowedTenants } = env().azure
  return allowedTenants === 'any' || allowedTenants.includes(tenantId)
}

/** Signs one browser out, at once, and writes it down. Does nothing when the session has ended already. */
export async function signOutBrowser(token: string, visitor: Visitor | undefined): Promise<void> {
  const organisationId = await findOrganisation(token)
  if (organisationId === null) return
  const db = await getDb({ organisationId })
  await db.transaction(async (tx) => {
    const [ended] = await tx
      .delete(memberSessions)
      .where(whereSession(organisationId, token))
      .returning({ memberId: memberSessions.memberId })
    if (!ended) return
    const { memberId } = ended
    const [member] = await tx
      .select({ name: members.name })
      .from(members)
      .where(and(eq(members.organisationId, organisationId), eq(members.id, memberId)))
    if (member)
      await audit(
        tx,
        { organisationId, memberId, ...member, visitor },
        { action: 'member.signed_out', subject: member.name },
      )
  })
}

async function findOrganisation(token: string): Promise<string | null> {
  return findOrganisationOfSession(await getDbOfEveryOrganisation(), token)
}

const whereSession = (organisationId: string, token: string) =>
  and(eq(memberSessions.organisationId, organisationId), eq(memberSessions.tokenHash, hashToken(token)))
