import type { Subscription } from '../world/types'
import type { ArmCall } from './arm-call'
import { armError } from './arm-error'
import { forbidden } from './forbidden'
import { paged } from './paged'
import { subscriptionVisibility } from './subscription-visibility'

function shown(subscription: Subscription) {
  return {
    id: `/subscriptions/${subscription.id}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    ...(Object.keys(subscription.tags).length > 0 ? { tags: subscription.tags } : {}),
    subscriptionId: subscription.id,
    tenantId: subscription.tenantId,
    displayName: subscription.name,
    state: subscription.state,
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: subscription.quotaId,
      spendingLimit: 'Off',
    },
  }
}

/** `GET /subscriptions/{id}`. */
export function getSubscription(call: ArmCall, subscription: Subscription): Response {
  if (subscriptionVisibility(call)(subscription)) return Response.json(shown(subscription))
  if (call.tenant.powerless === 'empty')
    return armError(404, 'SubscriptionNotFound', `The subscription '${subscription.id}' could not be found.`)
  return forbidden(call, 'Microsoft.Resources/subscriptions/read', `/subscriptions/${subscription.id}`)
}

/** `GET /subscriptions`: those of the token's tenant that the caller may read. */
export function listSubscriptions(call: ArmCall): Response {
  const items = call.tenant.subscriptions.list().filter(subscriptionVisibility(call))
  return paged(call.url, { items, size: call.tenant.pageSizes.subscriptions, keyOf: (one) => one.id, show: shown })
}
