const EMPTY_PAGE_MARK = 'sandbox-empty.'
const TOKEN_NAMES = ['$skipToken', '$skiptoken'] // ARM's and Graph's

const tokenName = (url: URL) => TOKEN_NAMES.find((name) => url.searchParams.has(name)) ?? '$skiptoken'

/** The token of the page that an address asks for; null for the first page of a list and for other addresses. */
export function pageTokenOf(url: URL): string | null {
  return url.searchParams.get(tokenName(url))
}

/** The address of the true page, for the link of the empty page that is answered before it. */
export function addressBehindEmptyPage(address: string): string {
  const url = new URL(address)
  const name = tokenName(url)
  const token = url.searchParams.get(name) ?? ''
  url.searchParams.set(name, `${EMPTY_PAGE_MARK}${Buffer.from(token).toString('base64url')}`)
  return url.href
}

/** The address of the true page when a request follows the link of an empty page; null when it does not. */
export function pageBehindEmptyOne(address: string): string | null {
  if (!address.includes(EMPTY_PAGE_MARK)) return null
  const url = new URL(address)
  const name = tokenName(url)
  const token = Buffer.from((url.searchParams.get(name) ?? '').slice(EMPTY_PAGE_MARK.length), 'base64url').toString()
  if (token === '') url.searchParams.delete(name)
  else url.searchParams.set(name, token)
  return url.href
}

/** The address of the first page of the list that this page belongs to. */
export function firstPageOf(address: string): string {
  const url = new URL(address)
  for (const name of TOKEN_NAMES) url.searchParams.delete(name)
  return url.href
}
