import type { ChangeHandlers } from './change-handlers'
import { managementGroupIn, subscriptionOf, tenantOf } from './named-in-change'
import { isAtOrUnder } from './scopes'
import type { SubscriptionState } from './types'
import { UnknownThing } from './unknown-thing'
import type { World } from './world'

/** To another tenant, or to another management group of its own. */
type Move = { type: 'move_subscription'; subscriptionId: string; tenantId?: string; managementGroupId?: string }

export type SubscriptionChange =
  | Move
  | { type: 'set_subscription_state'; subscriptionId: string; state: SubscriptionState }
  | { type: 'rename_management_group'; tenantId: string; managementGroupId: string; displayName: string }

/** A subscription that changes its directory loses every assignment made in it, as in Azure. */
function moveSubscription(world: World, change: Move): void {
  const { subscription, tenant } = subscriptionOf(world, change.subscriptionId)
  if (!change.tenantId && !change.managementGroupId)
    throw new UnknownThing('Say where the subscription goes: tenantId or managementGroupId.')
  const target = change.tenantId ? tenantOf(world, change.tenantId) : tenant
  const managementGroupId = change.managementGroupId
    ? managementGroupIn(target, change.managementGroupId).id
    : target.id
  if (target !== tenant) {
    for (const one of [...tenant.assignments.inSubscription(subscription.id)]) tenant.assignments.delete(one.id)
    for (const one of [...tenant.eligibilities.inSubscription(subscription.id)]) tenant.eligibilities.delete(one.id)
    for (const one of tenant.denyAssignments.list())
      if (isAtOrUnder(one.scope, `/subscriptions/${subscription.id}`)) tenant.denyAssignments.delete(one.id)
    tenant.subscriptions.delete(subscription.id)
  }
  subscription.tenantId = target.id
  subscription.managementGroupId = managementGroupId
  target.subscriptions.add(subscription)
}

/** What can happen to subscriptions and management groups. */
export const changeSubscriptions: ChangeHandlers<SubscriptionChange> = {
  move_subscription: moveSubscription,
  set_subscription_state(world, change) {
    const { subscription, tenant } = subscriptionOf(world, change.subscriptionId)
    subscription.state = change.state
    tenant.subscriptions.touch()
    return null
  },
  rename_management_group(world, change) {
    const tenant = tenantOf(world, change.tenantId)
    const group = managementGroupIn(tenant, change.managementGroupId)
    if (!change.displayName) throw new UnknownThing('The change lacks displayName.')
    group.displayName = change.displayName
    tenant.managementGroups.touch()
  },
}
