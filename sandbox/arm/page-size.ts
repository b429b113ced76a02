/** What a page holds: what `$top` asks for, at most what the list gives. */
export function pageSize(url: URL, most: number): number {
  const top = Number(url.searchParams.get('$top'))
  return Number.isInteger(top) && top > 0 ? Math.min(top, most) : most
}
