const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const BARE = new RegExp(`^\\{?(${GUID})\\}?$`)
const WITHOUT_DASHES = /^\{?([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\}?$/
/** In a resource ID, or in a portal link, which has one behind `#`, sometimes percent-encoded. */
const IN_PATH = new RegExp(`(?:^|/)subscriptions/\\{?(${GUID})\\}?(?:$|[/?#&\\s])`)
const NONE = '00000000-0000-0000-0000-000000000000'

const LONGEST = 4096 // characters looked at; portal links are long, but not longer than this

/**
 * The subscription ID in what a person typed or pasted, as a lower-case GUID, or null when there is none.
 *
 * Takes any case, braces, space around it, missing dashes, a resource ID or an Azure portal link. Nothing but a GUID
 * is ever returned, so no pasted host reaches a request. It uses no library, because the form runs it in the browser.
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
