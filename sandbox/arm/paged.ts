import { JsonResponse } from '../json-response'
import { armError } from './arm-error'

const REMEMBERED = 4 // rows named in a skip token: the place is found again unless all of them went between two pages

type SkipToken = { position: number; keys: string[] }

function readToken(url: URL): SkipToken | null {
  const text = url.searchParams.get('$skipToken') ?? url.searchParams.get('$skiptoken')
  if (text === null) return { position: 0, keys: [] }
  const [position, ...keys] = Buffer.from(text, 'base64url').toString().split('\n')
  return /^\d+$/.test(position ?? '') ? { position: Number(position), keys } : null
}

/** Where the next page begins: behind the last row given that is still there. */
function placeOf<T>(items: readonly T[], { position, keys }: SkipToken, keyOf: (item: T) => string): number {
  for (const [gone, key] of keys.entries()) {
    const expected = items[position - 1 - gone]
    if (expected !== undefined && keyOf(expected) === key) return position - gone
    const found = items.findIndex((item) => keyOf(item) === key)
    if (found >= 0) return found + 1
  }
  return Math.max(0, position - keys.length)
}

type List<T> = {
  items: readonly T[]
  size: number
  /** What a row is known by, so that a change between two pages neither repeats nor skips another. */
  keyOf: (item: T) => string
  show: (item: T) => unknown
}

/** One page of a list, with the full address of the next. */
export function paged<T>(url: URL, { items, size, keyOf, show }: List<T>): Response {
  const token = readToken(url)
  if (!token) return armError(400, 'InvalidSkipToken', 'The provided skip token is invalid.')
  const start = placeOf(items, token, keyOf)
  const page = items.slice(start, start + size)
  const value = page.map(show)
  if (start + size >= items.length) return new JsonResponse({ value })
  const keys = page.slice(-REMEMBERED).reverse().map(keyOf)
  const next = new URL(url)
  next.searchParams.delete('$skiptoken')
  next.searchParams.set('$skipToken', Buffer.from([start + size, ...keys].join('\n')).toString('base64url'))
  return new JsonResponse({ value, nextLink: next.href })
}
