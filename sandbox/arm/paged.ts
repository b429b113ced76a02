import { JsonResponse } from '../json-response'
import { placeAt, readPlace, startAfter, writePlace } from '../list-place'
import { armError } from './arm-error'

type List<T> = {
  items: readonly T[]
  size: number
  /** What a row is known by, so that a change between two pages neither repeats nor skips another. */
  keyOf: (item: T) => string
  show: (item: T) => unknown
}

/** One page of a list, with the full address of the next. */
export function paged<T>(url: URL, { items, size, keyOf, show }: List<T>): Response {
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
