import { findManagementGroup, findRole } from './rbac'
import { BUILT_IN_ROLES } from './roles'
import { managementGroupOf, subscriptionOf as subscriptionIn } from './scopes'
import type { Application, Group, ManagementGroup, Subscription, Tenant, User } from './types'
import type { World } from './world'

/** A person: object id or user principal name; `tenantId` when the name alone is not enough. */
export type Who = { user: string; tenantId?: string }
/** A holder of a role: `user` as above, or `principalId` of anything. */
export type Holder = { user?: string; principalId?: string; tenantId?: string; subscriptionId?: string }
/** A group: by display name or by id. */
export type WhichGroup = { group?: string; groupId?: string; tenantId?: string }

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new UnknownThing(`The change lacks ${name}.`)
  return value
}

export function tenantOf(world: World, id: string): Tenant {
  const tenant = world.findTenant(text(id, 'tenantId'))
  if (!tenant) throw new UnknownThing(`There is no tenant ${id}.`)
  return tenant
}

export function personOf(world: World, who: Who): { user: User; tenant: Tenant } {
  const found = world.findUser(text(who.user, 'user'), who.tenantId)
  if (!found) throw new UnknownThing(`There is no person ${who.user}.`)
  return found
}

export function subscriptionOf(world: World, id: string): { subscription: Subscription; tenant: Tenant } {
  const found = world.findSubscription(text(id, 'subscriptionId'))
  if (!found) throw new UnknownThing(`There is no subscription ${id}.`)
  return found
}

/** The portal's own application when none is named. */
export function applicationOf(world: World, clientId = world.clientId): Application {
  const found = world.applications.get(text(clientId, 'clientId').toLowerCase())
  if (!found) throw new UnknownThing(`There is no application ${clientId}.`)
  return found
}

export function groupOf(world: World, which: WhichGroup): { group: Group; tenant: Tenant } {
  const wanted = text(which.groupId ?? which.group, 'group or groupId').toLowerCase()
  for (const tenant of which.tenantId ? [tenantOf(world, which.tenantId)] : world.tenants.values()) {
    const group = tenant.groups.get(wanted) ?? tenant.groups.by('name', (one) => one.displayName).get(wanted)
    if (group) return { group, tenant }
  }
  throw new UnknownThing(`There is no group ${which.groupId ?? which.group}.`)
}

export function managementGroupIn(tenant: Tenant, id: string): ManagementGroup {
  const found = findManagementGroup(tenant, text(id, 'managementGroupId'))
  if (!found) throw new UnknownThing(`There is no management group ${id}.`)
  return found
}

/** The id of a role by its id or name. */
export function roleIn(tenant: Tenant, role: string): string {
  const wanted = text(role, 'role').toLowerCase()
  const named =
    findRole(tenant, wanted) ??
    tenant.customRoles.by('name', (one) => one.name).get(wanted) ??
    [...BUILT_IN_ROLES.values()].find((one) => one.name.toLowerCase() === wanted)
  if (!named) throw new UnknownThing(`There is no role ${role}.`)
  return named.id
}

/** The scope a change is about, which has to lie in the tenant. */
export function scopeIn(tenant: Tenant, change: { scope?: string; subscriptionId?: string }): string {
  const scope =
    change.scope ?? (change.subscriptionId ? `/subscriptions/${change.subscriptionId.toLowerCase()}` : undefined)
  if (scope === undefined) throw new UnknownThing('The change lacks a scope or a subscriptionId.')
  const subscriptionId = subscriptionIn(scope)
  const group = managementGroupOf(scope)
  if (subscriptionId !== null && !tenant.subscriptions.has(subscriptionId))
    throw new UnknownThing(`There is no subscription ${subscriptionId} in the tenant ${tenant.name}.`)
  if (group !== null) managementGroupIn(tenant, group)
  if (subscriptionId === null && group === null && scope !== '/') throw new UnknownThing(`${scope} is not a scope.`)
  return scope
}

/** The tenant and the object id of a holder; the subscription says the tenant when nothing else does. */
export function holderOf(world: World, holder: Holder): { tenant: Tenant; principalId: string | null } {
  const tenantId =
    holder.tenantId ?? (holder.subscriptionId ? subscriptionOf(world, holder.subscriptionId).tenant.id : undefined)
  if (holder.user) {
    const { user, tenant } = personOf(world, { user: holder.user, ...(tenantId ? { tenantId } : {}) })
    return { tenant, principalId: user.id }
  }
  if (!tenantId) throw new UnknownThing('Say whose tenant is meant: tenantId, subscriptionId or user.')
  return { tenant: tenantOf(world, tenantId), principalId: holder.principalId?.toLowerCase() ?? null }
}

/** The same, when somebody has to be named. */
export function namedHolderOf(world: World, holder: Holder): { tenant: Tenant; principalId: string } {
  const { tenant, principalId } = holderOf(world, holder)
  if (principalId === null) throw new UnknownThing('The change lacks a user or a principalId.')
  return { tenant, principalId }
}

/** The world's time as Azure Resource Manager writes it. */
export function armTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}0000Z`
}

/** A change or a world asked for that names something there is not, or that cannot be; the message is a sentence for whoever asked. */
export class UnknownThing extends Error {}

/** What is done for each type of change of one subject. What it gives back is replied to whoever asked. */
export type ChangeHandlers<C extends { type: string }> = {
  [T in C['type']]: (world: World, change: Extract<C, { type: T }>) => unknown
}
