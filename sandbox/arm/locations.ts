import type { Subscription } from '../world/types'
import type { ArmCall } from './arm-call'
import { paged } from './paged'

const REGIONS = [
  ['westeurope', 'West Europe', 'Europe'],
  ['northeurope', 'North Europe', 'Europe'],
  ['norwayeast', 'Norway East', 'Norway'],
] as const

/** `GET /subscriptions/{id}/locations`: three regions, the same for all. */
export function listLocations({ url }: ArmCall, subscription: Subscription): Response {
  const items = REGIONS.map(([name, displayName, geography]) => ({
    id: `/subscriptions/${subscription.id}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: `(Europe) ${displayName}`,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended', geography, geographyGroup: 'Europe' },
  }))
  return paged(url, { items, size: items.length, keyOf: (one) => one.name, show: (one) => one })
}
