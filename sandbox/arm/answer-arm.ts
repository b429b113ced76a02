import type { Cloud } from '../clouds'
import { ARM_APP } from '../entra/permissions'
import { type Claims, readJwt } from '../entra/tokens'
import { assignmentsOf, principalsOf } from '../world/rbac'
import type { Subscription, Tenant } from '../world/types'
import type { World } from '../world/world'
import { checkApiVersion } from './api-versions'
import { type ArmCall, type ArmCaller, isAllowed, refuseAction } from './arm-call'
import { listDelegatedTo } from './managing-tenant'
import { isReadingPost, refuseUnknownRead } from './not-simulated'
import { armError, formatErrorTime, withArmHeaders } from './protocol'
import { route } from './routes'
import { throttle } from './throttle'

/** Answers for Azure Resource Manager: reads of subscriptions, management groups, resources, and of who may do what on them. */
export async function answerArm(world: World, request: Request, cloud: Cloud): Promise<Response> {
  const body = request.method === 'POST' ? await request.text() : ''
  const response = withArmHeaders(request, answerCall(world, request, cloud, body), world.now())
  return request.method === 'HEAD'
    ? new Response(null, { status: response.status, headers: response.headers })
    : response
}

const READING = new Set(['GET', 'HEAD'])

function answerCall(world: World, request: Request, cloud: Cloud, body: string): Response {
  const url = new URL(request.url)
  const { method } = request
  const path = readPath(url)
  if (path === null) return armError(400, 'BadRequest', 'The request address is malformed.')
  const refused = checkApiVersion(url, path)
  if (refused) return refused
  const place = placeOf(world, path)
  if (place instanceof Response) return place
  const claims = checkArmToken(world, request, cloud, place)
  if (claims instanceof Response) return claims
  const signedIn = world.tenants.get(String(claims.tid))
  if (!signedIn) throw new Error(`A token of the unknown tenant ${String(claims.tid)} passed the check.`)
  // In a subscription that another tenant delegates, that tenant's roles, scopes and denials count.
  const tenant = place?.tenant ?? signedIn
  const caller = callerOf(world, claims, signedIn, place)
  const isReading = READING.has(method)
  const subscriptionId = place?.subscription.id ?? null
  const { refusal, headers } = throttle({ world, tenant, subscriptionId, actor: caller.objectId, isReading })
  const apiVersion = url.searchParams.get('api-version')?.toLowerCase() ?? ''
  const subscription = place?.subscription ?? null
  const call: ArmCall = { world, cloud, url, apiVersion, body, tenant, caller, subscription, decisions: new Map() }
  const answerRouted = (): Response => {
    const found = isReading || method === 'POST' ? route(call, path, method) : null
    if (found) return found
    const isRead = isReading || (method === 'POST' && isReadingPost(path))
    return isRead ? refuseUnknownRead(path, method) : refuseWriting(call, path, method)
  }
  const response = refusal ?? answerRouted()
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}

/**
 * The decoded path in one form: without the slashes that the SDK doubles, a trailing one, and the long form of a
 * subscription's scope. Null when it cannot be decoded.
 */
function readPath(url: URL): string | null {
  try {
    return decodeURIComponent(url.pathname)
      .replace(/\/{2,}/g, '/')
      .replace(/(.)\/$/, '$1')
      .replace(/^\/providers\/Microsoft\.Subscription(?=\/subscriptions\/)/i, '')
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

type Place = { subscription: Subscription; tenant: Tenant } | null

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The subscription that an address names, null when it names none, or the refusal of a wrong one. */
function placeOf(world: World, path: string): Place | Response {
  const id = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]
  if (!id) return null
  if (!GUID.test(id))
    return armError(
      400,
      'InvalidSubscriptionId',
      `The provided subscription identifier '${id}' is malformed or invalid.`,
    )
  return (
    world.findSubscription(id) ?? armError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`)
  )
}

/** The caller that a token's claims describe. ARM calls people by their user principal name and applications by their client id. */
function callerOf(world: World, claims: Claims, tenant: Tenant, place: Place): ArmCaller {
  const objectId = String(claims.oid)
  const name = claims.idtyp === 'app' ? claims.appid : (claims.upn ?? claims.unique_name ?? claims.oid)
  const isOwn = place === null || place.tenant === tenant
  return {
    objectId,
    name: String(name),
    assignments: isOwn
      ? assignmentsOf(tenant, objectId, world.now())
      : listDelegatedTo(tenant, objectId, place.tenant, place.subscription.id),
    principals: principalsOf(tenant, objectId),
  }
}

/** The sandbox only reads: 403 for callers who could not write at the scope in Azure either, 405 for all others. */
function refuseWriting(call: ArmCall, path: string, method: string): Response {
  const [, scope = '', type] = /^(.*)\/providers\/(Microsoft\.[^/]+\/[^/]+)/i.exec(path) ?? []
  const registered = /\/providers\/([^/]+)\/register$/i.exec(path)?.[1]
  const verb = method === 'DELETE' ? 'delete' : 'write'
  const action = registered ? `${registered}/register/action` : `${type ?? 'Microsoft.Resources/subscriptions'}/${verb}`
  if (!isAllowed(call, action, scope || '/')) return refuseAction(call, action, path)
  return armError(405, 'MethodNotAllowed', 'The sandbox only reads.')
}

/**
 * The claims of a valid token of the subscription's tenant, or of one that it delegates the subscription to (of any tenant
 * when `place` is null), or the 401 that says what is wrong with it.
 */
function checkArmToken(world: World, request: Request, cloud: Cloud, place: Place): Claims | Response {
  const tenantId = place?.tenant.id ?? 'common'
  const header = request.headers.get('authorization')
  const token = /^Bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1]
  if (header === null || !token) return refuseToken(cloud, tenantId, describeMissingToken(header))
  const claims = readJwt(world, token)
  const problem = claims ? findTokenProblem(world, cloud, claims, place) : INVALID
  if (problem) return refuseToken(cloud, tenantId, problem)
  return claims ?? refuseToken(cloud, tenantId, INVALID)
}

/** Why a token is refused: `description` stands in the challenge, `message` in the body. */
type Problem = { code: string; message: string; description: string }

const INVALID: Problem = {
  code: 'InvalidAuthenticationToken',
  message: 'The access token is invalid.',
  description: 'The access token is invalid.',
}

/** Why a token with a good signature is refused; null when it is accepted. */
function findTokenProblem(world: World, cloud: Cloud, claims: Claims, place: Place): Problem | null {
  const audience = checkAudience(cloud, String(claims.aud))
  if (audience) return audience
  const expiry = Number(claims.exp) * 1000
  if (expiry <= world.now())
    return {
      code: 'ExpiredAuthenticationToken',
      message: `The access token expiry UTC time '${formatErrorTime(expiry)}' is earlier than current UTC time '${formatErrorTime(world.now())}'.`,
      description: 'The access token has expired.',
    }
  const signedIn = world.tenants.get(String(claims.tid))
  if (!place || place.tenant === signedIn) return signedIn ? null : INVALID
  const { tenant: owner, subscription } = place
  const isManaged = signedIn && listDelegatedTo(signedIn, String(claims.oid), owner, subscription.id).length > 0
  return isManaged ? null : describeWrongTenant(String(claims.tid), owner.id)
}

/** The older name of Azure management in each cloud; ARM accepts tokens for it too (recalled). */
const OLDER_AUDIENCES: Readonly<Record<string, string>> = {
  global: 'https://management.core.windows.net',
  usgov: 'https://management.core.usgovcloudapi.net',
  china: 'https://management.core.chinacloudapi.cn',
}

/** What is wrong with the audience of a token; null when ARM accepts it. */
function checkAudience(cloud: Cloud, audience: string): Problem | null {
  const allowed = [OLDER_AUDIENCES[cloud.name] ?? '', `https://${cloud.arm}`]
  const plain = audience.replace(/\/+$/, '')
  if (allowed.includes(plain) || plain === ARM_APP) return null
  const list = allowed.map((one) => `'${one}/','${one}'`).join(',')
  return {
    code: 'InvalidAuthenticationTokenAudience',
    message: `The access token has been obtained for wrong audience or resource '${audience}'. It should exactly match with one of the allowed audiences ${list}.`,
    description: 'The access token has been obtained from wrong audience or resource.',
  }
}

function describeWrongTenant(tokenTenant: string, ownerId: string): Problem {
  return {
    code: 'InvalidAuthenticationTokenTenant',
    message: `The access token is from the wrong issuer 'https://sts.windows.net/${tokenTenant}/'. It must match the tenant 'https://sts.windows.net/${ownerId}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${ownerId}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
    description:
      'The access token is from the wrong issuer. It must match the tenant associated with this subscription. Please use correct authority to get the token.',
  }
}

function describeMissingToken(header: string | null): Problem {
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

/** The 401 whose challenge names the tenant to sign in at; national clouds name their own login host (recalled). */
function refuseToken(cloud: Cloud, tenantId: string, { code, message, description }: Problem): Response {
  const host = cloud.name === 'global' ? 'login.windows.net' : cloud.login
  return armError(401, code, message, {
    'www-authenticate': `Bearer authorization_uri="https://${host}/${tenantId}", error="invalid_token", error_description="${description}"`,
  })
}
