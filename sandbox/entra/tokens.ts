import { createHash, createHmac, randomUUID, sign, verify } from 'node:crypto'
import type { Cloud } from '../clouds'
import { EVERY_USER } from '../world/roles'
import type { SigningKey } from '../world/signing-keys'
import { findGuest } from '../world/tenant'
import type { Application, ServicePrincipal, Tenant, User } from '../world/types'
import type { Code, World } from '../world/world'
import type { Proof } from './client'
import { membershipClaims } from './membership-claims'
import type { Resource } from './permissions'

/** What a token says. */
export type Claims = Record<string, unknown>

/** Signs claims with the world's newest key, RS256. */
export function signJwt(world: World, claims: Claims): string {
  const key = world.signingKeys.at(-1)
  if (!key) throw new Error('The sandbox has no key to sign with.')
  const { kid, privateKey } = key
  const body = `${encode({ typ: 'JWT', alg: 'RS256', kid, x5t: kid })}.${encode(claims)}`
  return `${body}.${sign('RSA-SHA256', Buffer.from(body), privateKey).toString('base64url')}`
}

/** The claims of a token that was signed with one of the world's keys, else null. Does not check when it expires. */
export function readJwt(world: World, token: string): Claims | null {
  const [header, payload, signature] = token.split('.')
  const key = header ? keyOf(world, header) : undefined
  if (!key || !payload || !signature) return null
  const known = verifiedTokensOf(key)
  const remembered = known.get(token)
  if (remembered) return remembered
  const signed = Buffer.from(`${header}.${payload}`)
  if (!verify('RSA-SHA256', signed, key.publicKey, Buffer.from(signature, 'base64url'))) return null
  const claims = decode(payload) as Claims
  if (known.size > 500) known.clear()
  known.set(token, claims)
  return claims
}

/** Tokens whose signature was verified, by key, because a sync sends the same token many times. */
const verified = new WeakMap<SigningKey, Map<string, Claims>>()

function verifiedTokensOf(key: SigningKey): Map<string, Claims> {
  const known = verified.get(key) ?? new Map<string, Claims>()
  verified.set(key, known)
  return known
}

/** The key that a token names; undefined when the token is malformed or the key was dropped. */
function keyOf(world: World, header: string): SigningKey | undefined {
  try {
    const { kid } = decode(header) as { kid?: unknown }
    return world.signingKeys.find((key) => key.kid === kid)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())

/** Who signed in at a tenant: the user there, and the home account, which for a guest is another user. */
export type Subject = { tenant: Tenant; user: User; homeTenant: Tenant; homeUser: User }

/** Finds who an account is at a tenant; null when it is not known there. */
export function findSubject(tenant: Tenant, homeTenant: Tenant, homeUser: User): Subject | null {
  if (tenant.id === homeTenant.id) return { tenant, user: homeUser, homeTenant, homeUser }
  const user = findGuest(tenant, { tenantId: homeTenant.id, objectId: homeUser.id })
  return user ? { tenant, user, homeTenant, homeUser } : null
}

/** A person's access token in the v1.0 form that Microsoft's own resources use. */
export function mintAccessToken(
  world: World,
  subject: Subject,
  app: Application,
  options: { audience: string; names: string[]; mfa: boolean },
): { token: string; expiresIn: number } {
  const { user, homeUser, tenant } = subject
  const now = Math.floor(world.now() / 1000)
  const token = signJwt(world, {
    aud: options.audience,
    iss: `https://sts.windows.net/${tenant.id}/`,
    iat: now,
    nbf: now,
    exp: now + world.tokenSeconds,
    acr: '1',
    amr: options.mfa ? ['pwd', 'mfa'] : ['pwd'],
    appid: app.clientId,
    appidacr: app.publicClient ? '0' : '1',
    idtyp: 'user',
    ...idpClaim(subject),
    name: user.displayName,
    oid: user.id,
    scp: options.names.join(' '),
    sub: createHash('sha256').update(`${user.id}/${options.audience}`).digest('base64url'),
    tid: tenant.id,
    unique_name: homeUser.userPrincipalName,
    upn: homeUser.userPrincipalName,
    uti: randomUUID(),
    ver: '1.0',
    wids: [...user.directoryRoles, EVERY_USER],
  })
  return { token, expiresIn: world.tokenSeconds - 1 }
}

/** The `idp` claim, which only guests have. */
const idpClaim = ({ tenant, homeTenant }: Subject) =>
  tenant.id === homeTenant.id ? {} : { idp: `https://sts.windows.net/${homeTenant.id}/` }

type IdTokenContents = {
  subject: Subject
  openid: Set<string>
  nonce: string | null
  /** When the person gave their credentials, and the `max_age` that was asked for; null when no browser was there. */
  authentication: Pick<Code, 'authenticatedAt' | 'maxAge'> | null
}

/**
 * The v2.0 id_token: `oid`, `name`, `preferred_username` with profile, `email` with email. `auth_time` is in it when the
 * application's registration asks for that optional claim, or the request had `max_age`, with which the token also expires
 * that many seconds after `auth_time`. Source: Microsoft's "Optional claims reference"; seen in AzureAD's MSAL for Python,
 * issue 444, and keycloak's issue 46078.
 */
export function mintIdToken(
  world: World,
  cloud: Cloud,
  app: Application,
  { subject, openid, nonce, authentication }: IdTokenContents,
): string {
  const { user, homeUser, tenant } = subject
  const now = Math.floor(world.now() / 1000)
  const authTime = authentication && Math.floor(authentication.authenticatedAt / 1000)
  const maxAge = authentication?.maxAge ?? null
  const saysTime = maxAge !== null || app.optionalIdTokenClaims?.includes('auth_time')
  return signJwt(world, {
    aud: app.clientId,
    iss: `https://${cloud.login}/${tenant.id}/v2.0`,
    iat: now,
    nbf: now,
    exp: maxAge === null || authTime === null ? now + 3_600 : Math.min(now + 3_600, authTime + maxAge),
    ...(saysTime && authTime !== null ? { auth_time: authTime } : {}),
    ...idpClaim(subject),
    ...(openid.has('profile')
      ? { name: user.displayName, oid: user.id, preferred_username: homeUser.userPrincipalName }
      : {}),
    ...(openid.has('email') && homeUser.mail ? { email: homeUser.mail } : {}),
    ...membershipClaims(cloud, tenant, app, user),
    ...(nonce === null ? {} : { nonce }),
    rh: `1.${randomUUID()}`,
    // Pairwise: the same person has another `sub` at every application.
    sub: createHash('sha256').update(`${user.id}/${app.clientId}`).digest('base64url'),
    tid: tenant.id,
    uti: randomUUID(),
    ver: '2.0',
  })
}

/** `client_info`, from which MSAL builds the home account id. */
export function clientInfo({ homeTenant, homeUser }: Subject): string {
  return Buffer.from(JSON.stringify({ uid: homeUser.id, utid: homeTenant.id })).toString('base64url')
}

/** An app-only access token, v1.0: `idtyp` app, the service principal as `oid` and `sub`, no scopes and no name. */
export function mintAppToken(
  world: World,
  tenant: Tenant,
  app: Application,
  principal: ServicePrincipal,
  resource: { kind: Resource; audience: string; proof: Proof },
): { token: string; expiresIn: number } {
  const now = Math.floor(world.now() / 1000)
  const roles = rolesOf(tenant, app, resource.kind)
  const token = signJwt(world, {
    aud: resource.audience,
    iss: `https://sts.windows.net/${tenant.id}/`,
    iat: now,
    nbf: now,
    exp: now + world.tokenSeconds,
    aio: randomUUID(),
    ...(resource.kind === 'graph' ? { app_displayname: app.name } : {}),
    appid: app.clientId,
    appidacr: resource.proof === 'assertion' ? '2' : '1',
    idp: `https://sts.windows.net/${tenant.id}/`,
    idtyp: 'app',
    oid: principal.id,
    rh: `1.${randomUUID()}`,
    ...(roles.length > 0 ? { roles } : {}),
    sub: principal.id,
    tid: tenant.id,
    uti: randomUUID(),
    ver: '1.0',
  })
  return { token, expiresIn: world.tokenSeconds - 1 }
}

/** The application permissions that a tenant granted for a resource: `roles` in the token. */
function rolesOf(tenant: Tenant, app: Application, resource: Resource): string[] {
  const prefix = `${resource}/`
  return [...(tenant.appRoles.get(app.clientId) ?? [])]
    .filter((role) => role.startsWith(prefix))
    .map((role) => role.slice(prefix.length))
    .sort()
}

/**
 * What a refresh token says. It is self-contained, because the sandbox keeps nothing on disk and the tokens that a portal
 * has stored should survive a restart of the sandbox.
 */
export type RefreshGrant = {
  clientId: string
  homeTenantId: string
  homeUserId: string
  issuedAt: number
  mfa: boolean
  bootId: string
  /** The consent under which it was issued, so that a restarted sandbox can restore it; `forAll`: given for everyone. */
  tenantId: string
  consented: string[]
  forAll: boolean
}

/** Writes a refresh token; a new one each time, even for the same grant. */
export function writeRefreshToken(grant: RefreshGrant): string {
  const body = Buffer.from(JSON.stringify({ ...grant, id: randomUUID() })).toString('base64url')
  return `1.${body}.${signRefreshToken(body)}`
}

/** Reads a refresh token; null when a sandbox did not write it. */
export function readRefreshToken(token: string): RefreshGrant | null {
  const [version, body, signature] = token.split('.')
  if (version !== '1' || !body || signRefreshToken(body) !== signature) return null
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as RefreshGrant
}

const signRefreshToken = (body: string) =>
  createHmac('sha256', 'rolecall sandbox refresh tokens').update(body).digest('base64url')
