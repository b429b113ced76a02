import { createHash } from 'node:crypto'
import type { Cloud } from '../clouds'
import type { Application } from '../world/types'
import type { World } from '../world/world'
import { authenticateClient } from './client-authentication'
import { grantedScopes } from './consent'
import { ANY_TENANT } from './discovery'
import { type Refusal, refuse } from './entra-error'
import { clientInfo, mintAccessToken, mintIdToken, type Subject, subjectAt } from './mint'
import { readRefreshToken, writeRefreshToken } from './refresh-token'
import { REFUSALS } from './refusals'
import { relearnConsent } from './relearn-consent'
import { keysOf, type ParsedScopes, parseScopes, type Resource, type Scope } from './scopes'

const CODE_MS = 10 * 60_000 // Entra: about ten minutes
const INACTIVE_MS = 90 * 86_400_000 // Entra: ninety days

type Asked = {
  world: World
  request: Request
  cloud: Cloud
  authority: string
  form: URLSearchParams
  app: Application
}
type Grant = { subject: Subject; parsed: ParsedScopes; nonce: string | null; mfa: boolean; offline: boolean }

const resourcesOf = (scopes: Scope[]) => new Set(scopes.map((scope) => scope.resource))

/** Scopes of the request, one resource only: the rule of /token (AADSTS28000, 70011, 500011). */
function scopesOf(form: URLSearchParams, directory: string): ParsedScopes | Refusal {
  const text = form.get('scope') ?? ''
  const parsed = parseScopes(text)
  if (parsed.unknown)
    return parsed.unknown.reason === 'scope'
      ? REFUSALS.badScope(parsed.unknown.raw)
      : REFUSALS.badResource(parsed.unknown.raw, directory)
  return resourcesOf(parsed.scopes).size > 1 ? REFUSALS.severalResources(text) : parsed
}

function verifierFits(challenge: string, method: string, verifier: string): boolean {
  return challenge === (method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier)
}

function redeemCode({ world, authority, form, app }: Asked): Grant | Refusal {
  const code = world.codes.get(form.get('code') ?? '')
  if (!code || code.clientId !== app.clientId) return REFUSALS.badGrant()
  if (code.redeemed) return REFUSALS.codeRedeemed()
  if (world.now() - code.issuedAt > CODE_MS) return REFUSALS.codeExpired()
  if (code.authority !== authority && world.findTenant(authority)?.id !== code.tenantId)
    return REFUSALS.otherAuthority()
  if (code.redirectUri !== form.get('redirect_uri'))
    return REFUSALS.redirectMismatch(form.get('redirect_uri') ?? '', app.clientId)
  const verifier = form.get('code_verifier')
  if (code.challenge !== null && verifier === null) return REFUSALS.noVerifier()
  if (code.challenge !== null && !verifierFits(code.challenge, code.challengeMethod, verifier ?? ''))
    return REFUSALS.pkce()

  const tenant = world.tenants.get(code.tenantId)
  const homeTenant = world.tenants.get(code.homeTenantId)
  const homeUser = homeTenant?.users.get(code.userId)
  const subject = tenant && homeTenant && homeUser ? subjectAt(tenant, homeTenant, homeUser) : null
  if (!tenant || !subject) return REFUSALS.badGrant()
  const asked = scopesOf(form, tenant.name)
  if ('error' in asked) return asked
  const original = parseScopes(code.scope)
  if (asked.scopes.length === 0 && resourcesOf(original.scopes).size > 1) return REFUSALS.noScope()
  code.redeemed = true
  const scopes = asked.scopes.length > 0 ? asked.scopes : original.scopes
  return {
    subject,
    parsed: { ...asked, scopes, openid: original.openid },
    nonce: code.nonce,
    mfa: code.mfa,
    offline: original.openid.has('offline_access'),
  }
}

function redeemRefreshToken({ world, authority, form, app }: Asked): Grant | Refusal {
  const grant = readRefreshToken(form.get('refresh_token') ?? '')
  if (!grant || grant.clientId !== app.clientId) return REFUSALS.badGrant()
  const homeTenant = world.tenants.get(grant.homeTenantId)
  const homeUser = homeTenant?.users.get(grant.homeUserId)
  if (!homeTenant || !homeUser) return REFUSALS.unknownUser(grant.homeUserId, homeTenant?.name ?? grant.homeTenantId)
  if (!homeUser.accountEnabled) return REFUSALS.disabled()
  if (grant.issuedAt < homeUser.tokensValidFrom) return REFUSALS.revoked(grant.issuedAt, homeUser.tokensValidFrom)
  if (world.now() - grant.issuedAt > INACTIVE_MS) return REFUSALS.inactive(grant.issuedAt)
  const tenant = ANY_TENANT.has(authority) ? homeTenant : world.findTenant(authority)
  const subject = tenant && subjectAt(tenant, homeTenant, homeUser)
  if (!tenant || !subject) return REFUSALS.otherTenantsAccount(homeUser, homeTenant, tenant ?? homeTenant, app)
  if (!subject.user.accountEnabled) return REFUSALS.disabled()
  const parsed = scopesOf(form, tenant.name)
  if ('error' in parsed) return parsed
  relearnConsent(world, grant, subject)
  return { subject, parsed, nonce: null, mfa: grant.mfa, offline: true }
}

/** Consent and Conditional Access, which every token is asked about. */
function policyRefusal(app: Application, grant: Grant, resource: Resource, granted: Set<string>): Refusal | null {
  const { user } = grant.subject
  const wanted = keysOf(grant.parsed.scopes, app.registeredScopes)
  const byDefault = grant.parsed.scopes.every((scope) => scope.name === '.default')
  const consented =
    byDefault && wanted.length > 0 ? wanted.some((key) => granted.has(key)) : wanted.every((key) => granted.has(key))
  if (!consented) return REFUSALS.notConsented(app)
  if (resource !== 'arm') return null
  if (user.traits.blocked) return { ...REFUSALS.blocked(), error: 'invalid_grant' }
  return user.traits.mfa && !grant.mfa ? REFUSALS.mfa('797f4846-ba00-4fd7-ba43-dac1f8f63013') : null
}

/** The scope string of the reply: what was granted for the resource, in the words it was asked in where it was. */
function scopeReply(cloud: Cloud, grant: Grant, resource: Resource, names: string[]): string {
  const { scopes, openid } = grant.parsed
  const spelled = names.map(
    (name) =>
      scopes.find((scope) => scope.name === name)?.raw ??
      (resource === 'graph' ? name : `https://${cloud.arm}/${name}`),
  )
  const defaults = scopes.filter((scope) => scope.name === '.default').map((scope) => scope.raw)
  const oidc = resource === 'graph' ? ['email', 'openid', 'profile'].filter((name) => openid.has(name)) : []
  return [...oidc, ...spelled, ...defaults].join(' ')
}

function reply(asked: Asked, grant: Grant): Response {
  const { world, request, cloud, app, form } = asked
  const { subject, parsed } = grant
  const resource: Resource = parsed.scopes[0]?.resource ?? 'graph'
  const granted = grantedScopes(subject.tenant, app.clientId, subject.user.id)
  const refusal = policyRefusal(app, grant, resource, granted)
  if (refusal) return refuse(world, request, refusal)
  const names = [...granted]
    .filter((key) => key.startsWith(`${resource}/`))
    .map((key) => key.slice(resource.length + 1))
  const { token, expiresIn } = mintAccessToken(world, cloud, subject, app, resource, names)
  const forAll = subject.tenant.consents.find((one) => one.clientId === app.clientId && one.userId === null)?.scopes
  const refreshToken = writeRefreshToken({
    clientId: app.clientId,
    homeTenantId: subject.homeTenant.id,
    homeUserId: subject.homeUser.id,
    issuedAt: world.now(),
    mfa: grant.mfa,
    bootId: world.bootId,
    tenantId: subject.tenant.id,
    consented: [...granted],
    forAll: [...granted].every((key) => forAll?.has(key)),
  })
  const body = {
    token_type: 'Bearer',
    scope: scopeReply(cloud, grant, resource, names),
    expires_in: expiresIn,
    ext_expires_in: expiresIn,
    access_token: token,
    ...(grant.offline ? { refresh_token: refreshToken } : {}),
    ...(parsed.openid.has('openid')
      ? { id_token: mintIdToken(world, cloud, subject, app, parsed.openid, grant.nonce) }
      : {}),
    ...(form.get('client_info') === '1' ? { client_info: clientInfo(subject) } : {}),
  }
  return Response.json(body, { headers: { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' } })
}

/** `/{tenant}/oauth2/v2.0/token`. */
export async function token(world: World, request: Request, cloud: Cloud, authority: string): Promise<Response> {
  const form = new URLSearchParams(await request.text())
  const tenant = world.findTenant(authority)
  if (!tenant && !ANY_TENANT.has(authority)) return refuse(world, request, REFUSALS.tenantNotFound(authority))
  const app = authenticateClient(world, request, form, tenant?.name ?? authority)
  if ('error' in app) return refuse(world, request, app)
  const asked: Asked = { world, request, cloud, authority, form, app }
  const type = form.get('grant_type') ?? ''
  if (type !== 'authorization_code' && type !== 'refresh_token') return refuse(world, request, REFUSALS.grantType(type))
  const grant = type === 'authorization_code' ? redeemCode(asked) : redeemRefreshToken(asked)
  return 'error' in grant ? refuse(world, request, grant) : reply(asked, grant)
}
