import type { Actor } from '@/db/actor'
import type { MemberRole } from '@/lib/domain/vocabulary'

/** What a role lets a member do. Reading is every member's; the rest is named here, once. */
const RIGHTS = {
  connect: ['owner', 'admin'],
  sync: ['owner', 'admin'],
  rename: ['owner', 'admin'],
  schedule: ['owner', 'admin'],
  disconnect: ['owner', 'admin'],
  manage_members: ['owner'],
} as const satisfies Record<string, readonly MemberRole[]>

export type Right = keyof typeof RIGHTS

/** A member asked for something their role does not give. */
export class NotAllowed extends Error {
  override name = 'NotAllowed'
  constructor(readonly right: Right) {
    super(`This needs the role ${RIGHTS[right].join(' or ')}.`)
  }
}

export const mayDo = (role: MemberRole, right: Right): boolean =>
  (RIGHTS[right] as readonly MemberRole[]).includes(role)

/** The check every verb makes first, whatever guarded the page or action that called it. Throws {@link NotAllowed}. */
export function allow(actor: Actor, right: Right): void {
  if (!mayDo(actor.role, right)) throw new NotAllowed(right)
}
