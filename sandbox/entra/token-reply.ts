import { grantedScopes } from './consent'
import { type Refusal, refuse } from './entra-error'
import { clientInfo, mintAccessToken, mintIdToken } from './mint'
import { policyRefusalOf } from './policy-refusals'
import { writeRefreshToken } from './refresh-token'
import { REFUSALS } from './refusals'
import { ARM_APP, audienceOf, keysOf, type Resource } from './scopes'
import type { Grant, TokenRequest } from './token-request'

export const NOT_STORED = { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' }

/** Consent and Conditional Access, which every token is asked about. */
function policyRefusal({ app }: TokenRequest, grant: Grant, resource: Resource, granted: Set<string>): Refusal | null {
  const { traits } = grant.subject.user
  const wanted = keysOf(grant.parsed.scopes, app.registeredScopes)
  const byDefault = grant.parsed.scopes.every((scope) => scope.name === '.default')
  const consented =
    byDefault && wanted.length > 0 ? wanted.some((key) => granted.has(key)) : wanted.every((key) => granted.has(key))
  if (!consented) return REFUSALS.notConsented(app)
  if (resource !== 'arm') return null
  if (traits.error !== undefined) {
    return policyRefusalOf(traits.error, { resource: ARM_APP, issuedAt: new Date(grant.issuedAt).toISOString() })
  }
  if (traits.blocked) return { ...REFUSALS.blocked(), error: 'invalid_grant' }
  return traits.mfa && !grant.mfa ? REFUSALS.mfa(ARM_APP) : null
}

/** The scope string of the reply: what was granted for the resource, spelled as the resource was in the request. */
function scopeReply({ cloud }: TokenRequest, grant: Grant, resource: Resource, names: string[]): string {
  const { scopes, openid } = grant.parsed
  const prefix =
    scopes.find((scope) => scope.prefix !== '')?.prefix ?? (resource === 'arm' ? `https://${cloud.arm}` : '')
  const spelled = names.map(
    (name) => scopes.find((scope) => scope.name === name)?.raw ?? (prefix === '' ? name : `${prefix}/${name}`),
  )
  const defaults = scopes.filter((scope) => scope.name === '.default').map((scope) => scope.raw)
  const oidc = resource === 'graph' ? ['email', 'openid', 'profile'].filter((name) => openid.has(name)) : []
  return [...oidc, ...spelled, ...defaults].join(' ')
}

function refreshTokenFor({ world, app }: TokenRequest, { subject, mfa }: Grant, granted: Set<string>): string {
  const forAll = subject.tenant.consents.find((one) => one.clientId === app.clientId && one.userId === null)?.scopes
  return writeRefreshToken({
    clientId: app.clientId,
    homeTenantId: subject.homeTenant.id,
    homeUserId: subject.homeUser.id,
    issuedAt: world.now(),
    mfa,
    bootId: world.bootId,
    tenantId: subject.tenant.id,
    consented: app.preauthorized ? [] : [...granted],
    forAll: [...granted].every((key) => forAll?.has(key)),
  })
}

/** The tokens of a person's grant, or the refusal of consent or policy. */
export function tokenReply(asked: TokenRequest, grant: Grant): Response {
  const { world, request, cloud, app, form } = asked
  const { subject, parsed } = grant
  const resource: Resource = parsed.scopes[0]?.resource ?? 'graph'
  const granted = grantedScopes(subject.tenant, app, subject.user.id)
  const refusal = policyRefusal(asked, grant, resource, granted)
  if (refusal) return refuse(world, request, refusal)
  const names = [...granted]
    .filter((key) => key.startsWith(`${resource}/`))
    .map((key) => key.slice(resource.length + 1))
  const audience = audienceOf(cloud, resource, parsed.scopes)
  const { token, expiresIn } = mintAccessToken(world, subject, app, { audience, names, mfa: grant.mfa })
  const body = {
    token_type: 'Bearer',
    scope: scopeReply(asked, grant, resource, names),
    expires_in: expiresIn,
    ext_expires_in: expiresIn,
    access_token: token,
    ...(grant.offline ? { refresh_token: refreshTokenFor(asked, grant, granted) } : {}),
    // Microsoft's own public clients are one family, whose refresh tokens serve each other.
    ...(grant.offline && app.preauthorized && app.publicClient ? { foci: '1' } : {}),
    ...(parsed.openid.has('openid')
      ? { id_token: mintIdToken(world, cloud, subject, app, parsed.openid, grant.nonce) }
      : {}),
    ...(form.get('client_info') === '1' ? { client_info: clientInfo(subject) } : {}),
  }
  return Response.json(body, { headers: NOT_STORED })
}
