import { JsonResponse } from '../json-response'
import { placeAt, readPlace, startAfter, writePlace } from '../list-place'
import type { GraphCall } from './graph-call'
import { badRequest } from './graph-error'
import type { Show } from './kind'

const DEFAULT_TOP = 100
const MAX_TOP = 999

/** The address of this request with another query option, as Graph writes it. */
function linkWith(call: GraphCall, name: string, value: string): string {
  const next = new URL(call.url)
  next.searchParams.set(name, value)
  next.search = next.search.replaceAll('%24', '$')
  return next.href
}

/** `$top`, or the refusal of one out of range. */
export function topOf(call: GraphCall): number | Response {
  const text = call.options.get('$top')
  if (text === undefined) return DEFAULT_TOP
  const top = Number(text)
  if (Number.isInteger(top) && top >= 1 && top <= MAX_TOP) return top
  return badRequest(
    `Invalid page size specified: '${text}'. Must be between 1 and ${MAX_TOP} inclusive.`,
    'Request_UnsupportedQuery',
  )
}

/** One page of a list, with the link to the next and, on the first when asked, the count. */
export function listPage<T extends { id: string }>(
  call: GraphCall,
  items: readonly T[],
  { context, size, show }: { context: string; size: number; show: Show<T> },
): Response {
  const top = topOf(call)
  if (top instanceof Response) return top
  const token = call.options.get('$skiptoken')
  const place = token === undefined ? null : readPlace(token)
  if (token !== undefined && !place)
    return badRequest(
      'The specified page token value has expired and can no longer be included in your request.',
      'Directory_ExpiredPageToken',
    )
  const idOf = (item: T) => item.id
  const start = place ? startAfter(items, place, idOf) : 0
  const end = start + Math.min(top, size)
  const last = end < items.length ? placeAt(items, end - 1, idOf) : null
  return new JsonResponse({
    '@odata.context': context,
    ...(call.advanced && !place ? { '@odata.count': items.length } : {}),
    ...(last ? { '@odata.nextLink': linkWith(call, '$skiptoken', writePlace(last)) } : {}),
    value: items.slice(start, end).map(show),
  })
}

/** `/$count`: a number as text, only with ConsistencyLevel. */
export function countOfList(call: GraphCall, items: readonly unknown[]): Response {
  if (!call.eventual)
    return badRequest(
      "Request with $count query parameter only works through MSGraph aggregator with a special request header: 'ConsistencyLevel: eventual'",
    )
  return new Response(String(items.length), { headers: { 'content-type': 'text/plain' } })
}
