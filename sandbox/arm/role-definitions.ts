import { findRole, lineageOf } from '../world/rbac'
import { BUILT_IN_ROLES } from '../world/roles'
import { isAtOrUnder, subscriptionPrefixOf } from '../world/scopes'
import type { RoleDefinition } from '../world/types'
import { type ArmCall, createScopeFilter, isAllowed, refuseAction } from './arm-call'
import { armError, readFilter, respondWithPage, unsupportedFilter } from './protocol'

const READ = 'Microsoft.Authorization/roleDefinitions/read'

/** `GET {scope}/providers/Microsoft.Authorization/roleDefinitions`, with `type eq`, `roleName eq`, `atScopeAndBelow()`, `atScope()`. */
export function listRoleDefinitions(call: ArmCall, scope: string): Response {
  const { tenant, url } = call
  const filter = readFilter(url, ['type', 'roleName', 'atScopeAndBelow', 'atScope'])
  if (!filter)
    return unsupportedFilter(
      url,
      "'atScopeAndBelow()' or 'roleName eq '{value}'' or 'type eq '{BuiltInRole|CustomRole}''",
    )
  const isRefused = !mayRead(call, scope)
  if (isRefused && tenant.powerless === 'forbidden') return refuseReading(call, scope)
  const lineage = lineageOf(tenant, scope)
  const type = filter.get('type')?.toLowerCase()
  const name = filter.get('rolename')?.toLowerCase()
  const items = isRefused
    ? []
    : [...BUILT_IN_ROLES.values(), ...tenant.customRoles.list()].filter(
        (role) =>
          isAssignable(role, scope, lineage, filter.has('atscopeandbelow')) &&
          (type === undefined || type === (role.custom ? 'customrole' : 'builtinrole')) &&
          (name === undefined || role.name.toLowerCase() === name),
      )
  return respondWithPage(url, {
    items,
    size: tenant.pageSizes.assignments,
    keyOf: (role) => role.id,
    show: (role) => toRoleDefinitionJson(role, scope, call.apiVersion),
  })
}

/** `GET {scope}/providers/Microsoft.Authorization/roleDefinitions/{id}`, at a scope or at the root. */
export function getRoleDefinition(call: ArmCall, scope: string, id: string): Response {
  if (!mayRead(call, scope)) return refuseReading(call, scope)
  const role = findRole(call.tenant, id)
  if (!role || !isAssignable(role, scope, lineageOf(call.tenant, scope), true))
    return armError(404, 'RoleDefinitionDoesNotExist', `The specified role definition with ID '${id}' does not exist.`)
  return Response.json(toRoleDefinitionJson(role, scope, call.apiVersion))
}

/** `GET {scope}/providers/Microsoft.Authorization/permissions`: those of the caller's roles at a scope, each role once. */
export function listPermissions({ url, tenant, caller }: ArmCall, scope: string): Response {
  const lineage = lineageOf(tenant, scope)
  const roles = new Set(
    caller.assignments.filter((one) => lineage.has(one.scope.toLowerCase())).map((one) => one.roleId),
  )
  const items = [...roles].flatMap((id) =>
    (findRole(tenant, id)?.permissions ?? []).map((permission, index) => ({ key: `${id}/${index}`, permission })),
  )
  const size = tenant.pageSizes.assignments
  return respondWithPage(url, { items, size, keyOf: (one) => one.key, show: (one) => one.permission })
}

/** Whether the caller may read: at the root everyone of the tenant (recalled), elsewhere with the action at the scope or below it. */
function mayRead(call: ArmCall, scope: string): boolean {
  if (scope === '/' || isAllowed(call, READ, scope)) return true
  return call.caller.assignments.some(createScopeFilter(call, READ, scope))
}

const refuseReading = (call: ArmCall, scope: string) =>
  refuseAction(call, READ, `${scope}/providers/Microsoft.Authorization`)

/** Whether a role can be assigned at a scope. Custom roles only where they say so; at the root all of them are listed. */
export function isAssignable(
  role: RoleDefinition,
  scope: string,
  lineage: ReadonlySet<string>,
  below: boolean,
): boolean {
  if (!role.custom || scope === '/') return true
  return role.assignableScopes.some((one) => lineage.has(one.toLowerCase()) || (below && isAtOrUnder(one, scope)))
}

/** Older versions of the API show permissions without their conditions (recalled, not verified). */
const CONDITIONS_SINCE = '2022-04-01'

/** A role definition as ARM writes it. */
export function toRoleDefinitionJson(role: RoleDefinition, scope: string, apiVersion: string) {
  const prefix = subscriptionPrefixOf(scope)
  return {
    properties: {
      roleName: role.name,
      type: role.custom ? 'CustomRole' : 'BuiltInRole',
      description: role.description,
      assignableScopes: role.assignableScopes,
      permissions:
        apiVersion < CONDITIONS_SINCE
          ? role.permissions.map(({ condition, conditionVersion, ...one }) => one)
          : role.permissions.map((one) => ({ conditionVersion: null, condition: null, ...one })),
      createdOn: role.createdOn,
      updatedOn: role.updatedOn,
      createdBy: null,
      updatedBy: null,
    },
    id: `${prefix}/providers/Microsoft.Authorization/roleDefinitions/${role.id}`,
    type: 'Microsoft.Authorization/roleDefinitions',
    name: role.id,
  }
}
