import type { MemberRole } from '@/lib/domain/vocabulary'

/** From where a request came: the client's address, and the id that the request's lines of the log have too. */
export type Visitor = { address: string | null; requestId: string | null }

/**
 * Who is asking. Every query and every verb takes one and keeps to its organisation, so that another organisation's
 * id is simply not found. Made by `lib/auth/request.ts` from the session row, never from what a browser sent.
 */
export type Actor = {
  organisationId: string
  memberId: string
  role: MemberRole
  name: string
  /** Whose request it is done for; absent where nobody asked, as in a worker. It is only written down. */
  visitor?: Visitor
}

/** A member at work in one browser: what is asked for may depend on its session, too. */
export type SessionActor = Actor & {
  sessionId: string
  /** Whether they signed in at Microsoft in the last `FRESH_SIGN_IN_MINUTES`. */
  signedInFreshly: boolean
}
