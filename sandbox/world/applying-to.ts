import type { ScopedIndex } from './scoped-index'
import { ancestorsOf, isAtOrUnder, lineageOf, managementGroupOf, subscriptionOf } from './scopes'
import type { Tenant } from './types'

type Held = { id: string; principalId: string; scope: string }

/**
 * What applies to a scope: at it, above it (management groups, the root) and below it. At a management group nothing
 * below it is given, neither its children nor their subscriptions.
 */
export function applyingTo<T extends Held>(tenant: Tenant, index: ScopedIndex<T>, scope: string): T[] {
  const subscription = tenant.subscriptions.get(subscriptionOf(scope) ?? '')
  const group = subscription?.managementGroupId ?? managementGroupOf(scope)
  const above = group === null ? [] : ancestorsOf(tenant, group).flatMap((id) => index.atManagementGroup(id))
  const found = [...index.atRoot(), ...above]
  if (!subscription) return found
  const all = index.inSubscription(subscription.id)
  if (scope.split('/').length === 3) return found.concat(all)
  const lineage = lineageOf(tenant, scope)
  return found.concat(all.filter((one) => lineage.has(one.scope.toLowerCase()) || isAtOrUnder(one.scope, scope)))
}
