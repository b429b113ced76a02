import type { Cloud } from '../clouds'
import { type Claims, readJwt } from '../entra/jwt'
import type { Tenant } from '../world/types'
import type { World } from '../world/world'
import { armError } from './arm-error'
import { printedTime } from './printed-time'

/** The older name of Azure management in each cloud, whose tokens ARM takes too (recalled). */
const OLDER_AUDIENCES: Readonly<Record<string, string>> = {
  global: 'https://management.core.windows.net',
  usgov: 'https://management.core.usgovcloudapi.net',
  china: 'https://management.core.chinacloudapi.cn',
}
/** The application id of Azure management, which may stand as audience by itself. */
const ARM_APP_ID = '797f4846-ba00-4fd7-ba43-dac1f8f63013'

type Problem = { code: string; message: string; description: string }

/** The 401 with the challenge that names the tenant to sign in at; in national clouds at their own login host (recalled). */
function refuse(cloud: Cloud, tenantId: string, { code, message, description }: Problem): Response {
  const host = cloud.name === 'global' ? 'login.windows.net' : cloud.login
  return armError(401, code, message, {
    'www-authenticate': `Bearer authorization_uri="https://${host}/${tenantId}", error="invalid_token", error_description="${description}"`,
  })
}

function missing(header: string | null): Problem {
  if (header !== null)
    return {
      code: 'AuthenticationFailed',
      message: "Authentication failed. The 'Authorization' header is provided in an invalid format.",
      description: "The authentication scheme of the 'Authorization' header is not supported.",
    }
  return {
    code: 'AuthenticationFailed',
    message: "Authentication failed. The 'Authorization' header is missing.",
    description: "The authentication failed because of missing 'Authorization' header.",
  }
}

function wrongAudience(cloud: Cloud, audience: string): Problem | null {
  const allowed = [OLDER_AUDIENCES[cloud.name] ?? '', `https://${cloud.arm}`]
  const plain = audience.replace(/\/+$/, '')
  if (allowed.includes(plain) || plain === ARM_APP_ID) return null
  const list = allowed.map((one) => `'${one}/','${one}'`).join(',')
  return {
    code: 'InvalidAuthenticationTokenAudience',
    message: `The access token has been obtained for wrong audience or resource '${audience}'. It should exactly match with one of the allowed audiences ${list}.`,
    description: 'The access token has been obtained from wrong audience or resource.',
  }
}

function wrongTenant(tokenTenant: string, ownerId: string): Problem {
  return {
    code: 'InvalidAuthenticationTokenTenant',
    message: `The access token is from the wrong issuer 'https://sts.windows.net/${tokenTenant}/'. It must match the tenant 'https://sts.windows.net/${ownerId}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${ownerId}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
    description:
      'The access token is from the wrong issuer. It must match the tenant associated with this subscription. Please use correct authority to get the token.',
  }
}

const INVALID: Problem = {
  code: 'InvalidAuthenticationToken',
  message: 'The access token is invalid.',
  description: 'The access token is invalid.',
}

function problemOf(world: World, cloud: Cloud, claims: Claims, owner: Tenant | null): Problem | null {
  const audience = wrongAudience(cloud, String(claims.aud))
  if (audience) return audience
  const expiry = Number(claims.exp) * 1000
  if (expiry <= world.now())
    return {
      code: 'ExpiredAuthenticationToken',
      message: `The access token expiry UTC time '${printedTime(expiry)}' is earlier than current UTC time '${printedTime(world.now())}'.`,
      description: 'The access token has expired.',
    }
  if (owner && claims.tid !== owner.id) return wrongTenant(String(claims.tid), owner.id)
  return world.tenants.has(String(claims.tid)) ? null : INVALID
}

/** The claims of a good token for this subscription's tenant (any tenant's when no subscription is named), or the 401 that says what is wrong with it. */
export function checkArmToken(world: World, request: Request, cloud: Cloud, owner: Tenant | null): Claims | Response {
  const tenantId = owner?.id ?? 'common'
  const header = request.headers.get('authorization')
  const token = /^Bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1]
  if (header === null || !token) return refuse(cloud, tenantId, missing(header))
  const claims = readJwt(world, token)
  const problem = claims ? problemOf(world, cloud, claims, owner) : INVALID
  if (problem) return refuse(cloud, tenantId, problem)
  return claims ?? refuse(cloud, tenantId, INVALID)
}
