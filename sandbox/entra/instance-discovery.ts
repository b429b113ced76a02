import { CLOUDS, type Cloud } from '../clouds'

/** `/common/discovery/instance`: the clouds and the names they go by. */
export function instanceDiscovery(cloud: Cloud, request: Request): Response {
  const asked = new URL(request.url).searchParams.get('authorization_endpoint') ?? ''
  const authority = /^https:\/\/[^/]+\/([^/]+)/.exec(asked)?.[1] ?? 'common'
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
