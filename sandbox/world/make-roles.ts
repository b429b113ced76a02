import type { Random } from './random'
import { managementGroupScope } from './scopes'
import type { Tenant } from './types'

/** Custom roles assignable everywhere in the tenant. */
export function addCustomRoles(tenant: Tenant, random: Random, count: number): void {
  const at = '2024-06-11T10:02:31.1180291Z'
  for (let index = 0; index < count; index++) {
    tenant.customRoles.add({
      id: random.guid(),
      name: `${tenant.name} Role ${index + 1}`,
      description: 'A custom role.',
      custom: true,
      assignableScopes: [managementGroupScope(tenant.id)],
      permissions: [{ actions: ['Microsoft.Compute/*/read'], notActions: [], dataActions: [], notDataActions: [] }],
      createdOn: at,
      updatedOn: at,
    })
  }
}
