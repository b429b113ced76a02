import { managementGroupScope } from '../world/scopes'
import type { ManagementGroup, Subscription, SubscriptionState } from '../world/types'
import type { ArmCall } from './arm-call'
import { armError } from './arm-error'
import { ManagementGroupTree } from './management-group-tree'
import { readManagementGroup } from './management-groups'
import { paged } from './paged'

/** Management groups call an enabled subscription active. Source: the example of the 2020-05-01 specification. */
const stateOf = (state: SubscriptionState) => (state === 'Enabled' ? 'Active' : state)

function shown(group: ManagementGroup, { id, name, state, tenantId }: Subscription) {
  return {
    name: id,
    id: `${managementGroupScope(group.id)}/subscriptions/${id}`,
    type: 'Microsoft.Management/managementGroups/subscriptions',
    properties: {
      displayName: name,
      parent: { id: managementGroupScope(group.id) },
      state: stateOf(state),
      tenant: tenantId,
    },
  }
}

/** `GET …/managementGroups/{id}/subscriptions`: those directly under it. */
export function listGroupSubscriptions(call: ArmCall, id: string): Response {
  const group = readManagementGroup(call, id)
  if (group instanceof Response) return group
  const { subscriptions: items } = new ManagementGroupTree(call.tenant).childrenOf(group.id)
  const size = call.tenant.pageSizes.subscriptions
  return paged(call.url, { items, size, keyOf: (one) => one.id, show: (one) => shown(group, one) })
}

/** `GET …/managementGroups/{id}/subscriptions/{subscriptionId}`: 404 unless it is directly under the group. */
export function getGroupSubscription(call: ArmCall, id: string, subscriptionId: string): Response {
  const group = readManagementGroup(call, id)
  if (group instanceof Response) return group
  const found = call.tenant.subscriptions.get(subscriptionId.toLowerCase())
  if (found?.managementGroupId.toLowerCase() === group.id.toLowerCase()) return Response.json(shown(group, found))
  return armError(404, 'NotFound', `'${managementGroupScope(group.id)}/subscriptions/${subscriptionId}' not found`)
}
