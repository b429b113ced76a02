import type { Subscription } from '../world/types'
import type { ArmCall } from './arm-call'
import { forbidden } from './forbidden'
import { paged } from './paged'
import { subscriptionVisibility } from './subscription-visibility'

const REGIONS = [
  ['westeurope', 'West Europe', 'Europe'],
  ['northeurope', 'North Europe', 'Europe'],
  ['norwayeast', 'Norway East', 'Norway'],
] as const

/** `GET /subscriptions/{id}/locations`: three regions, the same for all who may see the subscription. */
export function listLocations(call: ArmCall, subscription: Subscription): Response {
  if (!subscriptionVisibility(call)(subscription))
    return forbidden(call, 'Microsoft.Resources/subscriptions/locations/read', `/subscriptions/${subscription.id}`)
  const items = REGIONS.map(([name, displayName, geography]) => ({
    id: `/subscriptions/${subscription.id}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: `(Europe) ${displayName}`,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended', geography, geographyGroup: 'Europe' },
  }))
  return paged(call.url, { items, size: items.length, keyOf: (one) => one.name, show: (one) => one })
}
