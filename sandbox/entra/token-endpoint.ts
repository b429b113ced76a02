import type { Cloud } from '../clouds'
import type { World } from '../world/world'
import { authenticateClient } from './client'
import { grantedScopes } from './consent'
import {
  clientCredentials,
  type Grant,
  redeemCode,
  redeemDeviceCode,
  redeemPassword,
  redeemRefreshToken,
  type TokenRequest,
} from './grants'
import { ARM_APP, audienceOf, keysOf, type Resource } from './permissions'
import { policyRefusalOf } from './policy-refusals'
import { REFUSALS } from './refusals'
import { type Refusal, refuse } from './replies'
import { clientInfo, mintAccessToken, mintIdToken, writeRefreshToken } from './tokens'

/** `/{tenant}/oauth2/v2.0/token`: tokens for any of the grants, or the refusal. */
export async function token(world: World, request: Request, cloud: Cloud, authority: string): Promise<Response> {
  return answerTokenForm(world, request, cloud, authority, new URLSearchParams(await request.text()))
}

type Tokens = { access_token: string; expires_in: number; ext_expires_in: number; scope?: string }

/**
 * `/{tenant}/oauth2/token`, which ADAL and the older Azure SDKs use: it takes `resource` instead of scopes and writes numbers
 * as strings. Everything else is as in v2.0.
 */
export async function tokenV1(world: World, request: Request, cloud: Cloud, authority: string): Promise<Response> {
  const form = new URLSearchParams(await request.text())
  const resource = form.get('resource')
  if (!resource) return refuse(world, request, REFUSALS.missing('resource'))
  const openid = form.get('grant_type') === 'client_credentials' ? '' : ' openid profile offline_access'
  form.set('scope', `${resource}/.default${openid}`)
  const response = answerTokenForm(world, request, cloud, authority, form)
  if (!response.ok) return response
  const { expires_in, scope, ...tokens } = (await response.json()) as Tokens
  const now = Math.floor(world.now() / 1000)
  const body = {
    ...tokens,
    ...(scope === undefined ? {} : { scope: bareNames(scope) }),
    expires_in: String(expires_in),
    ext_expires_in: String(tokens.ext_expires_in),
    expires_on: String(now + expires_in),
    not_before: String(now),
    resource,
  }
  return Response.json(body, { headers: NO_STORE_HEADERS })
}

/** The scope string as v1.0 writes it: names without the resource. */
const bareNames = (scope: string) =>
  scope
    .split(' ')
    .map((one) => one.slice(one.lastIndexOf('/') + 1))
    .filter((name) => name !== '.default')
    .join(' ')

/** Answers a form sent to either token endpoint. */
function answerTokenForm(
  world: World,
  request: Request,
  cloud: Cloud,
  authority: string,
  form: URLSearchParams,
): Response {
  const client = authenticateClient(world, request, cloud, authority, form)
  if ('error' in client) return refuse(world, request, client)
  const asked: TokenRequest = { world, request, cloud, authority, form, ...client }
  const type = form.get('grant_type') ?? ''
  if (type === 'client_credentials') return appReply(asked)
  const redeem = Object.hasOwn(REDEEM, type) ? REDEEM[type] : undefined
  if (!redeem) return refuse(world, request, type ? REFUSALS.grantType(type) : REFUSALS.missing('grant_type'))
  const grant = redeem(asked)
  return 'error' in grant ? refuse(world, request, grant) : tokenReply(asked, grant)
}

const REDEEM: Readonly<Record<string, (asked: TokenRequest) => Grant | Refusal>> = {
  authorization_code: redeemCode,
  refresh_token: redeemRefreshToken,
  password: redeemPassword,
  'urn:ietf:params:oauth:grant-type:device_code': redeemDeviceCode,
  // Older clients use this name.
  device_code: redeemDeviceCode,
}

/** The token of an application without a user, or the refusal. */
function appReply(asked: TokenRequest): Response {
  const issued = clientCredentials(asked)
  if ('error' in issued) return refuse(asked.world, asked.request, issued)
  const { token, expiresIn } = issued
  const body = { token_type: 'Bearer', expires_in: expiresIn, ext_expires_in: expiresIn, access_token: token }
  return Response.json(body, { headers: NO_STORE_HEADERS })
}

/** The tokens for a person's grant, or the refusal for lack of consent or by a policy. */
function tokenReply(asked: TokenRequest, grant: Grant): Response {
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
    // Microsoft's own public clients are one family: each may use the refresh tokens of the others.
    ...(grant.offline && app.preauthorized && app.publicClient ? { foci: '1' } : {}),
    ...(parsed.openid.has('openid')
      ? { id_token: mintIdToken(world, cloud, app, { ...grant, openid: parsed.openid }) }
      : {}),
    ...(form.get('client_info') === '1' ? { client_info: clientInfo(subject) } : {}),
  }
  return Response.json(body, { headers: NO_STORE_HEADERS })
}

/** The refusal of a token for lack of consent, or by Conditional Access; null when neither forbids it. */
function policyRefusal({ app }: TokenRequest, grant: Grant, resource: Resource, granted: Set<string>): Refusal | null {
  const { traits } = grant.subject.user
  const wanted = keysOf(grant.parsed.scopes, app.registeredScopes)
  const isDefaultOnly = grant.parsed.scopes.every((scope) => scope.name === '.default')
  const isConsented =
    isDefaultOnly && wanted.length > 0
      ? wanted.some((key) => granted.has(key))
      : wanted.every((key) => granted.has(key))
  if (!isConsented) return REFUSALS.notConsented(app)
  if (resource !== 'arm') return null
  if (traits.error !== undefined) {
    return policyRefusalOf(traits.error, { resource: ARM_APP, issuedAt: new Date(grant.issuedAt).toISOString() })
  }
  if (traits.blocked) return { ...REFUSALS.blocked(), error: 'invalid_grant' }
  return traits.mfa && !grant.mfa ? REFUSALS.mfa(ARM_APP) : null
}

/** The `scope` of the reply: what was granted for the resource, with the resource written as in the request. */
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

/** A refresh token that remembers this consent, see `restoreConsent`. */
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

const NO_STORE_HEADERS = { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' }
