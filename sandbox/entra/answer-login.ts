import type { Cloud } from '../clouds'
import type { World } from '../world/world'
import { logout } from './accounts'
import { adminConsent } from './admin-consent'
import { authorize } from './authorize'
import { deviceAuth, deviceCode } from './device-code'
import { instanceDiscovery, keys, openidConfiguration, openidConfigurationV1, userRealm } from './discovery'
import { token, tokenV1 } from './token-endpoint'

type Answerer = (world: World, request: Request, cloud: Cloud, authority: string) => Response | Promise<Response>

/** The answer to each method and address. Addresses are without the tenant, in lower case. */
const ADDRESSES: Readonly<Record<string, Answerer>> = {
  'GET discovery/instance': (world, request, cloud) => instanceDiscovery(world, cloud, request),
  'GET v2.0/.well-known/openid-configuration': openidConfiguration,
  'GET .well-known/openid-configuration': openidConfigurationV1,
  'GET discovery/v2.0/keys': keys,
  'GET discovery/keys': keys,
  'GET oauth2/v2.0/authorize': authorize,
  'POST oauth2/v2.0/authorize': authorize,
  'POST oauth2/v2.0/token': token,
  'POST oauth2/token': tokenV1,
  'POST oauth2/v2.0/devicecode': deviceCode,
  'GET oauth2/deviceauth': deviceAuth,
  'POST oauth2/deviceauth': deviceAuth,
  'GET v2.0/adminconsent': adminConsent,
  'POST v2.0/adminconsent': adminConsent,
  'GET adminconsent': (world, request, cloud, authority) => adminConsent(world, request, cloud, authority, true),
  'POST adminconsent': (world, request, cloud, authority) => adminConsent(world, request, cloud, authority, true),
  'GET oauth2/v2.0/logout': logout,
  'GET oauth2/logout': logout,
}

/** Answers for Entra ID: `/{tenant}/…`. */
export async function answerLogin(world: World, request: Request, cloud: Cloud): Promise<Response> {
  const { pathname } = new URL(request.url)
  const [, segment = '', ...rest] = pathname.split('/')
  const authority = decodeURIComponent(segment).toLowerCase()
  const path = rest.join('/').toLowerCase()
  const user = /^userrealm\/([^/]+)$/.exec(path)?.[1]
  if (user) return userRealm(world, cloud, decodeURIComponent(user))
  const key = `${request.method} ${path}`
  const answerer = Object.hasOwn(ADDRESSES, key) ? ADDRESSES[key] : undefined
  if (!answerer) return new Response('The sandbox does not imitate this address.', { status: 404 })
  return answerer(world, request, cloud, authority)
}
