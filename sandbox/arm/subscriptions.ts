import { isAtOrUnder, lineageOf } from '../world/scopes'
import type { Subscription } from '../world/types'
import type { ArmCall } from './arm-call'
import { armError } from './arm-error'
import { paged } from './paged'

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

/** Any role at, above or below a subscription shows it. */
function mayRead({ tenant, caller }: ArmCall, subscription: Subscription): boolean {
  const scope = `/subscriptions/${subscription.id}`
  const lineage = lineageOf(tenant, scope)
  return caller.held.some((one) => lineage.has(one.scope.toLowerCase()) || isAtOrUnder(one.scope, scope))
}

/** `GET /subscriptions/{id}`. */
export function getSubscription(call: ArmCall, subscription: Subscription): Response {
  if (mayRead(call, subscription)) return Response.json(shown(subscription))
  if (call.tenant.powerless === 'empty')
    return armError(404, 'SubscriptionNotFound', `The subscription '${subscription.id}' could not be found.`)
  const { name, objectId } = call.caller
  return armError(
    403,
    'AuthorizationFailed',
    `The client '${name}' with object id '${objectId}' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/${subscription.id}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  )
}

/** `GET /subscriptions`: those of the token's tenant that the caller may read. */
export function listSubscriptions(call: ArmCall): Response {
  const readable = call.tenant.subscriptions.list().filter((one) => mayRead(call, one))
  return paged(call.url, readable, call.tenant.pageSizes.subscriptions, shown)
}
