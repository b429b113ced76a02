import { armError } from './protocol'

/**
 * The 501 for something that Azure answers and the sandbox does not: never a 403, 404 or 405, which would say something about
 * the caller or the resource.
 *
 * @param what begins the sentence: `The list of role management alerts`
 */
export function notSimulated(what: string): Response {
  return armError(501, 'NotSimulated', `${what} is not simulated by the sandbox.`)
}

/** The answer to a read for which there is no route: 404 for an address that ARM cannot have, 501 for any other. */
export function refuseUnknownRead(path: string, method: string): Response {
  if (/^\/(subscriptions|providers|tenants|batch)(\/|$)/i.test(path))
    return notSimulated(`${method} ${nameAddress(path)}`)
  return armError(
    404,
    'MissingSubscription',
    'The request did not have a subscription or a valid tenant level resource provider.',
  )
}

/** Names the resource type of an address with all its segments, such as `Microsoft.Web/sites/config`, and the address. */
function nameAddress(path: string): string {
  const [, namespace, rest = ''] = /^.*\/providers\/([^/]+)(?:\/(.+))?$/i.exec(path) ?? []
  if (!namespace) return path
  const types = rest.split('/').filter((segment, index) => segment !== '' && index % 2 === 0)
  return `of ${[namespace, ...types].join('/')} at ${path}`
}

/** Requests that read although their method is POST: batches, queries, keys and the like. */
const READING_POST =
  /^\/batch$|\/providers\/Microsoft\.ResourceGraph\/|\/(list[a-z]*|query|search|checkAccess|getEntities)$/i

/** Whether a POST without a route only reads. */
export const isReadingPost = (path: string): boolean => READING_POST.test(path)
