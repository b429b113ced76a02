import type { Cloud } from '../clouds'
import type { Claims } from '../entra/jwt'
import { assignmentsOf, principalsOf } from '../world/rbac'
import type { Subscription, Tenant } from '../world/types'
import type { World } from '../world/world'
import { checkApiVersion } from './api-versions'
import type { ArmCall, ArmCaller } from './arm-call'
import { armError } from './arm-error'
import { withArmHeaders } from './arm-headers'
import { checkArmToken } from './check-token'
import { forbidden } from './forbidden'
import { may } from './may'
import { notFound, route } from './route'
import { throttle } from './throttle'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const READING = new Set(['GET', 'HEAD'])

type Place = { subscription: Subscription; tenant: Tenant } | null

/** The path with the slashes the SDK doubles, a last one and the long form of a subscription's scope tidied; null when it cannot be read. */
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

/** The subscription an address names, or why it names none. */
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

/** People go by their name, applications by their client id. */
function callerOf(claims: Claims, tenant: Tenant, now: number): ArmCaller {
  const objectId = String(claims.oid)
  const name = claims.idtyp === 'app' ? claims.appid : (claims.upn ?? claims.unique_name ?? claims.oid)
  return {
    objectId,
    name: String(name),
    held: assignmentsOf(tenant, objectId, now),
    principals: principalsOf(tenant, objectId),
  }
}

/** The sandbox only reads: 403 for who may not write at the scope in Azure either, 405 for the others. */
function refuseWriting(call: ArmCall, path: string, method: string): Response {
  const [, scope = '', type] = /^(.*)\/providers\/(Microsoft\.[^/]+\/[^/]+)/i.exec(path) ?? []
  const registered = /\/providers\/([^/]+)\/register$/i.exec(path)?.[1]
  const verb = method === 'DELETE' ? 'delete' : 'write'
  const action = registered ? `${registered}/register/action` : `${type ?? 'Microsoft.Resources/subscriptions'}/${verb}`
  if (!may(call, action, scope || '/')) return forbidden(call, action, path)
  return armError(405, 'MethodNotAllowed', 'The sandbox only reads.')
}

function answer(world: World, request: Request, cloud: Cloud): Response {
  const url = new URL(request.url)
  const { method } = request
  const path = readPath(url)
  if (path === null) return armError(400, 'BadRequest', 'The request address is malformed.')
  const refused = checkApiVersion(url, path)
  if (refused) return refused
  const place = placeOf(world, path)
  if (place instanceof Response) return place
  const claims = checkArmToken(world, request, cloud, place?.tenant ?? null)
  if (claims instanceof Response) return claims
  const tenant = world.tenants.get(String(claims.tid))
  if (!tenant) throw new Error(`A token of the unknown tenant ${String(claims.tid)} passed the check.`)
  const caller = callerOf(claims, tenant, world.now())
  const reading = READING.has(method)
  const subscriptionId = place?.subscription.id ?? null
  const { refusal, headers } = throttle({ world, tenant, subscriptionId, actor: caller.objectId, reading })
  const apiVersion = url.searchParams.get('api-version')?.toLowerCase() ?? ''
  const subscription = place?.subscription ?? null
  const call: ArmCall = { world, cloud, url, apiVersion, tenant, caller, subscription, decisions: new Map() }
  const routed = (): Response => {
    const found = reading || method === 'POST' ? route(call, path, method) : null
    return found ?? (reading ? notFound(path, apiVersion) : refuseWriting(call, path, method))
  }
  const response = refusal ?? routed()
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}

/** Azure Resource Manager: the reads of subscriptions, management groups, resource groups and of who may do what on them. */
export function answerArm(world: World, request: Request, cloud: Cloud): Response {
  const response = withArmHeaders(request, answer(world, request, cloud), world.now())
  return request.method === 'HEAD'
    ? new Response(null, { status: response.status, headers: response.headers })
    : response
}
