/** One page of a list, with the address of the next; the skip token says how many were given already. */
export function paged(url: URL, items: readonly unknown[], size: number): Response {
  const start = Number(
    Buffer.from(
      url.searchParams.get('$skipToken') ?? url.searchParams.get('$skiptoken') ?? '',
      'base64url',
    ).toString() || 0,
  )
  const value = items.slice(start, start + size)
  if (start + size >= items.length) return Response.json({ value })
  const next = new URL(url)
  next.searchParams.delete('$skiptoken')
  next.searchParams.set('$skipToken', Buffer.from(String(start + size)).toString('base64url'))
  return Response.json({ value, nextLink: next.href })
}
