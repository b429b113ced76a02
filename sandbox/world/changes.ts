import { addAssignment, deleteUser, touchUser } from './build'
import { createRandom } from './random'
import { findRole } from './rbac'
import { isAtOrUnder } from './scopes'
import { toPageSizes } from './to-page-sizes'
import type { Assignment, SubscriptionState, Tenant, Traits, User } from './types'
import { UnknownThing } from './unknown-thing'
import type { World } from './world'

/** A person: object id or user principal name; `tenantId` when the name alone is not enough. */
type Who = { user: string; tenantId?: string }
/** A holder of a role: `user` as above, or `principalId` of anything. */
type Holder = { user?: string; principalId?: string; tenantId?: string; subscriptionId?: string }

export type Change =
  | ({ type: 'assign'; role: string; scope?: string; condition?: string } & Holder)
  | ({ type: 'unassign'; assignmentId?: string; role?: string; scope?: string } & Holder)
  | ({ type: 'disable' } & Who)
  | ({ type: 'enable' } & Who)
  | ({ type: 'delete'; permanently?: boolean } & Who)
  | ({ type: 'restore' } & Who)
  | ({ type: 'rename'; displayName?: string; mail?: string | null; userPrincipalName?: string } & Who)
  | ({ type: 'set_traits'; traits: Traits } & Who)
  | { type: 'revoke_sessions'; user?: string; tenantId?: string }
  | { type: 'withdraw_consent' | 'grant_consent'; tenantId: string; clientId?: string; scopes?: string[] }
  | { type: 'expire_secret'; clientId?: string }
  | { type: 'set_secret'; clientId?: string; value: string }
  | { type: 'move_subscription'; subscriptionId: string; tenantId: string }
  | { type: 'set_subscription_state'; subscriptionId: string; state: SubscriptionState }
  | { type: 'set_powerless'; tenantId: string; powerless: Tenant['powerless'] }
  | { type: 'set_page_size'; tenantId: string; pageSize: number | Partial<Tenant['pageSizes']> }
  | { type: 'set_token_lifetime'; seconds: number }
  | { type: 'advance_clock'; ms: number }

function tenantOf(world: World, id: string): Tenant {
  const tenant = world.findTenant(id)
  if (!tenant) throw new UnknownThing(`There is no tenant ${id}.`)
  return tenant
}

function personOf(world: World, who: Who): { user: User; tenant: Tenant } {
  const found = world.findUser(who.user, who.tenantId)
  if (!found) throw new UnknownThing(`There is no person ${who.user}.`)
  return found
}

function subscriptionOf(world: World, id: string) {
  const found = world.findSubscription(id)
  if (!found) throw new UnknownThing(`There is no subscription ${id}.`)
  return found
}

function appOf(world: World, clientId = world.clientId) {
  const app = world.applications.get(clientId.toLowerCase())
  if (!app) throw new UnknownThing(`There is no application ${clientId}.`)
  return app
}

/** The tenant and the object id of a holder; the subscription says the tenant when nothing else does. */
function holderOf(world: World, holder: Holder): { tenant: Tenant; principalId: string | null } {
  const tenantId =
    holder.tenantId ?? (holder.subscriptionId ? subscriptionOf(world, holder.subscriptionId).tenant.id : undefined)
  if (holder.user) {
    const { user, tenant } = personOf(world, { user: holder.user, ...(tenantId ? { tenantId } : {}) })
    return { tenant, principalId: user.id }
  }
  if (!tenantId) throw new UnknownThing('Say whose tenant is meant: tenantId, subscriptionId or user.')
  return { tenant: tenantOf(world, tenantId), principalId: holder.principalId?.toLowerCase() ?? null }
}

function assign(world: World, change: Extract<Change, { type: 'assign' }>): Assignment {
  const { tenant, principalId } = holderOf(world, change)
  const scope = change.scope ?? (change.subscriptionId ? `/subscriptions/${change.subscriptionId.toLowerCase()}` : null)
  if (principalId === null || scope === null)
    throw new UnknownThing('An assignment needs a holder and a scope (or a subscriptionId).')
  const random = createRandom(`${tenant.id}/${tenant.assignments.revision}/${principalId}`)
  const condition = change.condition ?? null
  return addAssignment(tenant, random, {
    principalId,
    role: change.role,
    scope,
    condition,
    createdOn: `${new Date(world.now()).toISOString().slice(0, 23)}0000Z`,
  })
}

function unassign(world: World, change: Extract<Change, { type: 'unassign' }>): { removed: number } {
  const all = change.assignmentId && !change.tenantId && !change.subscriptionId && !change.user
  const targets = all
    ? [...world.tenants.values()].map((tenant) => ({ tenant, principalId: null }))
    : [holderOf(world, change)]
  let removed = 0
  for (const { tenant, principalId } of targets) {
    const held = principalId === null ? tenant.assignments.values() : tenant.assignments.ofPrincipal(principalId)
    for (const one of [...held]) {
      if (change.assignmentId && one.id !== change.assignmentId.toLowerCase()) continue
      if (principalId !== null && one.principalId !== principalId) continue
      if (change.role && one.roleId !== change.role.toLowerCase() && findRole(tenant, one.roleId)?.name !== change.role)
        continue
      if (change.scope && one.scope.toLowerCase() !== change.scope.toLowerCase()) continue
      if (
        change.subscriptionId &&
        !change.scope &&
        !change.assignmentId &&
        !isAtOrUnder(one.scope, `/subscriptions/${change.subscriptionId}`)
      )
        continue
      tenant.assignments.delete(one.id)
      removed++
    }
  }
  return { removed }
}

function remove(world: World, change: Extract<Change, { type: 'delete' }>): void {
  const { user, tenant } = personOf(world, change)
  deleteUser(tenant, user, `${new Date(world.now()).toISOString().slice(0, 19)}Z`, change.permanently)
}

function restore(world: World, change: Extract<Change, { type: 'restore' }>): void {
  for (const tenant of world.tenants.values()) {
    const user = tenant.deletedUsers.get(change.user.toLowerCase())
    if (!user) continue
    tenant.deletedUsers.delete(user.id)
    user.deletedDateTime = null
    tenant.users.add(user)
    touchUser(tenant, user)
    return
  }
  throw new UnknownThing(`There is no deleted person ${change.user}.`)
}

function rename(world: World, change: Extract<Change, { type: 'rename' }>): void {
  const { user, tenant } = personOf(world, change)
  if (change.displayName !== undefined) user.displayName = change.displayName
  if (change.mail !== undefined) user.mail = change.mail
  if (change.userPrincipalName !== undefined) user.userPrincipalName = change.userPrincipalName
  touchUser(tenant, user)
}

function setEnabled(world: World, change: Extract<Change, { type: 'enable' | 'disable' }>): void {
  const { user, tenant } = personOf(world, change)
  user.accountEnabled = change.type === 'enable'
  touchUser(tenant, user)
}

function revokeSessions(world: World, change: Extract<Change, { type: 'revoke_sessions' }>): void {
  const at = world.now()
  const people = change.user
    ? [personOf(world, { user: change.user, ...(change.tenantId ? { tenantId: change.tenantId } : {}) }).user]
    : [...tenantOf(world, change.tenantId ?? '').users.values()]
  for (const user of people) user.tokensValidFrom = at
}

/** A subscription that changes its directory loses every assignment made in it, as in Azure. */
function moveSubscription(world: World, change: Extract<Change, { type: 'move_subscription' }>): void {
  const { subscription, tenant } = subscriptionOf(world, change.subscriptionId)
  const target = tenantOf(world, change.tenantId)
  for (const one of [...tenant.assignments.inSubscription(subscription.id)]) tenant.assignments.delete(one.id)
  for (const one of [...tenant.eligibilities.inSubscription(subscription.id)]) tenant.eligibilities.delete(one.id)
  tenant.subscriptions.delete(subscription.id)
  subscription.tenantId = target.id
  subscription.managementGroupId = target.id
  target.subscriptions.add(subscription)
}

function setConsent(world: World, change: Extract<Change, { type: 'withdraw_consent' | 'grant_consent' }>): void {
  const tenant = tenantOf(world, change.tenantId)
  const app = appOf(world, change.clientId)
  tenant.consents = tenant.consents.filter((consent) => consent.clientId !== app.clientId)
  if (change.type === 'withdraw_consent') world.withdrawn.add(tenant.id)
  else tenant.consents.push({ clientId: app.clientId, userId: null, scopes: new Set(app.registeredScopes) })
}

/** Changes the world while it runs; throws UnknownThing when it names what is not there. */
export function applyChange(world: World, change: Change): unknown {
  switch (change.type) {
    case 'assign':
      return assign(world, change)
    case 'unassign':
      return unassign(world, change)
    case 'disable':
    case 'enable':
      return setEnabled(world, change)
    case 'set_traits':
      personOf(world, change).user.traits = change.traits
      return null
    case 'delete':
      return remove(world, change)
    case 'restore':
      return restore(world, change)
    case 'rename':
      return rename(world, change)
    case 'revoke_sessions':
      return revokeSessions(world, change)
    case 'withdraw_consent':
    case 'grant_consent':
      return setConsent(world, change)
    case 'expire_secret':
      for (const secret of appOf(world, change.clientId).secrets) secret.expired = true
      return null
    case 'set_secret':
      appOf(world, change.clientId).secrets = [{ value: change.value, expired: false }]
      return null
    case 'move_subscription':
      return moveSubscription(world, change)
    case 'set_subscription_state':
      subscriptionOf(world, change.subscriptionId).subscription.state = change.state
      return null
    case 'set_powerless':
      tenantOf(world, change.tenantId).powerless = change.powerless
      return null
    case 'set_page_size': {
      const tenant = tenantOf(world, change.tenantId)
      tenant.pageSizes = { ...tenant.pageSizes, ...toPageSizes(change.pageSize) }
      return null
    }
    case 'set_token_lifetime':
      world.tokenSeconds = change.seconds
      return null
    case 'advance_clock':
      world.clockOffset += change.ms
      return null
    default:
      throw new UnknownThing(`There is no change of type ${String((change as { type?: unknown }).type)}.`)
  }
}
