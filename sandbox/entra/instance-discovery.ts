import { CLOUDS, type Cloud, findService } from '../clouds'
import type { World } from '../world/world'
import { refuse } from './entra-error'
import { REFUSALS } from './refusals'

/** `/common/discovery/instance`: the clouds and the names they go by; a host that is none of them is refused. */
export function instanceDiscovery(world: World, cloud: Cloud, request: Request): Response {
  const asked = new URL(request.url).searchParams.get('authorization_endpoint')
  if (asked === null) return refuse(world, request, REFUSALS.missing('authorization_endpoint'))
  const endpoint = URL.parse(asked)
  if (endpoint?.protocol !== 'https:' || findService(endpoint.hostname)?.service !== 'login')
    return refuse(world, request, REFUSALS.unknownInstance())
  const authority = endpoint.pathname.split('/')[1] || 'common'
  return Response.json({
    tenant_discovery_endpoint: `https://${cloud.login}/${authority}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: CLOUDS.map((one) => ({
      preferred_network: one.login,
      preferred_cache: one.name === 'global' ? 'login.windows.net' : one.login,
      aliases: [one.login, ...Object.keys(one.aliases).filter((alias) => one.aliases[alias] === 'login')],
    })),
  })
}
