import { isInForceAt, lineageOf, listApplyingTo, principalsOf } from '../world/rbac'
import { subscriptionPrefixOf } from '../world/scopes'
import type { Assignment, Tenant } from '../world/types'
import { type ArmCall, createScopeFilter, isAllowed, refuseAction } from './arm-call'
import { shownTypeOf } from './principal-types'
import { armError, authorizationAt, type Filter, readFilter, respondWithPage, unsupportedFilter } from './protocol'

const READ = 'Microsoft.Authorization/roleAssignments/read'

/**
 * `GET {scope}/providers/Microsoft.Authorization/roleAssignments`: those that apply to the scope. Filters: `atScope()` (at or
 * above it), `assignedTo('id')` and `principalId eq 'id'`. Assignments of Privileged Identity Management appear while they
 * are in force.
 */
export function listRoleAssignments(call: ArmCall, scope: string): Response {
  const { tenant, url } = call
  const filter = readFilter(url, ['atScope', 'assignedTo', 'principalId'])
  if (!filter) return unsupportedFilter(url, "'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'")
  const found = listReadable(call, scope)
  if (!found) return refuseAction(call, READ, authorizationAt(scope))
  const lineage = filter.has('atscope') ? lineageOf(tenant, scope) : null
  const holders = holdersOf(tenant, filter)
  const items = found.filter(
    (one) =>
      (lineage === null || lineage.has(one.scope.toLowerCase())) && (holders === null || holders.has(one.principalId)),
  )
  const subscription = subscriptionPrefixOf(scope)
  return respondWithPage(url, {
    items,
    size: tenant.pageSizes.assignments,
    keyOf: (one) => one.id,
    show: (one) => showRoleAssignment(call, one, subscription),
  })
}

/** `GET {scope}/providers/Microsoft.Authorization/roleAssignments/{name}`: found only at its own scope. */
export function getRoleAssignment(call: ArmCall, scope: string, name: string): Response {
  if (!isAllowed(call, READ, scope))
    return refuseAction(call, READ, `${authorizationAt(scope)}/roleAssignments/${name}`)
  const found = call.tenant.assignments.get(name.toLowerCase())
  const isHeld = found && (found.schedule === null || isInForceAt(found.schedule, call.world.now()))
  if (!isHeld || found.scope.toLowerCase() !== scope.toLowerCase())
    return armError(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`)
  return Response.json(showRoleAssignment(call, found, subscriptionPrefixOf(scope)))
}

/** The assignments that apply to a scope and that the caller may read; null when the caller is refused. */
function listReadable(call: ArmCall, scope: string): Assignment[] | null {
  const now = call.world.now()
  const inForce = listApplyingTo(call.tenant, call.tenant.assignments, scope).filter(
    (one) => one.schedule === null || isInForceAt(one.schedule, now),
  )
  if (isAllowed(call, READ, scope)) return inForce
  const rows = inForce.filter(createScopeFilter(call, READ, scope))
  return rows.length > 0 || call.tenant.powerless === 'empty' ? rows : null
}

/** The principals whose assignments are asked for; null for all. `assignedTo` includes groups, `principalId` does not. */
function holdersOf(tenant: Tenant, filter: Filter): ReadonlySet<string> | null {
  const assigned = filter.get('assignedto')?.toLowerCase()
  const principal = filter.get('principalid')?.toLowerCase()
  if (assigned === undefined) return principal === undefined ? null : new Set([principal])
  const holders = principalsOf(tenant, assigned)
  if (principal === undefined) return holders
  return new Set(holders.has(principal) ? [principal] : [])
}

/** Older versions of the API show no principal types, and no conditions before the second of these (recalled, not verified). */
const PRINCIPAL_TYPES_SINCE = '2018-09-01'
const CONDITIONS_SINCE = '2020-03-01'

/** An assignment as the requested version of the API writes it. */
function showRoleAssignment({ tenant, apiVersion }: ArmCall, assignment: Assignment, subscriptionScope: string) {
  const row = toRoleAssignmentJson(assignment, subscriptionScope, tenant.mixedRoleIds)
  if (apiVersion >= CONDITIONS_SINCE) return row
  const { condition, conditionVersion, description, delegatedManagedIdentityResourceId, ...older } = row.properties
  const { principalType, ...oldest } = older
  return { ...row, properties: apiVersion < PRINCIPAL_TYPES_SINCE ? oldest : older }
}

/**
 * An assignment as ARM writes it. The id of its role begins with the subscription that is listed, as the role definition's
 * own id does there. Azure also writes role ids without it; a tenant with `mixedRoleIds` has both in one list.
 */
export function toRoleAssignmentJson(assignment: Assignment, subscriptionScope: string, mixed: boolean) {
  const { id, roleId, principalId, scope, condition, description, createdOn, createdBy } = assignment
  const isBare = mixed && (!scope.startsWith('/subscriptions/') || id.charCodeAt(0) % 2 === 0)
  const prefix = isBare ? '' : subscriptionScope
  return {
    properties: {
      roleDefinitionId: `${prefix}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      principalId,
      principalType: shownTypeOf(assignment),
      scope,
      condition,
      conditionVersion: condition === null ? null : '2.0',
      createdOn,
      updatedOn: createdOn,
      createdBy,
      updatedBy: createdBy,
      delegatedManagedIdentityResourceId: null,
      description,
    },
    id: `${authorizationAt(scope)}/roleAssignments/${id}`,
    type: 'Microsoft.Authorization/roleAssignments',
    name: id,
  }
}
