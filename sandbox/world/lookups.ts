import { findManagementGroup, findRole } from './rbac'
import { BUILT_IN_ROLES } from './roles'
import { isProviderScope, managementGroupIdIn, subscriptionIdIn } from './scopes'
import type { Application, Group, ManagementGroup, Subscription, Tenant, User } from './types'
import type { World } from './world'

/**
 * Thrown when a change or a tenant to be made names something that does not exist or cannot exist. The message is shown to
 * the caller.
 */
export class WorldRefusal extends Error {}

/** The function for each type of change of one subject. What it returns is the reply to the caller. */
export type ChangeHandlers<C extends { type: string }> = {
  [T in C['type']]: (world: World, change: Extract<C, { type: T }>) => unknown
}

/** Names a person by object id or user principal name; `tenantId` when the name alone is ambiguous. */
export type PersonName = { user: string; tenantId?: string }
/** Names a holder of a role: `user` as above, or `principalId` of any principal. */
export type HolderName = { user?: string; principalId?: string; tenantId?: string; subscriptionId?: string }
/** Names a group by display name or by id. */
export type GroupName = { group?: string; groupId?: string; tenantId?: string }

// Each of these finds what a change names, or throws WorldRefusal.

export function requireTenant(world: World, id: string): Tenant {
  const tenant = world.findTenant(requireText(id, 'tenantId'))
  if (!tenant) throw new WorldRefusal(`There is no tenant ${id}.`)
  return tenant
}

export function requirePerson(world: World, person: PersonName): { user: User; tenant: Tenant } {
  const found = world.findUser(requireText(person.user, 'user'), person.tenantId)
  if (!found) throw new WorldRefusal(`There is no person ${person.user}.`)
  return found
}

/** The account that does everything for which a change names nobody: the first owner of the tenant; none in a bare tenant. */
export function findAdministrator(tenant: Tenant): User | undefined {
  for (const user of tenant.users.values()) if (user.account?.kind === 'owner') return user
  return undefined
}

/**
 * The object id of who makes a change: a person or a service principal, named by object id, user principal name or client id;
 * the administrator when nobody is named; null in a tenant without one.
 */
export function requireActor(world: World, tenant: Tenant, by: string | undefined): string | null {
  if (by === undefined) return findAdministrator(tenant)?.id ?? null
  const name = requireText(by, 'by').toLowerCase()
  const { servicePrincipals } = tenant
  const found =
    tenant.users.get(name) ??
    servicePrincipals.get(name) ??
    world.findUser(name, tenant.id)?.user ??
    servicePrincipals.indexBy('appId', (one) => one.appId).get(name)
  if (!found) throw new WorldRefusal(`There is nobody called ${by} in the tenant ${tenant.name}.`)
  return found.id
}

export function requireSubscription(world: World, id: string): { subscription: Subscription; tenant: Tenant } {
  const found = world.findSubscription(requireText(id, 'subscriptionId'))
  if (!found) throw new WorldRefusal(`There is no subscription ${id}.`)
  return found
}

/** Without a client id, the portal's own application. */
export function requireApplication(world: World, clientId = world.clientId): Application {
  const found = world.applications.get(requireText(clientId, 'clientId').toLowerCase())
  if (!found) throw new WorldRefusal(`There is no application ${clientId}.`)
  return found
}

export function requireGroup(world: World, name: GroupName): { group: Group; tenant: Tenant } {
  const wanted = requireText(name.groupId ?? name.group, 'group or groupId').toLowerCase()
  for (const tenant of name.tenantId ? [requireTenant(world, name.tenantId)] : world.tenants.values()) {
    const group = tenant.groups.get(wanted) ?? tenant.groups.indexBy('name', (one) => one.displayName).get(wanted)
    if (group) return { group, tenant }
  }
  throw new WorldRefusal(`There is no group ${name.groupId ?? name.group}.`)
}

export function requireManagementGroup(tenant: Tenant, id: string): ManagementGroup {
  const found = findManagementGroup(tenant, requireText(id, 'managementGroupId'))
  if (!found) throw new WorldRefusal(`There is no management group ${id}.`)
  return found
}

/** The id of a role that is named by id or name. */
export function requireRole(tenant: Tenant, role: string): string {
  const wanted = requireText(role, 'role').toLowerCase()
  const named =
    findRole(tenant, wanted) ??
    tenant.customRoles.indexBy('name', (one) => one.name).get(wanted) ??
    [...BUILT_IN_ROLES.values()].find((one) => one.name.toLowerCase() === wanted)
  if (!named) throw new WorldRefusal(`There is no role ${role}.`)
  return named.id
}

/** The scope that a change concerns, which must be in the tenant. */
export function requireScope(tenant: Tenant, change: { scope?: string; subscriptionId?: string }): string {
  const scope =
    change.scope ?? (change.subscriptionId ? `/subscriptions/${change.subscriptionId.toLowerCase()}` : undefined)
  if (scope === undefined) throw new WorldRefusal('The change lacks a scope or a subscriptionId.')
  const subscriptionId = subscriptionIdIn(scope)
  const group = managementGroupIdIn(scope)
  if (subscriptionId !== null && !tenant.subscriptions.has(subscriptionId))
    throw new WorldRefusal(`There is no subscription ${subscriptionId} in the tenant ${tenant.name}.`)
  if (group !== null) requireManagementGroup(tenant, group)
  if (subscriptionId === null && group === null && scope !== '/' && !isProviderScope(scope))
    throw new WorldRefusal(`${scope} is not a scope.`)
  return scope
}

/** The tenant and the object id of a holder, null when none is named. Without a tenant, that of the subscription is taken. */
export function findHolder(world: World, holder: HolderName): { tenant: Tenant; principalId: string | null } {
  const tenantId =
    holder.tenantId ?? (holder.subscriptionId ? requireSubscription(world, holder.subscriptionId).tenant.id : undefined)
  if (holder.user) {
    const { user, tenant } = requirePerson(world, { user: holder.user, ...(tenantId ? { tenantId } : {}) })
    return { tenant, principalId: user.id }
  }
  if (!tenantId) throw new WorldRefusal('Say whose tenant is meant: tenantId, subscriptionId or user.')
  return { tenant: requireTenant(world, tenantId), principalId: holder.principalId?.toLowerCase() ?? null }
}

/** The same for changes that must name a holder. */
export function requireHolder(world: World, holder: HolderName): { tenant: Tenant; principalId: string } {
  const { tenant, principalId } = findHolder(world, holder)
  if (principalId === null) throw new WorldRefusal('The change lacks a user or a principalId.')
  return { tenant, principalId }
}

function requireText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new WorldRefusal(`The change lacks ${name}.`)
  return value
}
