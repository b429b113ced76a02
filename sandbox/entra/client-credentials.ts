import { CLIENT_REFUSALS } from './client-refusals'
import type { Refusal } from './entra-error'
import { mintAppToken } from './mint-app-token'
import { REFUSALS } from './refusals'
import { audienceOf, parseScopes, resourcesOf, type Scope } from './scopes'
import type { TokenRequest } from './token-request'

/** The one `.default` an application may ask for by itself, or why not (AADSTS1002012, 70011, 500011). */
function scopeOf({ cloud, form, app }: TokenRequest, directory: string): Scope | Refusal {
  const text = form.get('scope') ?? ''
  if (!text) return REFUSALS.missing('scope')
  const { scopes, unknown } = parseScopes(text, cloud)
  const named = scopes.find((scope) => scope.name !== '.default')
  if (named) return CLIENT_REFUSALS.namedScopeOfApp(named.raw)
  if (unknown && !unknown.raw.endsWith('/.default')) return CLIENT_REFUSALS.namedScopeOfApp(unknown.raw)
  if (unknown?.reason === 'absent') return CLIENT_REFUSALS.absentResource(unknown.raw, app.homeTenantId ?? directory)
  if (unknown) return REFUSALS.badResource(unknown.raw, directory)
  const [scope] = scopes
  if (!scope || resourcesOf(scopes).size > 1) return REFUSALS.badScope(text)
  return scope
}

/**
 * `grant_type=client_credentials`: the application by itself, in a tenant that has its service principal. No refresh
 * token, no id_token and no `client_info`: MSAL would take one for a person's account.
 */
export function clientCredentials(asked: TokenRequest): { scope: Scope; token: string; expiresIn: number } | Refusal {
  const { world, cloud, app, tenant } = asked
  if (!tenant) return CLIENT_REFUSALS.noTenant()
  if (app.publicClient) return CLIENT_REFUSALS.noSecret()
  const scope = scopeOf(asked, tenant.name)
  if ('error' in scope) return scope
  const principal = tenant.servicePrincipals.by('application', (one) => one.appId).get(app.clientId)
  if (!principal) return CLIENT_REFUSALS.noServicePrincipal(app.clientId, tenant.id)
  if (!principal.accountEnabled) return CLIENT_REFUSALS.appDisabled(app)
  const audience = audienceOf(cloud, scope.resource, [scope])
  return { scope, ...mintAppToken(world, tenant, app, principal, { kind: scope.resource, audience }) }
}
