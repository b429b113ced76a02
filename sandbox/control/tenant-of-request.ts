import { findService } from '../clouds'
import { readJwt } from '../entra/jwt'
import type { World } from '../world/world'

/** Whose request this is: the tenant of the login address, of the token, or of the subscription asked about. */
export function tenantOfRequest(world: World, request: Request): string | null {
  const url = new URL(request.url)
  if (findService(url.hostname)?.service === 'login')
    return world.findTenant(url.pathname.split('/')[1] ?? '')?.id ?? null
  const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const claims = token ? readJwt(world, token) : null
  if (claims) return String(claims.tid)
  const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(url.pathname)?.[1]
  return subscriptionId ? (world.findSubscription(subscriptionId)?.tenant.id ?? null) : null
}
