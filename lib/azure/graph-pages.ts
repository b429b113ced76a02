import { z } from 'zod'
import type { Azure } from './azure'
import { AzureError, toAzureError } from './azure-error'
import { cloud } from './cloud'
import { pageGuard } from './page-guard'
import { trusted } from './transport'

/** One page of a list. A next link that leaves Graph throws `untrusted_link`. */
export const GraphPage = z
  .object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() })
  .transform(({ value, '@odata.nextLink': nextLink }) => ({
    items: value,
    nextLink: nextLink ? atGraph(nextLink) : null,
  }))

/** The pages of a Graph list. `nextLink` is taken whole; a page may be empty and still have one. */
export async function* graphPages(azure: Azure, first: string): AsyncGenerator<unknown[]> {
  const guard = pageGuard()
  let next: string | null = first
  while (next !== null) {
    guard(next)
    const page: z.infer<typeof GraphPage> = await readPage(azure, next)
    yield page.items
    next = page.nextLink
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
