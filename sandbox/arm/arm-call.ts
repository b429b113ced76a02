import type { Cloud } from '../clouds'
import { isDenied, isGranted } from '../world/rbac'
import { isAtOrUnder } from '../world/scopes'
import type { Assignment, Subscription, Tenant } from '../world/types'
import type { World } from '../world/world'
import { armError } from './protocol'

/** One authenticated ARM request, with its caller and the subscription that its address names. */
export type ArmCall = {
  world: World
  cloud: Cloud
  url: URL
  apiVersion: string
  /** Of a POST; empty for other methods. */
  body: string
  /** The tenant of the subscription that the address names, else the token's. */
  tenant: Tenant
  caller: ArmCaller
  subscription: Subscription | null
  /** Answers of `isAllowed` during this request, by action and scope. */
  decisions: Map<string, boolean>
}

/** Who makes the request: a person or an application, with the role assignments in force now. */
export type ArmCaller = {
  objectId: string
  /** The user principal name, or an application's client id. */
  name: string
  assignments: Assignment[]
  /** The caller and every group that contains it, directly or through groups. */
  principals: ReadonlySet<string>
}

/** Whether the caller may do an action at a scope: a role allows it and no deny assignment forbids it. Answers are kept for the request. */
export function isAllowed({ tenant, caller, decisions }: ArmCall, action: string, scope: string): boolean {
  const key = `${action} ${scope}`.toLowerCase()
  const known = decisions.get(key)
  if (known !== undefined) return known
  const allowed =
    isGranted(tenant, caller.assignments, action, scope) && !isDenied(tenant, caller.principals, action, scope)
  decisions.set(key, allowed)
  return allowed
}

/** Creates a filter for rows: true when the scope is at or below `under` and the caller may do the action there. It remembers its answers. */
export function createScopeFilter(call: ArmCall, action: string, under: string): (item: { scope: string }) => boolean {
  const known = new Map<string, boolean>()
  return ({ scope }) => {
    const decided = known.get(scope)
    if (decided !== undefined) return decided
    const allowed = isAtOrUnder(scope, under) && isAllowed(call, action, scope)
    known.set(scope, allowed)
    return allowed
  }
}

/** The 403 for a caller who may not do an action at a scope. */
export function refuseAction({ caller }: ArmCall, action: string, scope: string): Response {
  return armError(
    403,
    'AuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  )
}
