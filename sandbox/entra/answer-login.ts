import type { Cloud } from '../clouds'
import type { World } from '../world/world'
import { adminConsent } from './admin-consent'
import { authorize } from './authorize'
import { keys, openidConfiguration } from './discovery'
import { instanceDiscovery } from './instance-discovery'
import { logout } from './logout'
import { token } from './token'

/** Entra ID: `/{tenant}/…` to its answer. */
export async function answerLogin(world: World, request: Request, cloud: Cloud): Promise<Response> {
  const { pathname } = new URL(request.url)
  const [, segment = '', ...rest] = pathname.split('/')
  const authority = decodeURIComponent(segment).toLowerCase()
  const path = rest.join('/').toLowerCase()
  const { method } = request
  if (path === 'discovery/instance') return instanceDiscovery(cloud, request)
  if (path === 'v2.0/.well-known/openid-configuration') return openidConfiguration(world, request, cloud, authority)
  if (path === 'discovery/v2.0/keys' || path === 'discovery/keys') return keys(world)
  if (path === 'oauth2/v2.0/authorize' && (method === 'GET' || method === 'POST'))
    return authorize(world, request, cloud, authority)
  if (path === 'oauth2/v2.0/token' && method === 'POST') return token(world, request, cloud, authority)
  if (path === 'v2.0/adminconsent' && (method === 'GET' || method === 'POST'))
    return adminConsent(world, request, cloud, authority)
  if (path === 'oauth2/v2.0/logout') return logout(world, request)
  return new Response('The sandbox does not imitate this address.', { status: 404 })
}
