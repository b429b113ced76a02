import { z } from 'zod'
import type { ManagementGroup } from '@/lib/domain/vocabulary'
import type { Azure } from './client/clients'
import { badAnswer, toAzureError } from './client/errors'
import { armPages, type ReadList, readArmList } from './client/lists'
import { cleanText, keepReadable, type OddRow } from './client/rows'

const VERSION = '2020-05-01'

/**
 * The management groups above a subscription, the tenant's root first, from `getEntities` (Entities - List, 2020-05-01):
 * as many as Azure lets the account see. None when the account does not see the subscription there, or no group above it;
 * `odd` then has the rows that may be the subscription's.
 */
export async function readManagementGroups(azure: Azure, subscriptionId: string): Promise<ReadList<ManagementGroup>> {
  const filter = encodeURIComponent(`name eq '${subscriptionId}'`)
  const path = `/providers/Microsoft.Management/getEntities?api-version=${VERSION}&$filter=${filter}`
  const odd: OddRow[] = []
  let others = 0
  try {
    for await (const page of armPages(azure, subscriptionId, path, 'POST')) {
      const read = keepReadable(Entity, page)
      const own = read.rows.find(({ name }) => name.toLowerCase() === subscriptionId.toLowerCase())
      if (own) return { rows: groupsAbove(own), odd: [] }
      others += read.rows.length
      odd.push(...read.odd)
    }
  } catch (error) {
    throw toAzureError(error)
  }
  // Any of the odd rows may be the one that was asked for.
  if (odd.length > 0 && others === 0) throw badAnswer()
  return { rows: [], odd }
}

/** A management group, with the groups above it, the tenant's root first. */
export type PlacedGroup = ManagementGroup & { above: ManagementGroup[] }

export type Places = {
  /** The management groups above each subscription, the tenant's root first, by the subscription's ID. */
  above: ReadonlyMap<string, ManagementGroup[]>
  /** All groups that the account sees, each after the one above it, and beside one another by name. */
  groups: PlacedGroup[]
}

/**
 * Where everything lies that the account sees, from the one list that {@link readManagementGroups} asks for a single
 * subscription. A subscription that is not in it lies nowhere; of the groups above one there are as many as Azure shows it.
 * Throws AzureError, as every list does.
 */
export async function listPlaces(azure: Azure): Promise<Places> {
  const path = `/providers/Microsoft.Management/getEntities?api-version=${VERSION}`
  const shape = Entity.transform((entity) => ({ key: entity.name.toLowerCase(), entity }))
  // No subscription stands in the address of this list.
  const { rows } = await readArmList(() => armPages(azure, NO_SUBSCRIPTION, path, 'POST'), shape)
  const above = new Map<string, ManagementGroup[]>()
  const groups = new Map<string, PlacedGroup>()
  const addGroups = (chain: ManagementGroup[]) => {
    for (const [index, group] of chain.entries())
      if (!groups.has(group.id)) groups.set(group.id, { ...group, above: chain.slice(0, index) })
  }
  for (const { key, entity } of rows) {
    const chain = groupsAbove(entity)
    if (IS_GROUP.test(entity.type ?? '')) {
      const id = cleanText(entity.name)
      if (id !== null) addGroups([...chain, { id, name: cleanText(entity.properties.displayName) ?? id }])
    } else {
      above.set(key, chain)
      addGroups(chain)
    }
  }
  return { above, groups: sortAsTree([...groups.values()]) }
}

const NO_SUBSCRIPTION = '00000000-0000-0000-0000-000000000000'
const IS_GROUP = /managementGroups$/i

/** Each group after the one above it. Names that are alike are told apart by their ids. */
function sortAsTree(groups: PlacedGroup[]): PlacedGroup[] {
  const pathOf = ({ above, ...own }: PlacedGroup) => [...above, own]
  return groups.toSorted((one, other) => {
    const [path, otherPath] = [pathOf(one), pathOf(other)]
    const index = path.findIndex(({ id }, at) => id !== otherPath[at]?.id)
    const [here, there] = [path[index], otherPath[index]]
    if (!here) return -1
    if (!there) return 1
    return here.name.localeCompare(there.name, 'en', { numeric: true }) || (here.id < there.id ? -1 : 1)
  })
}

const Chain = z
  .array(z.string().nullish())
  .nullish()
  .transform((list) => list ?? [])
const Entity = z.object({
  name: z.string(),
  type: z.string().nullish().catch(null),
  properties: z.object({
    displayName: z.string().nullish().catch(null),
    parentNameChain: Chain,
    parentDisplayNameChain: Chain,
  }),
})

/**
 * The groups of the two chains. A group without a name is called by its id, as Azure does it; so are all of them when
 * there are not as many names as ids, since it is then unknown which name belongs to which group.
 */
function groupsAbove({ properties }: Pick<z.infer<typeof Entity>, 'properties'>): ManagementGroup[] {
  const { parentNameChain: ids, parentDisplayNameChain: names } = properties
  const isPaired = ids.length === names.length
  return ids.flatMap((given, index) => {
    const id = cleanText(given)
    return id === null ? [] : [{ id, name: (isPaired && cleanText(names[index])) || id }]
  })
}
