import type { MemberRole } from '@/lib/domain/vocabulary'

/**
 * Who is asking. Every query and every verb takes one and keeps to its organisation, so that another organisation's
 * id is simply not found. Made by `lib/auth/request.ts` from the session row, never from what a browser sent.
 */
export type Actor = {
  organisationId: string
  memberId: string
  role: MemberRole
  name: string
}
