import type { Random } from './random'
import { levelOf, managementGroupScope } from './scopes'
import { addAssignment } from './tenant'
import type { TenantSpec } from './tenant-spec'
import type { Permission, RoleDefinition, Tenant } from './types'

/** Adds custom roles that are assignable everywhere in the tenant: some read machines, some allow all that Owner does. */
export function addCustomRoles(tenant: Tenant, random: Random, { customRoles = 0, ownerRoles = 0 }: TenantSpec): void {
  const scope = managementGroupScope(tenant.id)
  const addRole = (name: string, description: string, permissions: Permission[]) =>
    addCustomRole(tenant, random, { name, description, permissions, scope })
  for (let index = 0; index < customRoles; index++)
    addRole(`Role ${index + 1}`, 'A custom role.', [allowOnly('Microsoft.Compute/*/read')])
  for (let index = 0; index < ownerRoles; index++)
    addRole(
      `Operator ${index + 1}`,
      'Everything, under another name.',
      OWNER_PERMISSIONS[index % OWNER_PERMISSIONS.length] ?? [],
    )
}

/** The resource groups that narrow roles are in when no number of resource groups was asked for: those of assignments. */
const DEFAULT_RESOURCE_GROUPS = 40

/**
 * Adds custom roles that can be assigned in one resource group only, in one subscription after another, and assigns each
 * there to a person. Every second one allows everything. Unless a number is given there is one, if there is room for it.
 */
export function addNarrowRoles(tenant: Tenant, random: Random, spec: TenantSpec, people: readonly string[]): void {
  const { resourceGroups = DEFAULT_RESOURCE_GROUPS } = spec
  const narrowRoles = spec.narrowRoles ?? (hasRoomFor(spec, people) ? 1 : 0)
  const subscriptions = tenant.subscriptions.list()
  for (let index = 0; index < narrowRoles; index++) {
    const subscription = subscriptions[index % subscriptions.length]
    if (!subscription) return
    const group = `rg-${Math.floor(index / subscriptions.length) % resourceGroups}`
    const scope = `/subscriptions/${subscription.id}/resourceGroups/${group}`
    const { id } = addCustomRole(tenant, random, {
      name: `Group Role ${index + 1}`,
      description: 'Can be assigned in one resource group.',
      permissions: [allowOnly(index % 2 === 0 ? '*' : '*/read')],
      scope,
    })
    addAssignment(tenant, random, { principalId: random.pick(people), role: id, scope })
  }
}

const ROOMY = 20 // assignments in a subscription that leave room beside those of the accounts

/** Whether a world has a place and people for a narrow role that nobody asked for, without exceeding its assignments. */
function hasRoomFor({ assignments, resourceGroups }: TenantSpec, people: readonly string[]): boolean {
  const count = typeof assignments === 'object' ? assignments.count : (assignments ?? people.length)
  return count >= ROOMY && people.length > 0 && resourceGroups !== 0
}

/** Whether a role can be assigned in resource groups only: plain lists at a subscription leave it out. */
export const isNarrow = ({ assignableScopes }: RoleDefinition): boolean =>
  assignableScopes.every((scope) => ['resource_group', 'resource'].includes(levelOf(scope)))

type CustomRoleFacts = { name: string; description: string; permissions: Permission[]; scope: string }

function addCustomRole(tenant: Tenant, random: Random, facts: CustomRoleFacts): RoleDefinition {
  const { name, description, permissions, scope } = facts
  return tenant.customRoles.add({
    id: random.guid(),
    name: `${tenant.name} ${name}`,
    description,
    custom: true,
    assignableScopes: [scope],
    permissions,
    createdOn: CREATED_ON,
    updatedOn: CREATED_ON,
  })
}

const CREATED_ON = '2024-06-11T10:02:31.1180291Z'
const allowOnly = (...actions: string[]): Permission => ({
  actions,
  notActions: [],
  dataActions: [],
  notDataActions: [],
})

const ALL_VERBS = ['*/read', '*/write', '*/delete', '*/action']
/** Three ways to allow everything that an Owner may do: one pattern, four patterns, and four permissions. */
const OWNER_PERMISSIONS: readonly Permission[][] = [
  [allowOnly('*')],
  [allowOnly(...ALL_VERBS)],
  ALL_VERBS.map((one) => allowOnly(one)),
]
