import { z } from 'zod'

const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const BARE = new RegExp(`^\\{?(${GUID})\\}?$`)
const WITHOUT_DASHES = /^\{?([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\}?$/
/** A resource ID, or a portal link (which carries one, sometimes percent-encoded, behind `#`). */
const IN_PATH = new RegExp(`(?:^|/)subscriptions/\\{?(${GUID})\\}?(?:$|[/?#&\\s])`)
const NONE = '00000000-0000-0000-0000-000000000000'

/** Longest text looked at: portal links are long, but not longer than this many characters. */
const LONGEST = 4096

/**
 * The subscription ID in what a person typed or pasted, as a lower-case GUID, or null when there is none.
 *
 * Takes any case, braces, space around, missing dashes, a resource ID or an Azure portal link. Nothing but a GUID ever
 * leaves here, so no pasted host reaches a request. Without dependencies, because the form runs it at every key.
 */
export function findSubscriptionId(typed: string): string | null {
  const text = decode(typed.slice(0, LONGEST)).trim().toLowerCase()
  const found =
    BARE.exec(text)?.[1] ?? BARE.exec(text.replace(WITHOUT_DASHES, '$1-$2-$3-$4-$5'))?.[1] ?? IN_PATH.exec(text)?.[1]
  return found && found !== NONE ? found : null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

/** A subscription ID as people paste it, parsed to its lower-case GUID. See {@link findSubscriptionId} for what it takes. */
export const SubscriptionId = z.string().transform((typed, context) => {
  const found = findSubscriptionId(typed)
  if (found) return found
  context.addIssue({ code: 'custom', message: 'not a subscription ID' })
  return z.NEVER
})
