import { isGuid } from '@/db/queries/input'
import { showUnknown } from '@/lib/auth/refusals'
import type { SignedInMember } from '@/lib/auth/request'
import { type Attempt, getAttempt } from '@/lib/connections/attempts'

/** The attempt that a page's address names. The page is not found unless the attempt is this member's own, begun in this browser. */
export async function readAttempt(member: SignedInMember, attemptId: string): Promise<Attempt> {
  const attempt = isGuid(attemptId) ? await getAttempt(member, attemptId) : null
  return attempt ?? (await showUnknown(member, 'attempt'))
}

/** The address at which the wizard begins again, with the subscription ID filled in. */
export const formatStartAgainHref = (attempt: Attempt) =>
  `/integrations/azure/connect/subscription?subscription=${attempt.subscriptionId}`

/** Where the step before the sign-in is: the subscription, or the connection that is being reconnected. */
export const formatBackHref = (attempt: Attempt) =>
  attempt.connectionId ? `/integrations/azure/${attempt.connectionId}` : formatStartAgainHref(attempt)

/** The steps to which one can go back until the attempt is confirmed. */
export const linkSteps = (attempt: Attempt) => ({
  ...(attempt.connectionId
    ? {}
    : {
        start: `/integrations/azure/connect?subscription=${attempt.subscriptionId}`,
        subscription: formatStartAgainHref(attempt),
      }),
  'sign-in': `/integrations/azure/connect/${attempt.id}/sign-in`,
})
