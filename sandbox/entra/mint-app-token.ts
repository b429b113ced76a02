import { randomUUID } from 'node:crypto'
import type { Application, ServicePrincipal, Tenant } from '../world/types'
import type { World } from '../world/world'
import { signJwt } from './jwt'
import type { Resource } from './scopes'

/** The application permissions a tenant granted for a resource: `roles` of the token. */
function rolesOf(tenant: Tenant, app: Application, resource: Resource): string[] {
  const prefix = `${resource}/`
  return [...(tenant.appRoles.get(app.clientId) ?? [])]
    .filter((role) => role.startsWith(prefix))
    .map((role) => role.slice(prefix.length))
    .sort()
}

/** An access token of an application by itself, v1.0: `idtyp` app, its service principal as `oid` and `sub`, no scopes and no name. */
export function mintAppToken(
  world: World,
  tenant: Tenant,
  app: Application,
  principal: ServicePrincipal,
  resource: { kind: Resource; audience: string },
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
    appidacr: '1',
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
