import type { ScopedIndex } from './collections'
import { BUILT_IN_ROLES } from './roles'
import { isAtOrUnder, isProviderScope, managementGroupIdIn, managementGroupScope, subscriptionIdIn } from './scopes'
import type {
  Assignment,
  DenyAssignment,
  DenyPrincipal,
  ManagementGroup,
  Permission,
  RoleDefinition,
  Subscription,
  Tenant,
} from './types'

/** The ids of a principal and of every group that contains it, directly or through groups, even in cycles. */
export function principalsOf(tenant: Tenant, objectId: string): Set<string> {
  return new Set([objectId, ...tenant.memberships.transitiveGroupsOf(objectId)])
}

/** The assignments of a principal that are in force at a moment (ms), its own and those of its groups. */
export function assignmentsOf(tenant: Tenant, objectId: string, at: number): Assignment[] {
  return [...principalsOf(tenant, objectId)].flatMap((id) =>
    tenant.assignments.ofPrincipal(id).filter((one) => one.schedule === null || isInForceAt(one.schedule, at)),
  )
}

/** Whether any of these assignments allows the action at the scope. */
export function isGranted(tenant: Tenant, assignments: Assignment[], action: string, scope: string): boolean {
  const lineage = lineageOf(tenant, scope)
  return assignments.some((assignment) => {
    if (!lineage.has(assignment.scope.toLowerCase())) return false
    const role = findRole(tenant, assignment.roleId)
    return role !== undefined && allowsAction(role.permissions, action)
  })
}

/** Whether a deny assignment forbids the action at the scope. */
export function isDenied(tenant: Tenant, principals: ReadonlySet<string>, action: string, scope: string): boolean {
  return findDenials(tenant, principals, scope).some((deny) => allowsAction(deny.permissions, action))
}

/** The deny assignments that apply at a scope to a caller; `principals` are the ids of the caller and its groups. */
function findDenials(tenant: Tenant, principals: ReadonlySet<string>, scope: string): DenyAssignment[] {
  if (tenant.denyAssignments.size === 0) return []
  const lineage = lineageOf(tenant, scope)
  const isNamedIn = (list: DenyPrincipal[]) =>
    list.some((one) => one.type === 'SystemDefined' || principals.has(one.id))
  return tenant.denyAssignments
    .list()
    .filter(
      (deny) =>
        (deny.doNotApplyToChildScopes
          ? deny.scope.toLowerCase() === scope.toLowerCase()
          : lineage.has(deny.scope.toLowerCase())) &&
        isNamedIn(deny.principals) &&
        !isNamedIn(deny.excludePrincipals),
    )
}

/** Whether any of these permissions allows an action. Conditions are not evaluated: in roles they restrict only writes. */
function allowsAction(permissions: Permission[], action: string): boolean {
  return permissions.some(
    (one) =>
      one.actions.some((pattern) => matchesPattern(pattern, action)) &&
      !one.notActions.some((pattern) => matchesPattern(pattern, action)),
  )
}

const patterns = new Map<string, RegExp>()

/** Whether an action matches a pattern such as `Microsoft.Compute/*`. */
function matchesPattern(pattern: string, action: string): boolean {
  let compiled = patterns.get(pattern)
  if (!compiled) {
    const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
    compiled = new RegExp(`^${source}$`, 'i')
    patterns.set(pattern, compiled)
  }
  return compiled.test(action)
}

/** Finds a built-in role or a custom role of the tenant by its id, in any case. */
export function findRole(tenant: Tenant, roleId: string): RoleDefinition | undefined {
  return BUILT_IN_ROLES.get(roleId.toLowerCase()) ?? tenant.customRoles.get(roleId.toLowerCase())
}

type Held = { id: string; principalId: string; scope: string }

/**
 * What applies to a scope: held at it, above it (management groups, the root) and below it. For a management group, what is
 * held at its children and their subscriptions is left out (docs/sandbox.md, "What is not").
 */
export function listApplyingTo<T extends Held>(tenant: Tenant, index: ScopedIndex<T>, scope: string): T[] {
  const subscription = tenant.subscriptions.get(subscriptionIdIn(scope) ?? '')
  const group = subscription?.managementGroupId ?? managementGroupIdIn(scope)
  const above = group === null ? [] : ancestorsOf(tenant, group).flatMap((id) => index.atManagementGroup(id))
  const found = [...index.atRoot(), ...above]
  if (!subscription) return found
  const all = index.inSubscription(subscription.id)
  if (scope.split('/').length === 3) return found.concat(all)
  const lineage = lineageOf(tenant, scope)
  return found.concat(all.filter((one) => lineage.has(one.scope.toLowerCase()) || isAtOrUnder(one.scope, scope)))
}

type Window = { startDateTime: string; endDateTime: string | null }

/** Whether something with a beginning and perhaps an end is in force at a moment (ms). */
export function isInForceAt({ startDateTime, endDateTime }: Window, at: number): boolean {
  return Date.parse(startDateTime) <= at && (endDateTime === null || at < Date.parse(endDateTime))
}

/** A management group by its id, in any case. */
export function findManagementGroup(tenant: Tenant, id: string): ManagementGroup | undefined {
  return tenant.managementGroups.get(id) ?? tenant.managementGroups.indexBy('id', (one) => one.id).get(id.toLowerCase())
}

/** The ids of a management group and of those above it, from the nearest to the tenant root. */
export function ancestorsOf(tenant: Tenant, managementGroupId: string): string[] {
  const ids: string[] = []
  let id: string | null = findManagementGroup(tenant, managementGroupId)?.id ?? managementGroupId
  while (id !== null && !ids.includes(id)) {
    ids.push(id)
    id = findManagementGroup(tenant, id)?.parentId ?? null
  }
  return ids
}

/** A scope and all scopes above it, from which it inherits, in lower case. */
export function lineageOf(tenant: Tenant, scope: string): Set<string> {
  const lineage = new Set(['/'])
  const addGroups = (id: string) => {
    for (const ancestor of ancestorsOf(tenant, id)) lineage.add(managementGroupScope(ancestor).toLowerCase())
  }
  const group = managementGroupIdIn(scope)
  if (group !== null) addGroups(group)
  const subscription: Subscription | undefined = tenant.subscriptions.get(subscriptionIdIn(scope) ?? '')
  if (isProviderScope(scope)) lineage.add(scope.toLowerCase())
  if (!subscription) return lineage
  addGroups(subscription.managementGroupId)
  const parts = scope.toLowerCase().split('/').slice(1)
  // Every second length is a scope; the lengths in between match no assignment and do no harm.
  for (let length = 2; length <= parts.length; length++) lineage.add(`/${parts.slice(0, length).join('/')}`)
  return lineage
}
