import type { Azure } from '@/lib/azure/client/clients'
import { refusedBy } from '@/lib/azure/client/lists'
import { listPlaces, type Places } from '@/lib/azure/management-groups'
import type { ProblemCode } from '@/lib/domain/problems'
import type { ManagementGroup } from '@/lib/domain/vocabulary'

/** Where subscriptions lie, as far as an account sees it. `refused` says why that could not be read; it is null where it was. */
export type ReadPlaces = Places & { refused: ProblemCode | null }

/** Where nothing is known to lie. */
export const NO_PLACES: ReadPlaces = { above: new Map(), groups: [], refused: null }

/** Where subscriptions lie, or why that could not be read. What is wrong with the sign-in itself is thrown, as an AzureError. */
export async function readPlaces(azure: Azure): Promise<ReadPlaces> {
  try {
    return { ...(await listPlaces(azure)), refused: null }
  } catch (error) {
    return { ...NO_PLACES, refused: refusedBy('managementGroups', error).code }
  }
}

/** The management groups above a subscription, the tenant's root first: none where Azure shows none. */
export type Placed = { managementGroups: ManagementGroup[] }

/** Adds the management groups above each subscription, and puts the subscriptions in the order of their names. */
export function placeAll<One extends { subscriptionId: string; name: string }>(
  subscriptions: One[],
  { above }: Pick<Places, 'above'>,
): (One & Placed)[] {
  return subscriptions
    .map((one) => ({ ...one, managementGroups: above.get(one.subscriptionId) ?? [] }))
    .sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }))
}
