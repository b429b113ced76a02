import type { Cloud } from '../clouds'
import type { World } from '../world/world'
import { CLIENT_REFUSALS } from './client-refusals'
import { ANY_TENANT } from './discovery'
import { refuse } from './entra-error'

/** `/{tenant}/.well-known/openid-configuration`: the v1.0 addresses, for the libraries before MSAL. */
export function openidConfigurationV1(world: World, request: Request, cloud: Cloud, authority: string): Response {
  const tenant = world.findTenant(authority)
  if (!tenant && !ANY_TENANT.has(authority)) {
    return refuse(world, request, { ...CLIENT_REFUSALS.tenantNotFound(authority), error: 'invalid_tenant' })
  }
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
    cloud_instance_name: cloud.login.replace(/^login\.(?:partner\.)?/, ''),
    msgraph_host: cloud.graph,
  })
}
