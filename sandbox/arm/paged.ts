/** One page of a list, with the address of the next; the skip token says how many were given already. */
export function paged(url: URL, items: readonly unknown[], size: number): Response {
  return pagedJson(
    url,
    items.map((item) => JSON.stringify(item)),
    size,
  )
}

/** The same for items that are JSON already: long lists are asked for again and again. */
export function pagedJson(url: URL, items: readonly string[], size: number): Response {
  const skipToken = url.searchParams.get('$skipToken') ?? url.searchParams.get('$skiptoken') ?? ''
  const start = Number(Buffer.from(skipToken, 'base64url').toString() || 0)
  const value = items.slice(start, start + size).join(',')
  let nextLink = ''
  if (start + size < items.length) {
    const next = new URL(url)
    next.searchParams.delete('$skiptoken')
    next.searchParams.set('$skipToken', Buffer.from(String(start + size)).toString('base64url'))
    nextLink = `,"nextLink":${JSON.stringify(next.href)}`
  }
  return new Response(`{"value":[${value}]${nextLink}}`, {
    headers: { 'content-type': 'application/json; charset=utf-8' },
  })
}
