import { z } from 'zod'
import type { ManagementGroup } from '@/lib/domain/vocabulary'
import type { Azure } from './client/clients'
import { badAnswer, toAzureError } from './client/errors'
import { armPages, type ReadList } from './client/lists'
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

const Chain = z
  .array(z.string().nullish())
  .nullish()
  .transform((list) => list ?? [])
const Entity = z.object({
  name: z.string(),
  properties: z.object({ parentNameChain: Chain, parentDisplayNameChain: Chain }),
})

/**
 * The groups of the two chains. A group without a name is called by its id, as Azure does it; so are all of them when
 * there are not as many names as ids, since it is then unknown which name belongs to which group.
 */
function groupsAbove({ properties }: z.infer<typeof Entity>): ManagementGroup[] {
  const { parentNameChain: ids, parentDisplayNameChain: names } = properties
  const isPaired = ids.length === names.length
  return ids.flatMap((given, index) => {
    const id = cleanText(given)
    return id === null ? [] : [{ id, name: (isPaired && cleanText(names[index])) || id }]
  })
}
