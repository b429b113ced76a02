import { z } from 'zod'
import { findSubscriptionId } from './find-subscription-id'

/** A subscription ID as people paste it, parsed to its lower-case GUID. See {@link findSubscriptionId} for what it takes. */
export const SubscriptionId = z.string().transform((typed, context) => {
  const found = findSubscriptionId(typed)
  if (found) return found
  context.addIssue({ code: 'custom', message: 'not a subscription ID' })
  return z.NEVER
})
