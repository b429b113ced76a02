type Page<Item> = { value?: Item[]; nextLink?: string; '@odata.nextLink'?: string; error?: unknown }

/** Every page of a list as the wire gives it, one after another; throws at the first refusal. `between` comes after each page, the first being 1. */
export async function readPages<Item>(
  sandboxUrl: string,
  token: string,
  address: string,
  between?: (page: Item[], number: number) => void,
): Promise<Item[][]> {
  const pages: Item[][] = []
  let next: string | undefined = address
  while (next !== undefined) {
    const response: Response = await fetch(next.replace('https://', `${sandboxUrl}/`), {
      headers: { authorization: `Bearer ${token}`, consistencylevel: 'eventual' },
    })
    const page = (await response.json()) as Page<Item>
    if (!page.value) throw new Error(`${next} gave ${response.status}: ${JSON.stringify(page)}`)
    pages.push(page.value)
    between?.(page.value, pages.length)
    if (pages.length > 1_000) throw new Error(`${address} does not end.`)
    next = page.nextLink ?? page['@odata.nextLink']
  }
  return pages
}
