import type { Random } from './random'
import { managementGroupScope } from './scopes'
import type { TenantSpec } from './tenant-spec'
import type { Permission, Tenant } from './types'

const AT = '2024-06-11T10:02:31.1180291Z'
const acting = (...actions: string[]): Permission => ({ actions, notActions: [], dataActions: [], notDataActions: [] })

const ALL = ['*/read', '*/write', '*/delete', '*/action']
/** Ways to write down everything an Owner may do: at once, in four patterns, and in four parts. */
const OWNERS: readonly Permission[][] = [[acting('*')], [acting(...ALL)], ALL.map((one) => acting(one))]

/** Custom roles assignable everywhere in the tenant: those that read machines, then those that are Owner by another name. */
export function addCustomRoles(tenant: Tenant, random: Random, { customRoles = 0, ownerRoles = 0 }: TenantSpec): void {
  const add = (name: string, description: string, permissions: Permission[]) =>
    tenant.customRoles.add({
      id: random.guid(),
      name: `${tenant.name} ${name}`,
      description,
      custom: true,
      assignableScopes: [managementGroupScope(tenant.id)],
      permissions,
      createdOn: AT,
      updatedOn: AT,
    })
  for (let index = 0; index < customRoles; index++)
    add(`Role ${index + 1}`, 'A custom role.', [acting('Microsoft.Compute/*/read')])
  for (let index = 0; index < ownerRoles; index++)
    add(`Operator ${index + 1}`, 'Everything, under another name.', OWNERS[index % OWNERS.length] ?? [])
}
