import { createPipelineRequest, RestError } from '@azure/core-rest-pipeline'
import { z } from 'zod'
import type { ManagementGroup } from '@/lib/domain/vocabulary'
import type { Azure } from './client/clients'
import { cloud } from './client/cloud'
import { toAzureError } from './client/errors'
import { cleanText, codeInBody } from './client/rows'

const VERSION = '2020-05-01'

/**
 * The management groups above a subscription, the tenant's root first, from `getEntities` (Entities - List, 2020-05-01):
 * as many as Azure lets the account see. Null when the account is told of none: it may not ask (403, 404), or does not
 * see the subscription there, or no group above it.
 */
export async function readManagementGroups(azure: Azure, subscriptionId: string): Promise<ManagementGroup[] | null> {
  const client = azure.authorization(subscriptionId) // none of our SDKs has this call, so this client's pipeline carries it
  const filter = encodeURIComponent(`name eq '${subscriptionId}'`)
  const path = `/providers/Microsoft.Management/getEntities?api-version=${VERSION}&$filter=${filter}`
  let next: string | null | undefined = `${cloud().arm}${path}`
  try {
    while (next) {
      const request = createPipelineRequest({ url: next, method: 'POST' })
      const response = await client.sendRequest(request)
      const { status: statusCode } = response
      if (statusCode === 403 || statusCode === 404) return null
      if (statusCode !== 200) {
        const code = codeInBody(response.bodyAsText ?? '')
        throw new RestError('The management groups were refused.', { statusCode, code, request, response })
      }
      const page = Page.parse(JSON.parse(response.bodyAsText ?? ''))
      const own = page.value.find(({ name }) => name.toLowerCase() === subscriptionId.toLowerCase())
      if (own) return groupsAbove(own)
      next = page.nextLink
    }
  } catch (error) {
    throw toAzureError(error)
  }
  return null
}

const Chain = z
  .array(z.string().nullish())
  .nullish()
  .transform((list) => list ?? [])
const Entity = z.object({
  name: z.string(),
  properties: z.object({ parentNameChain: Chain, parentDisplayNameChain: Chain }),
})
const Page = z.object({ value: z.array(Entity), nextLink: z.string().nullish() })

/**
 * The groups of the two chains. A group without a name is called by its id, as Azure does it; so are all of them when
 * there are not as many names as ids, since it is then unknown which name belongs to which group.
 */
function groupsAbove({ properties }: z.infer<typeof Entity>): ManagementGroup[] | null {
  const { parentNameChain: ids, parentDisplayNameChain: names } = properties
  const isPaired = ids.length === names.length
  const groups = ids.flatMap((given, index) => {
    const id = cleanText(given)
    return id === null ? [] : [{ id, name: (isPaired && cleanText(names[index])) || id }]
  })
  return groups.length > 0 ? groups : null
}
