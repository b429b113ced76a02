import { CLOUDS, type Cloud, findService } from '../clouds'
import type { World } from '../world/world'
import { CLIENT_REFUSALS, REFUSALS } from './refusals'
import { refuse } from './replies'

/** Authorities at which accounts of every tenant sign in; the issuer is only known from the token. */
export const ANY_TENANT = new Set(['common', 'organizations'])

/** `/{tenant}/v2.0/.well-known/openid-configuration`. */
export function openidConfiguration(world: World, request: Request, cloud: Cloud, authority: string): Response {
  const tenant = world.findTenant(authority)
  if (!tenant && !ANY_TENANT.has(authority)) return refuseTenant(world, request, authority)
  const base = `https://${cloud.login}/${tenant?.id ?? authority}`
  return Response.json({
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: [
      'client_secret_post',
      'private_key_jwt',
      'client_secret_basic',
      'self_signed_tls_client_auth',
    ],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `https://${cloud.login}/${tenant?.id ?? '{tenantid}'}/v2.0`,
    request_uri_parameter_supported: false,
    userinfo_endpoint: `https://${cloud.graph}/oidc/userinfo`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    claims_supported: [
      'sub',
      'iss',
      'cloud_instance_name',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'acr',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'ver',
      'at_hash',
      'c_hash',
      'email',
    ],
    tenant_region_scope: tenant ? 'EU' : null,
    cloud_instance_name: instanceNameOf(cloud),
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: cloud.graph,
    rbac_url: 'https://pas.windows.net',
  })
}

/** `/{tenant}/.well-known/openid-configuration`: the v1.0 addresses, for libraries older than MSAL. */
export function openidConfigurationV1(world: World, request: Request, cloud: Cloud, authority: string): Response {
  const tenant = world.findTenant(authority)
  if (!tenant && !ANY_TENANT.has(authority)) return refuseTenant(world, request, authority)
  const base = `https://${cloud.login}/${tenant?.id ?? authority}`
  return Response.json({
    token_endpoint: `${base}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `https://${cloud.login}/common/discovery/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
    scopes_supported: ['openid'],
    issuer: `https://sts.windows.net/${tenant?.id ?? '{tenantid}'}/`,
    microsoft_multi_refresh_token: true,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    tenant_region_scope: tenant ? 'EU' : null,
    cloud_instance_name: instanceNameOf(cloud),
    msgraph_host: cloud.graph,
  })
}

/** `/{tenant}/discovery/v2.0/keys`: every key whose tokens are valid, the newest first. */
export function keys(world: World, _request: Request, cloud: Cloud, authority: string): Response {
  const list = world.signingKeys.map(({ kid, modulus, exponent }) => ({
    kty: 'RSA',
    use: 'sig',
    kid,
    x5t: kid,
    n: modulus,
    e: exponent,
    cloud_instance_name: instanceNameOf(cloud),
    issuer: `https://${cloud.login}/${world.findTenant(authority)?.id ?? '{tenantid}'}/v2.0`,
  }))
  return Response.json({ keys: list.reverse() })
}

/** What is answered to an authority that is neither a tenant nor one of `ANY_TENANT`. */
function refuseTenant(world: World, request: Request, authority: string): Response {
  return refuse(world, request, { ...CLIENT_REFUSALS.tenantNotFound(authority), error: 'invalid_tenant' })
}

/** The name of a cloud in its tokens and its metadata, for example `microsoftonline.com`. */
function instanceNameOf(cloud: Cloud): string {
  return cloud.login.replace(/^login\.(?:partner\.)?/, '')
}

/** `/common/discovery/instance`: the clouds and the aliases of their login hosts; any other host is refused. */
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

/**
 * `/common/userrealm/{user}`: who checks the password of an address. MSAL for Python and the Azure CLI ask this before
 * they send a password; they read `account_type` and, for federation only, the addresses of another server.
 */
export function userRealm(world: World, cloud: Cloud, username: string): Response {
  const domain = username.split('@')[1] ?? ''
  const isKnown = world.findTenant(domain) !== undefined
  return Response.json({
    ver: '1.0',
    account_type: isKnown ? 'Managed' : 'Unknown',
    domain_name: domain,
    cloud_instance_name: instanceNameOf(cloud),
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  })
}
