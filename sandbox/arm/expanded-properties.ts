import { findRole } from '../world/rbac'
import { findManagementGroup, levelOf, managementGroupOf, subscriptionOf } from '../world/scopes'
import type { PrincipalType, Tenant } from '../world/types'

type Row = { scope: string; roleId: string; principalId: string; principalType: PrincipalType }

function scopeName(tenant: Tenant, scope: string): string {
  switch (levelOf(scope)) {
    case 'root':
      return tenant.name
    case 'management_group':
      return findManagementGroup(tenant, managementGroupOf(scope) ?? '')?.displayName ?? ''
    case 'subscription':
      return tenant.subscriptions.get(subscriptionOf(scope) ?? '')?.name ?? ''
    default:
      return scope.split('/').at(-1) ?? ''
  }
}

/** Who holds it, by name; someone deleted has none (recalled). */
function principal(tenant: Tenant, { principalId: id, principalType: type }: Row) {
  const user = tenant.users.get(id)
  if (user) return { id, displayName: user.displayName, email: user.mail ?? user.userPrincipalName, type }
  const other = tenant.groups.get(id) ?? tenant.servicePrincipals.get(id) ?? tenant.devices.get(id)
  return { id, ...(other ? { displayName: other.displayName } : {}), type }
}

/** The names Privileged Identity Management adds to a row, so that none need be looked up. Scope types in lower case, as documented. */
export function expandedProperties(tenant: Tenant, row: Row, roleDefinitionId: string) {
  const role = findRole(tenant, row.roleId)
  return {
    scope: { id: row.scope, displayName: scopeName(tenant, row.scope), type: levelOf(row.scope).replaceAll('_', '') },
    roleDefinition: {
      id: roleDefinitionId,
      displayName: role?.name ?? '',
      type: role?.custom ? 'CustomRole' : 'BuiltInRole',
    },
    principal: principal(tenant, row),
  }
}
