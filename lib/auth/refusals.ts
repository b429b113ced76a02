import 'server-only'
import { headers } from 'next/headers'
import { forbidden, notFound, redirect } from 'next/navigation'
import { FreshSignInNeeded, NotAllowed, NotFound } from '@/lib/actor'
import type { MemberRole } from '@/lib/domain/vocabulary'
import { limitVisitor, TooMany } from '@/lib/limits'
import { log } from '@/lib/log'
import { readVisitor } from '@/lib/visitor'
import { safePath } from '@/lib/web-security'
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

/**
 * Shows the page for a refusal of ours, from an action or from a page, and leads to the confirmation when the sign-in is
 * too old. Any other error is thrown again.
 */
export async function showRefusal(error: unknown): Promise<never> {
  if (error instanceof TooMany) redirect(await tooManyPage(error))
  if (error instanceof NotAllowed) forbidden()
  if (error instanceof NotFound) notFound()
  if (error instanceof FreshSignInNeeded)
    redirect(`/confirm?next=${encodeURIComponent(safePath((await headers()).get('x-pathname')))}`)
  throw error
}

/** Shows the not-found page to a member who asked for a page of something that their organisation does not have, and records it. */
export async function showUnknown(member: SignedInMember, what: string): Promise<never> {
  const error = new NotFound(`There is no such ${what}.`)
  await recordRefusal(member, error)
  return showRefusal(error)
}

/** The page that says what was asked for too often, with the way back to the page of this request. Next has none for 429. */
async function tooManyPage({ limit, retryAfterSeconds }: TooMany): Promise<string> {
  const back = safePath((await headers()).get('x-pathname'))
  return `/too-many?${new URLSearchParams({ of: limit, seconds: String(retryAfterSeconds), back })}`
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

/** Seconds after which a visitor may try again who could not be counted. */
const UNCOUNTED_RETRY_SECONDS = 30

/**
 * Counts a request that anybody may send and that leads to a request to Microsoft. Gives the answer when there were too
 * many, or when they cannot be counted: a sign-in could not be stored either then, and nothing goes on uncounted. Null when
 * the request may go on.
 */
export async function refuseVisitor(name: 'sign_in' | 'callback', request: Request): Promise<Response | null> {
  const { address } = readVisitor(request.headers)
  try {
    await limitVisitor(name, address)
    return null
  } catch (error) {
    if (error instanceof TooMany) {
      log().warn({ event: 'too_many', limit: error.limit, clientAddress: address })
      return answerRefusal(error)
    }
    log().error({ event: 'limit_not_counted', limit: name, error })
    const sentence = 'Nobody can sign in just now, because the database of this portal does not answer.'
    return new Response(`${sentence} Try again in a minute.`, {
      status: 503,
      headers: { 'cache-control': 'no-store', 'retry-after': String(UNCOUNTED_RETRY_SECONDS) },
    })
  }
}

function answerRefusal(error: unknown): Response {
  const headers = new Headers({ 'cache-control': 'no-store' })
  if (error instanceof TooMany) headers.set('retry-after', String(error.retryAfterSeconds))
  const status = statusOf(error)
  if (status === null || !(error instanceof Error)) throw error
  return new Response(error.message, { status, headers })
}

function statusOf(error: unknown): number | null {
  if (error instanceof NotAllowed || error instanceof FreshSignInNeeded) return 403
  if (error instanceof NotFound) return 404
  return error instanceof TooMany ? 429 : null
}
