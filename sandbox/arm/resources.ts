import type { Subscription } from '../world/types'
import type { ArmCall } from './arm-call'
import { may } from './may'
import { paged } from './paged'
import { readFilter } from './read-filter'
import { type Resource, resourcesInUse } from './resources-in-use'
import { unsupportedFilter } from './unsupported-filter'

type Among = { group?: string; type?: string }

/**
 * `GET /subscriptions/{id}/resources`, `…/resourceGroups/{name}/resources` and, with `among.type`, the list of one type
 * under its own provider: the resources that occur in scopes and that the caller may read, with nothing about them but who they are.
 */
export function listResources(call: ArmCall, subscription: Subscription, among: Among = {}): Response {
  const { url, tenant } = call
  const filter = readFilter(url, ['resourceType', 'resourceGroup', 'name'])
  if (!filter)
    return unsupportedFilter(url, "'resourceType eq '{value}'', 'resourceGroup eq '{value}'' or 'name eq '{value}''")
  const is = (wanted: string | undefined, value: string) =>
    wanted === undefined || wanted.toLowerCase() === value.toLowerCase()
  const items = [...resourcesInUse(tenant, subscription).resources.values()].filter(
    (one) =>
      is(among.type ?? filter.get('resourcetype'), one.type) &&
      is(among.group ?? filter.get('resourcegroup'), one.group) &&
      is(filter.get('name'), one.name) &&
      may(call, `${one.type}/read`, one.id),
  )
  const show = ({ id, name, type }: Resource) => ({ id, name, type, location: 'westeurope', properties: {} })
  return paged(url, { items, size: tenant.pageSizes.subscriptions, keyOf: (one) => one.id, show })
}
