import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { headers } from 'next/headers'
import type { Actor, Visitor } from '@/db/actor'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import { auditEvents, members, organisations } from '@/db/schema/organisations'
import { type AuditAction, audit, NotAllowed, NotFound } from '@/lib/actor'
import type { JoinDoubt, MemberRole } from '@/lib/domain/vocabulary'
import { TooMany } from '@/lib/limits'
import { log } from '@/lib/log'
import type { SignedInAccount } from './register-sign-in'

/**
 * Records that a member was refused: an error of a verb, if it is a refusal, or a role that they do not have. What was asked
 * for too often is only in the log.
 */
export async function recordRefusal(member: Actor, refused: unknown | { role: MemberRole }): Promise<void> {
  if (refused instanceof TooMany) {
    log().warn({ event: 'too_many', limit: refused.limit, ...describeWho(member) })
    return
  }
  const event = describeRefusal(refused)
  if (!event) return
  log().warn({ event: 'refused', reason: event.action, subject: event.subject, ...describeWho(member) })
  await auditOnceAMinute(member, { ...event, details: { page: await readPath() } })
}

function describeRefusal(refused: unknown): { action: AuditAction; subject: string } | null {
  if (refused instanceof NotAllowed) return { action: 'access.refused', subject: refused.right.replaceAll('_', ' ') }
  // The id itself is not written down as the subject: whoever tries many of them would make a line of each.
  if (refused instanceof NotFound) return { action: 'access.not_found', subject: refused.message }
  if (typeof refused === 'object' && refused !== null && 'role' in refused)
    return { action: 'access.refused', subject: `act as ${refused.role}` }
  return null
}

export type SignInRefusal =
  | 'access_removed'
  | 'awaits_approval'
  | 'not_invited'
  | JoinDoubt
  | 'tenant_not_allowed'
  | 'consumer_account'
  | 'unreadable_claims'

/**
 * Records that Microsoft vouched for a person whom the portal does not let in. The audit log has it if the person's tenant
 * has an organisation here; otherwise there is nobody who could read it, and only the log has it.
 */
export async function recordRefusedSignIn(
  reason: SignInRefusal,
  account: SignedInAccount | null,
  visitor: Visitor,
): Promise<void> {
  log().warn({ event: 'sign_in_refused', reason, tenantId: account?.tenantId, clientAddress: visitor.address })
  if (!account) return
  const db = await getDbOfEveryOrganisation()
  const [organisation] = await db
    .select({ id: organisations.id })
    .from(organisations)
    .where(eq(organisations.tenantId, account.tenantId))
  if (!organisation) return
  const { id: organisationId } = organisation
  const [member] = await db
    .select({ id: members.id })
    .from(members)
    .where(and(eq(members.organisationId, organisationId), eq(members.objectId, account.objectId)))
  const who = { organisationId, memberId: member?.id ?? null, name: account.name, visitor }
  await auditOnceAMinute(who, { action: 'member.sign_in_refused', subject: account.name, details: { reason } })
}

/** Writes an event unless the same member has one of the same action and subject within the last minute, so that nobody can fill the audit log. */
async function auditOnceAMinute(...[who, event]: [Parameters<typeof audit>[1], Parameters<typeof audit>[2]]) {
  const db = await getDb(who)
  const { organisationId, memberId } = who
  const key = JSON.stringify([organisationId, memberId, event.action, event.subject])
  await db.transaction(async (tx) => {
    // Requests that come at once ask one after the other.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
    const [recent] = await tx
      .select({ seq: auditEvents.seq })
      .from(auditEvents)
      .where(
        and(
          eq(auditEvents.organisationId, organisationId),
          memberId === null ? isNull(auditEvents.memberId) : eq(auditEvents.memberId, memberId),
          gt(auditEvents.at, sql`now() - interval '1 minute'`),
          eq(auditEvents.action, event.action),
          eq(auditEvents.subject, event.subject),
        ),
      )
      .limit(1)
    if (!recent) await audit(tx, who, event)
  })
}

/** How a line of the log names a member: never by name or address. */
const describeWho = ({ organisationId, memberId, visitor }: Actor) => ({
  organisationId,
  memberId,
  clientAddress: visitor?.address,
})

/** Characters of a page's path that are written down; our own are far shorter. */
const LONGEST_PATH = 200

/** The page that was asked for, without its query. */
async function readPath(): Promise<string | null> {
  return (await headers()).get('x-pathname')?.split('?')[0]?.slice(0, LONGEST_PATH) ?? null
}
