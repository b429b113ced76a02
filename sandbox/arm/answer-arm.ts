import type { Cloud } from '../clouds'
import { assignmentsOf } from '../world/rbac'
import type { World } from '../world/world'
import type { ArmCall } from './arm-call'
import { armError, withArmHeaders } from './arm-error'
import { checkArmToken } from './check-token'
import { listRoleAssignments } from './role-assignments'
import { getRoleDefinition, listRoleDefinitions } from './role-definitions'
import { getSubscription, listSubscriptions } from './subscriptions'
import { listTenants } from './tenants'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const AUTHORIZATION = /^(.*)\/providers\/Microsoft\.Authorization\/([A-Za-z]+)(?:\/([^/]+))?$/i

function route(call: ArmCall, path: string): Response {
  if (/^\/subscriptions$/i.test(path)) return listSubscriptions(call)
  if (/^\/tenants$/i.test(path)) return listTenants(call)
  if (call.subscription && /^\/subscriptions\/[^/]+$/i.test(path)) return getSubscription(call, call.subscription)
  const [, scope = '', type = '', id] = AUTHORIZATION.exec(path) ?? []
  if (/^roleAssignments$/i.test(type) && !id) return listRoleAssignments(call, scope === '' ? '/' : scope)
  if (/^roleDefinitions$/i.test(type))
    return id ? getRoleDefinition(call, scope, id) : listRoleDefinitions(call, scope === '' ? '/' : scope)
  return armError(
    404,
    'InvalidResourceType',
    `The resource type could not be found for the path '${path}' (the sandbox does not imitate it).`,
  )
}

function answer(world: World, request: Request, cloud: Cloud): Response {
  const url = new URL(request.url)
  // The SDK writes two slashes when a scope begins with one.
  const path = decodeURIComponent(url.pathname)
    .replace(/\/{2,}/g, '/')
    .replace(/(.)\/$/, '$1')
  if (request.method !== 'GET') return armError(405, 'MethodNotAllowed', 'The sandbox only reads.')
  const version = url.searchParams.get('api-version')
  if (!version)
    return armError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    )
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version))
    return armError(400, 'InvalidApiVersionParameter', `The api-version '${version}' is invalid.`)

  const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]
  if (subscriptionId && !GUID.test(subscriptionId))
    return armError(
      400,
      'InvalidSubscriptionId',
      `The provided subscription identifier '${subscriptionId}' is malformed or invalid.`,
    )
  const found = subscriptionId ? world.findSubscription(subscriptionId) : null
  if (subscriptionId && !found)
    return armError(404, 'SubscriptionNotFound', `The subscription '${subscriptionId}' could not be found.`)
  const claims = checkArmToken(world, request, found?.tenant ?? null)
  if (claims instanceof Response) return claims
  const tenant = world.tenants.get(String(claims.tid))
  if (!tenant) return armError(401, 'InvalidAuthenticationToken', 'The access token is invalid.')
  const objectId = String(claims.oid)
  const caller = { objectId, name: String(claims.upn), held: assignmentsOf(tenant, objectId, world.now()) }
  return route({ world, cloud, url, tenant, caller, subscription: found?.subscription ?? null }, path)
}

/** Azure Resource Manager: the reads of subscriptions, role assignments and role definitions. */
export function answerArm(world: World, request: Request, cloud: Cloud): Response {
  return withArmHeaders(answer(world, request, cloud))
}
