import { can, findRole } from '../world/rbac'
import { BUILT_IN_ROLES } from '../world/roles'
import { isAtOrUnder, lineageOf } from '../world/scopes'
import type { RoleDefinition } from '../world/types'
import type { ArmCall } from './arm-call'
import { armError } from './arm-error'
import { paged } from './paged'

const READ = 'Microsoft.Authorization/roleDefinitions/read'

function wire(role: RoleDefinition, scope: string) {
  return {
    properties: {
      roleName: role.name,
      type: role.custom ? 'CustomRole' : 'BuiltInRole',
      description: role.description,
      assignableScopes: role.assignableScopes,
      permissions: role.permissions,
      createdOn: role.createdOn,
      updatedOn: role.updatedOn,
      createdBy: null,
      updatedBy: null,
    },
    id: `${role.custom ? scope : ''}/providers/Microsoft.Authorization/roleDefinitions/${role.id}`,
    type: 'Microsoft.Authorization/roleDefinitions',
    name: role.id,
  }
}

function mayRead({ tenant, caller }: ArmCall, scope: string): boolean {
  return (
    can(tenant, caller.held, READ, scope) ||
    caller.held.some((one) => isAtOrUnder(one.scope, scope) && can(tenant, caller.held, READ, one.scope))
  )
}

function forbidden({ caller }: ArmCall, scope: string): Response {
  return armError(
    403,
    'AuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' does not have authorization to perform action '${READ}' over scope '${scope}/providers/Microsoft.Authorization' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  )
}

/** `GET {scope}/providers/Microsoft.Authorization/roleDefinitions`, with `type eq`, `roleName eq`, `atScopeAndBelow()`. */
export function listRoleDefinitions(call: ArmCall, scope: string): Response {
  if (!mayRead(call, scope))
    return call.tenant.powerless === 'empty' ? paged(call.url, [], 1, String) : forbidden(call, scope)
  const lineage = lineageOf(call.tenant, scope)
  const filter = call.url.searchParams.get('$filter') ?? ''
  const type = /type\s+eq\s+'([^']+)'/i.exec(filter)?.[1]?.toLowerCase()
  const name = /roleName\s+eq\s+'([^']+)'/i.exec(filter)?.[1]
  const below = /atScopeAndBelow\(\)/i.test(filter)
  const known = /^(\s*(type\s+eq\s+'[^']*'|roleName\s+eq\s+'[^']*'|atScopeAndBelow\(\)|atScope\(\))\s*(and)?)*$/i.test(
    filter,
  )
  if (!known) return armError(400, 'UnsupportedQuery', `The filter '${filter}' is not supported.`)
  const custom = [...call.tenant.customRoles.values()].filter((role) =>
    role.assignableScopes.some((one) => lineage.has(one.toLowerCase()) || (below && isAtOrUnder(one, scope))),
  )
  const roles = [...BUILT_IN_ROLES.values(), ...custom].filter(
    (role) => (!type || type === (role.custom ? 'customrole' : 'builtinrole')) && (!name || role.name === name),
  )
  // Built-in roles come in one reply however many there are; only a world that pages says otherwise.
  return paged(call.url, roles, call.tenant.pageSizes.assignments, (role) => wire(role, scope))
}

/** `GET {scope}/providers/Microsoft.Authorization/roleDefinitions/{id}`. */
export function getRoleDefinition(call: ArmCall, scope: string, id: string): Response {
  if (scope !== '' && !mayRead(call, scope)) return forbidden(call, scope)
  const role = findRole(call.tenant, id)
  if (!role)
    return armError(404, 'RoleDefinitionDoesNotExist', `The specified role definition with ID '${id}' does not exist.`)
  return Response.json(wire(role, scope))
}
