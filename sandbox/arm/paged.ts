/** One page of a list, with the address of the next; the skip token says how many were given already. */
export function paged<T>(url: URL, items: readonly T[], size: number, show: (item: T) => unknown): Response {
  const skipToken = url.searchParams.get('$skipToken') ?? url.searchParams.get('$skiptoken') ?? ''
  const start = Number(Buffer.from(skipToken, 'base64url').toString() || 0)
  const value = items.slice(start, start + size).map(show)
  if (start + size >= items.length) return Response.json({ value })
  const next = new URL(url)
  next.searchParams.delete('$skiptoken')
  next.searchParams.set('$skipToken', Buffer.from(String(start + size)).toString('base64url'))
  return Response.json({ value, nextLink: next.href })
}
