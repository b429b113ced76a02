import type { Actor, SessionActor } from '@/db/actor'
import type { Transaction } from '@/db/database'
import { auditEvents } from '@/db/schema/organisations'
import { FRESH_SIGN_IN_MINUTES } from '@/lib/domain/retention'
import type { MemberRole } from '@/lib/domain/vocabulary'

/** What a role lets a member do. Every member may read; everything else is named here, once. */
const RIGHTS = {
  connect: ['owner', 'admin'],
  sync: ['owner', 'admin'],
  rename: ['owner', 'admin'],
  schedule: ['owner', 'admin'],
  disconnect: ['owner', 'admin'],
  manage_members: ['owner'],
  set_history: ['owner'],
  /** Those of other members: everybody revokes their own. */
  revoke_feeds: ['owner'],
  /** To rename, unshare and delete those of other members: everybody does so with their own. */
  manage_shared_views: ['owner', 'admin'],
} as const satisfies Record<string, readonly MemberRole[]>

export type Right = keyof typeof RIGHTS

/** The check every verb makes first, whatever guarded the page or action that called it. Throws {@link NotAllowed}. */
export function allow(actor: Actor, right: Right): void {
  if (!mayDo(actor.role, right)) throw new NotAllowed(right)
}

export const mayDo = (role: MemberRole, right: Right): boolean =>
  (RIGHTS[right] as readonly MemberRole[]).includes(role)

/** A member asked for something that their role does not allow. `lib/auth/refusals.ts` makes an answer of it. */
export class NotAllowed extends Error {
  override name = 'NotAllowed'
  constructor(readonly right: Right) {
    super(`This needs the role ${RIGHTS[right].join(' or ')}.`)
  }
}

/**
 * The check of verbs that change who may do what, or that end a connection: the member has signed in at Microsoft a short
 * while ago. Throws {@link FreshSignInNeeded}.
 */
export function requireFreshSignIn({ signedInFreshly }: Pick<SessionActor, 'signedInFreshly'>): void {
  if (!signedInFreshly) throw new FreshSignInNeeded()
}

/** The member's sign-in is too old for what they asked for. `lib/auth/refusals.ts` leads to the page where they confirm it. */
export class FreshSignInNeeded extends Error {
  override name = 'FreshSignInNeeded'
  constructor() {
    super(`This needs a sign-in at Microsoft of the last ${FRESH_SIGN_IN_MINUTES} minutes.`)
  }
}

/**
 * Nothing with this id in the caller's organisation. The same whether it is another organisation's, deleted, or never
 * was. `lib/auth/refusals.ts` makes an answer of it.
 */
export class NotFound extends Error {
  override name = 'NotFound'
}

export type AuditAction =
  | 'member.joined'
  | 'member.role_changed'
  | 'member.removed'
  | 'member.let_in_again'
  | 'member.asked_to_join'
  | 'member.let_in'
  | 'member.refused'
  | 'member.invited'
  | 'member.invitation_taken_back'
  | 'member.session_ended'
  | 'member.other_sessions_ended'
  | 'member.signed_out'
  | 'member.signed_out_everywhere'
  | 'member.sessions_ended_by_owner'
  | 'member.signed_in'
  | 'member.sign_in_refused'
  | 'access.refused'
  | 'access.not_found'
  | 'access.exported'
  | 'access.export_taken'
  | 'connection.connected'
  | 'connection.reconnected'
  | 'connection.renamed'
  | 'connection.schedule_changed'
  | 'connection.sync_requested'
  | 'connection.disconnected'
  | 'connection.deletion_requested'
  | 'connection.deleted'
  | 'account.application_begun'
  | 'account.application_discarded'
  | 'account.application_added'
  | 'account.application_removed'
  | 'account.credential_begun'
  | 'account.credential_discarded'
  | 'account.credential_replaced'
  | 'account.follow_changed'
  | 'account.permission_dropped'
  | 'account.resealed'
  | 'account.taken_over'
  | 'organisation.history_changed'
  | 'organisation.join_rule_changed'
  | 'feed.made'
  | 'feed.revoked'
  | 'view.shared'
  | 'view.unshared'
  | 'view.renamed'

/** What is of interest to those who look after security and changes nothing; only owners see it. */
const SECURITY_ACTIONS: readonly AuditAction[] = [
  'member.signed_in',
  'member.signed_out',
  'member.sign_in_refused',
  'access.refused',
  'access.not_found',
  'access.exported',
  'access.export_taken',
  'account.resealed',
]

type AuditEvent = {
  action: AuditAction
  subject: string
  details?: Record<string, string | number | boolean | null>
}

/** Who did it, as it is written down; without a member where the portal or a worker did it by itself. */
type Doer = Pick<Actor, 'organisationId' | 'name' | 'visitor'> & { memberId: string | null }

/**
 * Writes down who did what and from where, in the transaction that does it: either both happen or neither. A trigger
 * (migration 0009) keeps anyone from changing what was written.
 */
export async function audit(
  tx: Transaction,
  { organisationId, memberId, name, visitor }: Doer,
  { action, subject, details = {} }: AuditEvent,
): Promise<void> {
  await tx.insert(auditEvents).values({
    organisationId,
    memberId,
    memberName: name,
    action,
    kind: SECURITY_ACTIONS.includes(action) ? 'security' : 'change',
    subject,
    details,
    clientAddress: visitor?.address,
    requestId: visitor?.requestId,
  })
}
