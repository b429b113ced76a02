import 'server-only'
import { forbidden, notFound } from 'next/navigation'
import { NotAllowed, NotFound } from '@/lib/actor'
import type { MemberRole } from '@/lib/domain/vocabulary'
import { recordRefusal } from './record-refusal'
import { requireMember, requireRole, type SignedInMember } from './request'

/**
 * A server action for members who have at least this role; it is given the signed-in member first. Whoever lacks the
 * role, or is refused by the verb that it calls, sees the forbidden page, and the not-found page for an id that their
 * organisation does not have. Each refusal is recorded.
 */
export function actionFor<Args extends unknown[], Result>(
  role: MemberRole,
  action: (member: SignedInMember, ...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    const member = await requireRole(role)
    return action(member, ...args).catch(async (error) => {
      await recordRefusal(member, error)
      return showRefusal(error)
    })
  }
}

/** Shows Next's page for a refusal of ours, from an action or from a page. Any other error is thrown again. */
export function showRefusal(error: unknown): never {
  if (error instanceof NotAllowed) forbidden()
  if (error instanceof NotFound) notFound()
  throw error
}

/** A route handler for every member. A refusal of ours is answered with its status and its sentence as plain text, and recorded. */
export function routeForMembers<Args extends unknown[]>(
  handle: (member: SignedInMember, ...args: Args) => Promise<Response>,
): (...args: Args) => Promise<Response> {
  return async (...args) => {
    const member = await requireMember()
    return handle(member, ...args).catch(async (error) => {
      await recordRefusal(member, error)
      return answerRefusal(error)
    })
  }
}

function answerRefusal(error: unknown): Response {
  const status = error instanceof NotAllowed ? 403 : error instanceof NotFound ? 404 : null
  if (status === null || !(error instanceof Error)) throw error
  return new Response(error.message, { status, headers: { 'cache-control': 'no-store' } })
}
