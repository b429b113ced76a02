import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { getDb, getEngine } from '@/db/client'
import { invitations } from '@/db/schema/invitations'
import { auditEvents, memberSessions, members, organisations } from '@/db/schema/organisations'
import { SESSION_IDLE_MINUTES } from '@/lib/domain/retention'
import type { AuditCursor, AuditView } from '@/lib/domain/views'
import type { JoinRule } from '@/lib/domain/vocabulary'

const PAGE = 50 // rows

/** A server that has gone silent keeps its connections open, and TCP would wait for it a quarter of an hour. */
const PROBE = { text: 'select 1', query_timeout: 5_000 }

/**
 * What was done in the organisation, newest first: the page next to a cursor's event, or without one the newest page,
 * with the cursors of the pages next to it. Security events, addresses and ids of requests are for owners: anyone else
 * gets the changes, whatever they ask for.
 */
export async function listAuditEvents(actor: Actor, view: AuditView) {
  const db = await getDb(actor)
  const { cursor } = view
  const owner = actor.role === 'owner'
  const kind = owner ? view.kind : 'change'
  const newer = cursor?.side === 'newer'
  const beyond = cursor ? (newer ? gt : lt)(auditEvents.seq, cursor.seq) : undefined
  const found = await db
    .select({
      seq: auditEvents.seq,
      at: auditEvents.at,
      memberName: auditEvents.memberName,
      action: auditEvents.action,
      subject: auditEvents.subject,
      details: auditEvents.details,
      clientAddress: owner ? auditEvents.clientAddress : sql<null>`null`,
      requestId: owner ? auditEvents.requestId : sql<null>`null`,
    })
    .from(auditEvents)
    .where(
      and(eq(auditEvents.organisationId, actor.organisationId), kind ? eq(auditEvents.kind, kind) : undefined, beyond),
    )
    .orderBy(newer ? asc(auditEvents.seq) : desc(auditEvents.seq))
    .limit(PAGE + 1)

  const more = found.length > PAGE
  const rows = found.slice(0, PAGE)
  if (newer) rows.reverse()
  const [first, last] = [rows.at(0), rows.at(-1)]
  const hasNewer = newer ? more : cursor !== null
  const hasOlder = newer || more
  return {
    rows,
    newer: hasNewer && first ? ({ side: 'newer', seq: first.seq } satisfies AuditCursor) : null,
    older: hasOlder && last ? ({ side: 'older', seq: last.seq } satisfies AuditCursor) : null,
  }
}

export type MemberRow = Awaited<ReturnType<typeof listMembers>>[number]

/** The members of the organisation, in name order, each with how many sessions they have. */
export async function listMembers(actor: Actor) {
  const db = await getDb(actor)
  return db
    .select({
      id: members.id,
      name: members.name,
      email: members.email,
      role: members.role,
      createdAt: members.createdAt,
      lastSeenAt: members.lastSeenAt,
      joinDoubt: members.joinDoubt,
      sessions: db.$count(
        memberSessions,
        and(
          eq(memberSessions.organisationId, members.organisationId),
          eq(memberSessions.memberId, members.id),
          isLiveSession,
        ),
      ),
    })
    .from(members)
    .where(and(eq(members.organisationId, actor.organisationId), eq(members.state, 'active')))
    .orderBy(asc(sql`lower(${members.name})`), asc(members.id))
}

/** Who was removed from the organisation and may not sign in, the latest first. */
export async function listRemovedMembers(actor: Actor) {
  const db = await getDb(actor)
  return db
    .select({
      id: members.id,
      name: members.name,
      email: members.email,
      removedAt: members.removedAt,
      removedByName: members.removedByName,
    })
    .from(members)
    .where(and(eq(members.organisationId, actor.organisationId), eq(members.state, 'removed')))
    .orderBy(desc(members.removedAt), asc(members.id))
}

/** Who has signed in and waits until an owner lets them in, whoever waits longest first. */
export async function listWaitingMembers(actor: Actor) {
  const db = await getDb(actor)
  return db
    .select({
      id: members.id,
      name: members.name,
      email: members.email,
      createdAt: members.createdAt,
      joinDoubt: members.joinDoubt,
    })
    .from(members)
    .where(and(eq(members.organisationId, actor.organisationId), eq(members.state, 'waiting')))
    .orderBy(asc(members.createdAt), asc(members.id))
}

/** Whom owners have invited who has not signed in since, the latest first; the object ID or the user name, whichever they were invited by. */
export async function listInvitations(actor: Actor) {
  const db = await getDb(actor)
  return db
    .select({
      id: invitations.id,
      name: sql<string>`coalesce(${invitations.username}, ${invitations.objectId})`,
      invitedByName: invitations.invitedByName,
      createdAt: invitations.createdAt,
      expiresAt: invitations.expiresAt,
    })
    .from(invitations)
    .where(and(eq(invitations.organisationId, actor.organisationId), gt(invitations.expiresAt, sql`now()`)))
    .orderBy(desc(invitations.createdAt), asc(invitations.id))
}

/** Who of the tenant becomes a member by signing in, with the groups and app roles that the rule names. */
export async function readJoinRule(actor: Actor): Promise<{ rule: JoinRule; named: string[] } | null> {
  const db = await getDb(actor)
  const [found] = await db
    .select({ rule: organisations.joinRule, named: organisations.joinNamed })
    .from(organisations)
    .where(eq(organisations.id, actor.organisationId))
  return found ?? null
}

/** The sessions of the member who asks that have not ended, the one in use first, then the latest. */
export async function listOwnSessions(actor: SessionActor) {
  const db = await getDb(actor)
  const isThis = sql<boolean>`${memberSessions.id} = ${actor.sessionId}`
  return db
    .select({
      id: memberSessions.id,
      browser: memberSessions.browser,
      clientAddress: memberSessions.clientAddress,
      createdAt: memberSessions.createdAt,
      lastSeenAt: memberSessions.lastSeenAt,
      isThis,
    })
    .from(memberSessions)
    .where(
      and(
        eq(memberSessions.organisationId, actor.organisationId),
        eq(memberSessions.memberId, actor.memberId),
        isLiveSession,
      ),
    )
    .orderBy(desc(isThis), desc(memberSessions.lastSeenAt), asc(memberSessions.id))
}

/** The condition on a session that it has not ended, by its age or by idleness. */
export const isLiveSession = and(
  gt(memberSessions.expiresAt, sql`now()`),
  gt(memberSessions.lastSeenAt, sql`now() - make_interval(mins => ${SESSION_IDLE_MINUTES})`),
)

/** Answers when the database does, and throws what keeps it from answering. */
export async function probeDatabase(): Promise<void> {
  const engine = await getEngine()
  if (engine.kind === 'embedded') await engine.pglite.query(PROBE.text)
  else await engine.pool.query(PROBE)
}
