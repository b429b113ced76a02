const MARK = 'sandbox-empty.'
const NAMES = ['$skipToken', '$skiptoken'] // ARM's and Graph's

const tokenName = (url: URL) => NAMES.find((name) => url.searchParams.has(name)) ?? '$skiptoken'

/** The address of the true page, to be linked from the empty one put in front of it. */
export function afterEmptyPage(address: string): string {
  const url = new URL(address)
  const name = tokenName(url)
  const token = url.searchParams.get(name) ?? ''
  url.searchParams.set(name, `${MARK}${Buffer.from(token).toString('base64url')}`)
  return url.href
}

/** The page a request is for when it comes from an empty one, null when it does not. */
export function truePage(address: string): string | null {
  if (!address.includes(MARK)) return null
  const url = new URL(address)
  const name = tokenName(url)
  const token = Buffer.from((url.searchParams.get(name) ?? '').slice(MARK.length), 'base64url').toString()
  if (token === '') url.searchParams.delete(name)
  else url.searchParams.set(name, token)
  return url.href
}

/** The address of the first page of the list a page belongs to. */
export function firstPage(address: string): string {
  const url = new URL(address)
  for (const name of NAMES) url.searchParams.delete(name)
  return url.href
}
