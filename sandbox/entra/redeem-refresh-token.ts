import type { Refusal } from './entra-error'
import { subjectAt } from './mint'
import { readRefreshToken } from './refresh-token'
import { REFUSALS } from './refusals'
import { relearnConsent } from './relearn-consent'
import { scopeRefusal } from './scope-refusal'
import { parseScopes } from './scopes'
import type { Grant, TokenRequest } from './token-request'

const INACTIVE_MS = 90 * 86_400_000 // Entra: ninety days

/**
 * `grant_type=refresh_token`: for any resource and any tenant the person is known in, as often as wanted. Scopes of
 * several resources give a token for the first one. Source: Microsoft's "OAuth 2.0 authorization code flow".
 */
export function redeemRefreshToken({
  world,
  cloud,
  authority,
  form,
  app,
  tenant: named,
}: TokenRequest): Grant | Refusal {
  const grant = readRefreshToken(form.get('refresh_token') ?? '')
  if (!grant || grant.clientId !== app.clientId) return REFUSALS.badGrant()
  const homeTenant = world.tenants.get(grant.homeTenantId)
  const homeUser = homeTenant?.users.get(grant.homeUserId)
  if (!homeTenant || !homeUser) return REFUSALS.unknownUser(grant.homeUserId, homeTenant?.name ?? grant.homeTenantId)
  if (!homeUser.accountEnabled) return REFUSALS.disabled()
  if (grant.issuedAt < homeUser.tokensValidFrom) return REFUSALS.revoked(grant.issuedAt, homeUser.tokensValidFrom)
  if (world.now() - grant.issuedAt > INACTIVE_MS) return REFUSALS.inactive(grant.issuedAt)
  const tenant = named ?? homeTenant
  const subject = subjectAt(tenant, homeTenant, homeUser)
  if (!subject) return REFUSALS.otherTenantsAccount(homeUser, homeTenant, tenant, app)
  if (!subject.user.accountEnabled) return REFUSALS.disabled()
  const all = parseScopes(form.get('scope') ?? '', cloud)
  const first = all.scopes[0]?.resource
  const parsed = { ...all, scopes: all.scopes.filter((scope) => scope.resource === first) }
  const refusal = scopeRefusal(app, tenant, authority, parsed)
  if (refusal) return refusal
  relearnConsent(world, grant, subject)
  return { subject, parsed, nonce: null, mfa: grant.mfa, offline: true, issuedAt: grant.issuedAt }
}
