import { CLOUDS } from '../clouds'
import { type Claims, readJwt } from '../entra/jwt'
import type { Tenant } from '../world/types'
import type { World } from '../world/world'
import { armError, challenge } from './arm-error'

const AUDIENCES = new Set([...CLOUDS.map((cloud) => `https://${cloud.arm}`), 'https://management.core.windows.net'])

/** A time as ARM prints it in errors: 11/24/2025 11:31:00 PM. */
function printed(ms: number): string {
  return new Date(ms)
    .toLocaleString('en-US', {
      timeZone: 'UTC',
      month: 'numeric',
      day: 'numeric',
      year: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      second: '2-digit',
    })
    .replace(',', '')
    .replaceAll('\u202f', ' ')
}

/** The claims of a good token for this subscription's tenant, or the 401 that says what is wrong with it. */
export function checkArmToken(world: World, request: Request, owner: Tenant | null): Claims | Response {
  const tenantId = owner?.id ?? 'common'
  const header = request.headers.get('authorization')
  if (!header) {
    return armError(
      401,
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
      challenge(tenantId, "The authentication failed because of missing 'Authorization' header."),
    )
  }
  const claims = readJwt(world, header.replace(/^Bearer /i, ''))
  if (!claims)
    return armError(
      401,
      'InvalidAuthenticationToken',
      'The access token is invalid.',
      challenge(tenantId, 'The access token is invalid.'),
    )
  const audience = String(claims.aud).replace(/\/$/, '')
  if (!AUDIENCES.has(audience)) {
    const text = `The access token has been obtained for wrong audience or resource '${audience}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'.`
    return armError(
      401,
      'InvalidAuthenticationTokenAudience',
      text,
      challenge(tenantId, 'The access token has been obtained from wrong audience or resource.'),
    )
  }
  const expiry = Number(claims.exp) * 1000
  if (expiry <= world.now()) {
    return armError(
      401,
      'ExpiredAuthenticationToken',
      `The access token expiry UTC time '${printed(expiry)}' is earlier than current UTC time '${printed(world.now())}'.`,
      challenge(tenantId, 'The access token has expired.'),
    )
  }
  if (owner && claims.tid !== owner.id) {
    const text = `The access token is from the wrong issuer 'https://sts.windows.net/${String(claims.tid)}/'. It must match the tenant 'https://sts.windows.net/${owner.id}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${owner.id}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`
    return armError(
      401,
      'InvalidAuthenticationTokenTenant',
      text,
      challenge(
        owner.id,
        'The access token is from the wrong issuer. It must match the tenant associated with this subscription. Please use correct authority to get the token.',
      ),
    )
  }
  return claims
}
