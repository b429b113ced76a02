import { notFound } from 'next/navigation'
import type { Actor } from '@/db/actor'
import { isGuid } from '@/db/queries/input'
import { type Attempt, getAttempt } from '@/lib/connections/attempts'

/** The attempt a page's address names, if it is this member's own. */
export async function readAttempt(actor: Actor, attemptId: string): Promise<Attempt> {
  const attempt = isGuid(attemptId) ? await getAttempt(actor, attemptId) : null
  return attempt ?? notFound()
}

/** Where the wizard begins again, with the subscription already filled in. */
export const startAgainHref = (attempt: Attempt) =>
  `/integrations/azure/connect/subscription?subscription=${attempt.subscriptionId}`

/** Steps of an attempt that can be gone back to until it is confirmed. */
export const stepLinks = (attempt: Attempt) => ({
  ...(attempt.connectionId ? {} : { start: '/integrations/azure/connect', subscription: startAgainHref(attempt) }),
  'sign-in': `/integrations/azure/connect/${attempt.id}/sign-in`,
})
