import { isInForceAt, lineageOf, listApplyingTo, principalsOf } from '../world/rbac'
import { subscriptionPrefixOf } from '../world/scopes'
import type { Assignment, Tenant } from '../world/types'
import { type ArmCall, createScopeFilter, isAllowed, refuseAction } from './arm-call'
import { armError, type Filter, readFilter, respondWithPage, unsupportedFilter } from './protocol'

const READ = 'Microsoft.Authorization/roleAssignments/read'

/**
 * `GET {scope}/providers/Microsoft.Authorization/roleAssignments`: what applies to the scope, with `atScope()` (at or
 * above it), `assignedTo('id')` and `principalId eq 'id'`. One made by Privileged Identity Management is there while it holds.
 */
export function listRoleAssignments(call: ArmCall, scope: string): Response {
  const { tenant, url } = call
  const filter = readFilter(url, ['atScope', 'assignedTo', 'principalId'])
  if (!filter) return unsupportedFilter(url, "'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'")
  const found = listReadable(call, scope)
  if (!found) return refuseAction(call, READ, `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization`)
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

/** `GET {scope}/providers/Microsoft.Authorization/roleAssignments/{name}`, by name or by id: the scope must be its own. */
export function getRoleAssignment(call: ArmCall, scope: string, name: string): Response {
  if (!isAllowed(call, READ, scope))
    return refuseAction(
      call,
      READ,
      `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    )
  const found = call.tenant.assignments.get(name.toLowerCase())
  const holds = found && (found.schedule === null || isInForceAt(found.schedule, call.world.now()))
  if (!holds || found.scope.toLowerCase() !== scope.toLowerCase())
    return armError(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`)
  return Response.json(showRoleAssignment(call, found, subscriptionPrefixOf(scope)))
}

/** What the caller may read of the rows that apply to a scope, or null when they may read none. */
function listReadable(call: ArmCall, scope: string): Assignment[] | null {
  const now = call.world.now()
  const holding = listApplyingTo(call.tenant, call.tenant.assignments, scope).filter(
    (one) => one.schedule === null || isInForceAt(one.schedule, now),
  )
  if (isAllowed(call, READ, scope)) return holding
  const rows = holding.filter(createScopeFilter(call, READ, scope))
  return rows.length > 0 || call.tenant.powerless === 'empty' ? rows : null
}

/** Who may hold the rows asked for: null when anyone may. Groups count for `assignedTo`, not for `principalId`. */
function holdersOf(tenant: Tenant, filter: Filter): ReadonlySet<string> | null {
  const assigned = filter.get('assignedto')?.toLowerCase()
  const principal = filter.get('principalid')?.toLowerCase()
  if (assigned === undefined) return principal === undefined ? null : new Set([principal])
  const holders = principalsOf(tenant, assigned)
  if (principal === undefined) return holders
  return new Set(holders.has(principal) ? [principal] : [])
}

/** Versions before know neither principal types nor, before the second one, conditions (recalled, not verified). */
const PRINCIPAL_TYPES_SINCE = '2018-09-01'
const CONDITIONS_SINCE = '2020-03-01'

/** A row as the version of the API asked for has it. */
function showRoleAssignment({ tenant, apiVersion }: ArmCall, assignment: Assignment, subscriptionScope: string) {
  const row = toRoleAssignmentJson(assignment, subscriptionScope, tenant.mixedRoleIds)
  if (apiVersion >= CONDITIONS_SINCE) return row
  const { condition, conditionVersion, description, delegatedManagedIdentityResourceId, ...older } = row.properties
  const { principalType, ...oldest } = older
  return { ...row, properties: apiVersion < PRINCIPAL_TYPES_SINCE ? oldest : older }
}

/**
 * A row as the wire has it. A role is named with the subscription in front that is listed, as its definition is there.
 * Both spellings are real; a tenant with `mixedRoleIds` has them in one list.
 */
function toRoleAssignmentJson(assignment: Assignment, subscriptionScope: string, mixed: boolean) {
  const { id, roleId, principalId, principalType, scope, condition, description, createdOn, createdBy } = assignment
  const bare = mixed && (!scope.startsWith('/subscriptions/') || id.charCodeAt(0) % 2 === 0)
  const prefix = bare ? '' : subscriptionScope
  return {
    properties: {
      roleDefinitionId: `${prefix}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      principalId,
      principalType,
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
    id: `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization/roleAssignments/${id}`,
    type: 'Microsoft.Authorization/roleAssignments',
    name: id,
  }
}
