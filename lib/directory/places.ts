import type { Azure } from '@/lib/azure/client/clients'
import type { ReadList } from '@/lib/azure/client/lists'
import { listPlaces, type Places, readManagementGroups } from '@/lib/azure/management-groups'
import { FRESH_MINUTES } from '@/lib/domain/coverage'
import type { ManagementGroup } from '@/lib/domain/vocabulary'
import type { DirectoryOwner } from './stored-directory'

type Asked = {
  owner: DirectoryOwner
  subscriptionId: string
  /** What was read before this moment, by the clock of the database, is too old. */
  since: Date
  now: Date
  /** Whether other runs of the account wait to be carried out, which will ask the same about their subscriptions. */
  isOneOfMany: () => Promise<boolean>
}

/** Where everything lies that an account sees, as this process has read it lately, and when that began. */
type Read = { beganAt: Date; places: Promise<Places> }

const reads = new Map<string, Read>()

/**
 * The management groups above a subscription, the tenant's root first. Where several subscriptions of an account are read at the
 * same time, one list tells it for all of them; a subscription that is not found in it is asked for by itself.
 */
export async function readPlace(azure: Azure, asked: Asked): Promise<ReadList<ManagementGroup>> {
  const { owner, subscriptionId, since, now, isOneOfMany } = asked
  const key = `${owner.organisationId} ${owner.id} ${owner.signIns}`
  let read = reads.get(key)
  if (!read || read.beganAt < since) {
    if (!(await isOneOfMany())) return readManagementGroups(azure, subscriptionId)
    read = reads.get(key)
  }
  if (!read || read.beganAt < since) {
    read = { beganAt: now, places: listPlaces(azure) }
    reads.set(key, read)
    setTimeout(() => reads.delete(key), FRESH_MINUTES * 60_000).unref()
  }
  const above = await aboveIn(read, subscriptionId)
  return above ? { rows: above, odd: [] } : readManagementGroups(azure, subscriptionId)
}

/**
 * What the list says of a subscription; null when it says nothing, or was refused. The request for the single subscription then
 * reports the reason. A refused list is not asked for again by the other runs.
 */
const aboveIn = ({ places }: Read, subscriptionId: string): Promise<ManagementGroup[] | null> =>
  places.then(
    ({ above }) => above.get(subscriptionId.toLowerCase()) ?? null,
    () => null,
  )
