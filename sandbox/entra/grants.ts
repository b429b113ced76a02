import { createHash } from 'node:crypto'
import type { Cloud } from '../clouds'
import type { Application, Tenant } from '../world/types'
import type { Code, World } from '../world/world'
import { findAccountByName } from './accounts'
import type { Proof } from './client'
import { restoreConsent } from './consent'
import { isDeviceCodeExpired } from './device-code'
import { audienceOf, type ParsedScopes, parseScopes, resourcesOf, type Scope, scopeRefusal } from './permissions'
import { CLIENT_REFUSALS, REFUSALS } from './refusals'
import type { Refusal } from './replies'
import { findSubject, mintAppToken, readRefreshToken, type Subject } from './tokens'

/** A request to the token endpoint whose application was authenticated. */
export type TokenRequest = {
  world: World
  request: Request
  cloud: Cloud
  authority: string
  form: URLSearchParams
  app: Application
  proof: Proof
  /** Null at common and organizations. */
  tenant: Tenant | null
}

/** An accepted proof that a person signed in; it is worth a token for one resource. */
export type Grant = {
  subject: Subject
  parsed: ParsedScopes
  nonce: string | null
  mfa: boolean
  offline: boolean
  /** When the person signed in, in milliseconds. */
  issuedAt: number
  /** For the id token of an authorization code: when the person gave their credentials, and the `max_age` that was asked for. */
  authentication: Pick<Code, 'authenticatedAt' | 'maxAge'> | null
}

const CODE_LIFETIME_MS = 10 * 60_000 // about ten minutes at Entra

/** `grant_type=authorization_code`: accepted once, within ten minutes, for the scopes of exactly one resource. */
export function redeemCode(asked: TokenRequest): Grant | Refusal {
  const { world, cloud, form, app } = asked
  const code = world.codes.get(form.get('code') ?? '')
  if (!code || code.clientId !== app.clientId) return REFUSALS.badGrant()
  const bad = codeRefusal(asked, code)
  if (bad) return bad

  const subject = findSignedIn(world, code)
  if (!subject) return REFUSALS.badGrant()
  if (!subject.homeUser.accountEnabled || !subject.user.accountEnabled) return REFUSALS.disabled()
  const named = parseScopes(form.get('scope') ?? '', cloud)
  const refusal = scopeRefusal(app, subject.tenant, asked.authority, named)
  if (refusal) return refusal
  if (resourcesOf(named.scopes).size > 1) return REFUSALS.severalResources(form.get('scope') ?? '')
  const original = parseScopes(code.scope, cloud)
  if (named.scopes.length === 0 && resourcesOf(original.scopes).size > 1) return REFUSALS.noScope()
  code.redeemed = true
  const scopes = named.scopes.length > 0 ? named.scopes : original.scopes
  return {
    subject,
    parsed: { ...named, scopes, openid: original.openid },
    nonce: code.nonce,
    mfa: code.mfa,
    offline: original.openid.has('offline_access'),
    issuedAt: code.issuedAt,
    authentication: code,
  }
}

/** The person of a finished sign-in; null when the account or its place in the tenant no longer exists. */
function findSignedIn(world: World, ids: { tenantId: string; homeTenantId: string; userId: string }): Subject | null {
  const tenant = world.tenants.get(ids.tenantId)
  const homeTenant = world.tenants.get(ids.homeTenantId)
  const homeUser = homeTenant?.users.get(ids.userId)
  return tenant && homeTenant && homeUser ? findSubject(tenant, homeTenant, homeUser) : null
}

/** What is wrong with the code itself, whatever its scopes; null when nothing is. */
function codeRefusal(asked: TokenRequest, code: Code): Refusal | null {
  const { world, authority, form, app } = asked
  if (code.redeemed) return REFUSALS.codeRedeemed()
  if (world.now() - code.issuedAt > CODE_LIFETIME_MS) return REFUSALS.codeExpired()
  if (code.authority !== authority && asked.tenant?.id !== code.tenantId) return REFUSALS.otherAuthority()
  if (code.redirectUri !== form.get('redirect_uri'))
    return CLIENT_REFUSALS.redirectMismatch(form.get('redirect_uri') ?? '', app.clientId)
  const origin = originRefusal(asked, code)
  if (origin) return origin
  const verifier = form.get('code_verifier')
  if (code.challenge === null) return null
  if (verifier === null) return REFUSALS.noVerifier()
  return verifierFits(code.challenge, code.challengeMethod, verifier) ? null : REFUSALS.pkce()
}

/** Codes of single-page applications must be redeemed across origins, all others must not. */
function originRefusal({ request, app }: TokenRequest, code: Code): Refusal | null {
  const crosses = request.headers.has('origin')
  if (app.spaRedirectUris?.includes(code.redirectUri)) return crosses ? null : CLIENT_REFUSALS.sameOrigin()
  return crosses ? CLIENT_REFUSALS.crossOrigin() : null
}

function verifierFits(challenge: string, method: string, verifier: string): boolean {
  return challenge === (method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier)
}

const MAX_INACTIVE_MS = 90 * 86_400_000 // ninety days at Entra

/**
 * `grant_type=refresh_token`: accepted for any resource and any tenant that knows the person, as often as wanted. When the
 * scopes name several resources, the token is for the first one. Source: Microsoft's "OAuth 2.0 authorization code flow".
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
  if (world.now() - grant.issuedAt > MAX_INACTIVE_MS) return REFUSALS.inactive(grant.issuedAt)
  const tenant = named ?? homeTenant
  const subject = findSubject(tenant, homeTenant, homeUser)
  if (!subject) return REFUSALS.otherTenantsAccount(homeUser, homeTenant, tenant, app)
  if (!subject.user.accountEnabled) return REFUSALS.disabled()
  const all = parseScopes(form.get('scope') ?? '', cloud)
  const first = all.scopes[0]?.resource
  const parsed = { ...all, scopes: all.scopes.filter((scope) => scope.resource === first) }
  const refusal = scopeRefusal(app, tenant, authority, parsed)
  if (refusal) return refusal
  restoreConsent(world, grant, subject)
  return { subject, parsed, nonce: null, mfa: grant.mfa, offline: true, issuedAt: grant.issuedAt, authentication: null }
}

/** `grant_type=urn:ietf:params:oauth:grant-type:device_code`: pending until a person typed the code and confirmed. */
export function redeemDeviceCode({ world, cloud, form, app }: TokenRequest): Grant | Refusal {
  const device = world.deviceCodes.get(form.get('device_code') ?? form.get('code') ?? '')
  if (!device || device.clientId !== app.clientId) return REFUSALS.badDeviceCode()
  const { state } = device
  if (state === 'redeemed') return REFUSALS.codeRedeemed()
  if (state === 'declined') return REFUSALS.deviceDeclined()
  if (isDeviceCodeExpired(world, device)) return REFUSALS.deviceExpired()
  if (state === 'pending') return REFUSALS.pending()
  const subject = findSignedIn(world, state)
  if (!subject) return REFUSALS.badGrant()
  if (!subject.homeUser.accountEnabled || !subject.user.accountEnabled) return REFUSALS.disabled()
  const parsed = parseScopes(device.scope, cloud)
  if (resourcesOf(parsed.scopes).size > 1) return REFUSALS.severalResources(device.scope)
  device.state = 'redeemed'
  const offline = parsed.openid.has('offline_access')
  return { subject, parsed, nonce: null, mfa: state.mfa, offline, issuedAt: device.issuedAt, authentication: null }
}

/** `grant_type=password`. The sandbox has no passwords: any non-empty one is accepted. */
export function redeemPassword({ world, cloud, authority, form, app, tenant: named }: TokenRequest): Grant | Refusal {
  const username = form.get('username') ?? ''
  const account = findAccountByName(world, username)
  if (!account) return REFUSALS.unknownUser(username, named?.name ?? authority)
  if (!form.get('password')) return REFUSALS.badPassword()
  const { homeTenant, homeUser } = account
  const tenant = named ?? homeTenant
  const subject = findSubject(tenant, homeTenant, homeUser)
  if (!subject) return REFUSALS.otherTenantsAccount(homeUser, homeTenant, tenant, app)
  if (!homeUser.accountEnabled || !subject.user.accountEnabled) return REFUSALS.disabled()
  const text = form.get('scope') ?? ''
  const parsed = parseScopes(text, cloud)
  const refusal = scopeRefusal(app, tenant, authority, parsed)
  if (refusal) return refusal
  if (resourcesOf(parsed.scopes).size > 1) return REFUSALS.severalResources(text)
  const offline = parsed.openid.has('offline_access')
  return { subject, parsed, nonce: null, mfa: false, offline, issuedAt: world.now(), authentication: null }
}

/**
 * `grant_type=client_credentials`: an application without a user (app-only), in a tenant that has its service principal.
 * There is no refresh token, no id_token and no `client_info`, which MSAL would take for a person's account.
 */
export function clientCredentials(asked: TokenRequest): { scope: Scope; token: string; expiresIn: number } | Refusal {
  const { world, cloud, app, tenant, proof } = asked
  if (!tenant) return CLIENT_REFUSALS.noTenant()
  if (app.publicClient) return CLIENT_REFUSALS.noSecret()
  const scope = scopeOf(asked, tenant.name)
  if ('error' in scope) return scope
  const principal = tenant.servicePrincipals.indexBy('application', (one) => one.appId).get(app.clientId)
  if (!principal) return CLIENT_REFUSALS.noServicePrincipal(app.clientId, tenant.id)
  if (!principal.accountEnabled) return CLIENT_REFUSALS.appDisabled(app)
  const audience = audienceOf(cloud, scope.resource, [scope])
  return { scope, ...mintAppToken(world, tenant, app, principal, { kind: scope.resource, audience, proof }) }
}

/** The one `.default` scope that an application may ask for without a user; else the refusal (AADSTS1002012, 70011, 500011). */
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
