import type { Subscription } from '../world/types'
import type { ArmCall } from './arm-call'
import { forbidden } from './forbidden'
import { paged } from './paged'
import { resourcesInUse } from './resources-in-use'
import { subscriptionVisibility } from './subscription-visibility'

/** Registered in every subscription. */
const ALWAYS = ['Microsoft.Authorization', 'Microsoft.Management', 'Microsoft.Resources']

/** `GET /subscriptions/{id}/providers`: those of the resources there are, without their types' details. */
export function listProviders(call: ArmCall, subscription: Subscription): Response {
  const { url, tenant } = call
  if (!subscriptionVisibility(call)(subscription))
    return forbidden(call, 'Microsoft.Resources/subscriptions/providers/read', `/subscriptions/${subscription.id}`)
  const types = new Map<string, Set<string>>(ALWAYS.map((namespace) => [namespace, new Set()]))
  for (const { type } of resourcesInUse(tenant, subscription).resources.values()) {
    const [namespace = '', ...rest] = type.split('/')
    types.set(namespace, (types.get(namespace) ?? new Set()).add(rest.join('/')))
  }
  const show = ([namespace, names]: [string, Set<string>]) => ({
    id: `/subscriptions/${subscription.id}/providers/${namespace}`,
    namespace,
    registrationState: 'Registered',
    registrationPolicy: ALWAYS.includes(namespace) ? 'RegistrationFree' : 'RegistrationRequired',
    resourceTypes: [...names].map((resourceType) => ({ resourceType, locations: [], apiVersions: [] })),
  })
  return paged(url, {
    items: [...types],
    size: tenant.pageSizes.subscriptions,
    keyOf: ([namespace]) => namespace,
    show,
  })
}
