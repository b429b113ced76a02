import type { Actor } from '@/db/actor'
import type { Transaction } from '@/db/database'
import { auditEvents } from '@/db/schema/organisations'

export type AuditAction =
  | 'member.joined'
  | 'member.role_changed'
  | 'member.removed'
  | 'member.signed_out_everywhere'
  | 'connection.connected'
  | 'connection.reconnected'
  | 'connection.renamed'
  | 'connection.schedule_changed'
  | 'connection.permission_dropped'
  | 'connection.sync_requested'
  | 'connection.disconnected'
  | 'connection.deleted'

type Event = { action: AuditAction; subject: string; details?: Record<string, string | number | boolean | null> }

/** Writes down who did what, in the transaction that does it: either both happen or neither. */
export async function audit(tx: Transaction, actor: Actor, { action, subject, details = {} }: Event): Promise<void> {
  await tx.insert(auditEvents).values({
    organisationId: actor.organisationId,
    memberId: actor.memberId,
    memberName: actor.name,
    action,
    subject,
    details,
  })
}
