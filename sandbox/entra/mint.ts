import { createHash, randomUUID } from 'node:crypto'
import type { Cloud } from '../clouds'
import { EVERY_USER } from '../world/directory-roles'
import { findGuest } from '../world/find-guest'
import type { Application, Tenant, User } from '../world/types'
import type { World } from '../world/world'
import { signJwt } from './jwt'

/** Who signed in, where: the person in the tenant, and their own account when they are a guest. */
export type Subject = { tenant: Tenant; user: User; homeTenant: Tenant; homeUser: User }

/** The subject of an account at a tenant, or null when the account is not known there. */
export function subjectAt(tenant: Tenant, homeTenant: Tenant, homeUser: User): Subject | null {
  if (tenant.id === homeTenant.id) return { tenant, user: homeUser, homeTenant, homeUser }
  const user = findGuest(tenant, { tenantId: homeTenant.id, objectId: homeUser.id })
  return user ? { tenant, user, homeTenant, homeUser } : null
}

const idp = ({ tenant, homeTenant }: Subject) =>
  tenant.id === homeTenant.id ? {} : { idp: `https://sts.windows.net/${homeTenant.id}/` }

/** A person's access token in the v1.0 form Microsoft's own resources use. */
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
    ...idp(subject),
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

/** The v2.0 id_token: `oid`, `name`, `preferred_username` with profile, `email` with email. */
export function mintIdToken(
  world: World,
  cloud: Cloud,
  subject: Subject,
  app: Application,
  openid: Set<string>,
  nonce: string | null,
): string {
  const { user, homeUser, tenant } = subject
  const now = Math.floor(world.now() / 1000)
  return signJwt(world, {
    aud: app.clientId,
    iss: `https://${cloud.login}/${tenant.id}/v2.0`,
    iat: now,
    nbf: now,
    exp: now + 3_600,
    ...idp(subject),
    ...(openid.has('profile')
      ? { name: user.displayName, oid: user.id, preferred_username: homeUser.userPrincipalName }
      : {}),
    ...(openid.has('email') && homeUser.mail ? { email: homeUser.mail } : {}),
    ...(nonce === null ? {} : { nonce }),
    rh: `1.${randomUUID()}`,
    // Pairwise: the same person is someone else to another application.
    sub: createHash('sha256').update(`${user.id}/${app.clientId}`).digest('base64url'),
    tid: tenant.id,
    uti: randomUUID(),
    ver: '2.0',
  })
}

/** What MSAL builds the home account id from. */
export function clientInfo({ homeTenant, homeUser }: Subject): string {
  return Buffer.from(JSON.stringify({ uid: homeUser.id, utid: homeTenant.id })).toString('base64url')
}
