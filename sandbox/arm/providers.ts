import type { Subscription } from '../world/types'
import type { ArmCall } from './arm-call'
import { paged } from './paged'
import { resourcesInUse } from './resources-in-use'

/** Registered in every subscription. */
const ALWAYS = ['Microsoft.Authorization', 'Microsoft.Management', 'Microsoft.Resources']

/** `GET /subscriptions/{id}/providers`: those of the resources there are, without their types' details. */
export function listProviders({ url, tenant }: ArmCall, subscription: Subscription): Response {
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
