import type { Subscription } from '../world/types'
import type { ArmCall } from './arm-call'
import { armError } from './arm-error'
import { forbidden } from './forbidden'
import { may } from './may'
import { pageSize } from './page-size'
import { paged } from './paged'
import { resourcesInUse } from './resources-in-use'

const READ = 'Microsoft.Resources/subscriptions/resourceGroups/read'

const scopeOf = (subscription: Subscription, name: string) => `/subscriptions/${subscription.id}/resourceGroups/${name}`

function shown(subscription: Subscription, name: string) {
  return {
    id: scopeOf(subscription, name),
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location: 'westeurope',
    properties: { provisioningState: 'Succeeded' },
  }
}

/** `GET /subscriptions/{id}/resourcegroups`: those the caller may read; nothing to see is an empty list. */
export function listResourceGroups(call: ArmCall, subscription: Subscription): Response {
  const { url, tenant } = call
  const all = [...resourcesInUse(tenant, subscription).groups.values()]
  const items = may(call, READ, `/subscriptions/${subscription.id}`)
    ? all
    : all.filter((name) => may(call, READ, scopeOf(subscription, name)))
  const size = pageSize(url, tenant.pageSizes.subscriptions)
  return paged(url, { items, size, keyOf: (name) => name, show: (name) => shown(subscription, name) })
}

/** `GET /subscriptions/{id}/resourcegroups/{name}`. */
export function getResourceGroup(call: ArmCall, subscription: Subscription, name: string): Response {
  if (!may(call, READ, scopeOf(subscription, name))) return forbidden(call, READ, scopeOf(subscription, name))
  const found = resourcesInUse(call.tenant, subscription).groups.get(name.toLowerCase())
  if (found === undefined) return armError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`)
  return Response.json(shown(subscription, found))
}
