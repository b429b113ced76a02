import { z } from 'zod'
import type { Azure } from './azure'
import { AzureError, toAzureError } from './azure-error'
import { cloud } from './cloud'
import { pageGuard } from './page-guard'
import { trusted } from './transport'

export const GraphPage = z
  .object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() })
  .transform((page) => ({ items: page.value, nextLink: page['@odata.nextLink'] ?? null }))

/**
 * The pages of a Graph list. `nextLink` is taken whole and must stay at Graph; a page may be empty and still have one.
 */
export async function* graphPages(azure: Azure, first: string): AsyncGenerator<unknown[]> {
  const guard = pageGuard()
  let next: string | null = first
  while (next !== null) {
    guard(next)
    const page: z.infer<typeof GraphPage> = await readPage(azure, next)
    yield page.items
    next = page.nextLink === null ? null : atGraph(page.nextLink)
  }
}

async function readPage(azure: Azure, address: string): Promise<z.infer<typeof GraphPage>> {
  try {
    return GraphPage.parse(await azure.graph.api(address).get())
  } catch (error) {
    throw toAzureError(error)
  }
}

/** The Graph client glues anything that is not https behind its own address, so the link is judged before it gets there. */
function atGraph(link: string): string {
  const url = trusted(link)
  if (url.origin !== cloud().graph) throw new AzureError('untrusted_link', "The address is not one of Microsoft's.")
  return url.href
}
