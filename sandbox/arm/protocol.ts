import { randomUUID } from 'node:crypto'
import { JsonResponse, placeAt, readPlace, startAfter, writePlace } from '../list-pages'

/** An error in ARM's envelope. */
export function armError(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json(
    { error: { code, message } },
    { status, headers: { 'x-ms-failure-cause': 'gateway', ...headers } },
  )
}

/**
 * Adds the headers of every ARM answer. The caller's correlation id is repeated (recalled); its client request id only
 * when the caller asks for that.
 */
export function withArmHeaders(request: Request, response: Response, now: number): Response {
  const id = randomUUID()
  const correlation = request.headers.get('x-ms-correlation-request-id') ?? id
  const clientId = request.headers.get('x-ms-client-request-id')
  const moment = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const { headers } = response
  headers.set('x-ms-request-id', id)
  headers.set('x-ms-correlation-request-id', correlation)
  headers.set('x-ms-routing-request-id', `WESTEUROPE:${moment}:${id}`)
  if (clientId && /^true$/i.test(request.headers.get('x-ms-return-client-request-id') ?? ''))
    headers.set('x-ms-client-request-id', clientId)
  headers.set('cache-control', 'no-cache')
  headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
  headers.set('x-content-type-options', 'nosniff')
  return response
}

/** Formats a time (ms) as ARM does in errors: 11/24/2025 11:31:00 PM. */
export function formatErrorTime(ms: number): string {
  return new Date(ms)
    .toLocaleString('en-US', {
      timeZone: 'UTC',
      month: 'numeric',
      day: 'numeric',
      year: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      second: '2-digit',
    })
    .replace(',', '')
    .replaceAll('\u202f', ' ')
}

type List<T> = {
  items: readonly T[]
  size: number
  /** Identifies a row, so that a change between two pages makes no other row appear twice or not at all. */
  keyOf: (item: T) => string
  show: (item: T) => unknown
}

/** Answers with one page of a list and the full address of the next; 400 for a skip token that is not one. */
export function respondWithPage<T>(url: URL, { items, size, keyOf, show }: List<T>): Response {
  const token = url.searchParams.get('$skipToken') ?? url.searchParams.get('$skiptoken')
  const place = token === null ? null : readPlace(token)
  if (token !== null && !place) return armError(400, 'InvalidSkipToken', 'The provided skip token is invalid.')
  const start = place ? startAfter(items, place, keyOf) : 0
  const end = start + size
  const value = items.slice(start, end).map(show)
  const last = end < items.length ? placeAt(items, end - 1, keyOf) : null
  if (!last) return new JsonResponse({ value })
  const next = new URL(url)
  next.searchParams.delete('$skiptoken')
  next.searchParams.set('$skipToken', writePlace(last))
  return new JsonResponse({ value, nextLink: next.href })
}

/** The number of rows on a page: `$top`, but at most `most`. */
export function readPageSize(url: URL, most: number): number {
  const top = Number(url.searchParams.get('$top'))
  return Number.isInteger(top) && top > 0 ? Math.min(top, most) : most
}

/** The clauses of a `$filter`: names of functions and properties in lower case, with their value ('' for none). */
export type Filter = ReadonlyMap<string, string>

const CLAUSE =
  /\s*(?:(\w+)\s*\(\s*(?:'((?:[^']|'')*)')?\s*\)|(\w+)\s+eq\s+(?:'((?:[^']|'')*)'|([^\s']+)))\s*(?:$|and\s+)/iy

/**
 * Reads a `$filter` of `name()`, `name('value')` and `name eq 'value'` joined by `and`. Null when it is anything else, or
 * uses a name that is not among `known`.
 */
export function readFilter(url: URL, known: readonly string[]): Filter | null {
  const text = (url.searchParams.get('$filter') ?? '').trim()
  const filter = new Map<string, string>()
  const allowed = new Set(known.map((name) => name.toLowerCase()))
  CLAUSE.lastIndex = 0
  while (CLAUSE.lastIndex < text.length) {
    const match = CLAUSE.exec(text)
    if (!match) return null
    const [, call, argument, property, quoted, bare] = match
    const name = (call ?? property ?? '').toLowerCase()
    if (!allowed.has(name)) return null
    filter.set(name, (argument ?? quoted ?? bare ?? '').replaceAll("''", "'"))
  }
  return filter
}

/** The 400 for a `$filter` that the list does not support. */
export function unsupportedFilter(url: URL, supported: string): Response {
  return armError(
    400,
    'UnsupportedQuery',
    `The filter '${url.searchParams.get('$filter')}' is not supported. Supported filters are either ${supported}.`,
  )
}

/** The address of the authorization provider at a scope; the root scope `/` leaves nothing in front of it. */
export function authorizationAt(scope: string): string {
  return `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization`
}
