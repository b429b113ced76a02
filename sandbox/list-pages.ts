/** How far a list was answered: up to the row `key`, which stood at `position` in the list remembered under the number `list`. */
export type ListPlace = { position: number; key: string; list: number }

const MAX_LISTS = 64 // lists remembered as they were when a page was answered; clients read only a few at a time

type KeyAt = (index: number) => string | undefined
const listsByNumber = new Map<number, KeyAt>()
let lastNumber = 0

/**
 * The place of the last row of a page; null when there is no such row. The list is remembered, because the row may be
 * removed before the next page is asked for.
 */
export function placeAt<T>(items: readonly T[], position: number, keyOf: (item: T) => string): ListPlace | null {
  const keyAt: KeyAt = (index) => {
    const item = items[index]
    return item === undefined ? undefined : keyOf(item)
  }
  const key = keyAt(position)
  if (key === undefined) return null
  const list = ++lastNumber
  listsByNumber.set(list, keyAt)
  listsByNumber.delete(list - MAX_LISTS)
  return { position, key, list }
}

/**
 * Index of the next page's first row. Rows added or removed since the last page make no other row appear twice or not at all. A row that
 * was removed and added again stands behind rows that were not answered yet: it tells nothing of how far the list was answered.
 */
export function startAfter<T>(items: readonly T[], place: ListPlace, keyOf: (item: T) => string): number {
  const { position, key, list } = place
  const expected = items[position]
  if (expected !== undefined && keyOf(expected) === key) return position + 1
  const keyAt = listsByNumber.get(list)
  // The old list is no longer remembered, or is of an earlier run: assume that only this row was removed.
  if (keyAt?.(position) !== key) {
    const moved = items.findIndex((item) => keyOf(item) === key)
    return moved >= 0 ? moved + 1 : position
  }
  return findLastKept(items, keyAt, position, keyOf) + 1
}

/** Index of the last row that was already answered and still stands where it was among the others; -1 when none does. */
function findLastKept<T>(items: readonly T[], keyAt: KeyAt, position: number, keyOf: (item: T) => string): number {
  const indexes = new Map(items.map((item, index) => [keyOf(item), index]))
  const indexOf = (at: number) => indexes.get(keyAt(at) ?? '')
  const next = findFirst(position + 1, (at) => keyAt(at) !== undefined, indexOf)
  for (let before = position; before >= 0; before--) {
    const found = indexOf(before)
    if (found !== undefined && (next === undefined || found < next)) return found
  }
  return -1
}

/** The first index that there is from a place of the old list on. */
function findFirst(from: number, isThere: (at: number) => boolean, indexOf: (at: number) => number | undefined) {
  for (let at = from; isThere(at); at++) {
    const found = indexOf(at)
    if (found !== undefined) return found
  }
  return undefined
}

/** Writes a place as the text of a skip token, which is opaque to the client. */
export function writePlace({ position, key, list }: ListPlace): string {
  return Buffer.from(`RS\0${position}\0${list}\0${key}`).toString('base64url')
}

/** Reads the place in a skip token; null when the text is not one. */
export function readPlace(token: string): ListPlace | null {
  const [mark, position = '', list = '', key] = Buffer.from(token, 'base64url').toString().split('\0')
  if (mark !== 'RS' || !key || !/^\d+$/.test(position) || !/^\d+$/.test(list)) return null
  return { position: Number(position), list: Number(list), key }
}

/**
 * A JSON answer that keeps its text, so that a page of hundreds of kilobytes is written without copies. A body stream
 * would copy it several times outside the heap, and with millions of objects in the world a few such copies already
 * start a garbage collection of all of them.
 */
export class JsonResponse extends Response {
  readonly content: string

  constructor(value: unknown) {
    super(null, { headers: { 'content-type': 'application/json' } })
    this.content = JSON.stringify(value)
  }

  override async text(): Promise<string> {
    return this.content
  }

  override async json(): Promise<unknown> {
    return JSON.parse(this.content)
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return new TextEncoder().encode(this.content).buffer
  }

  override clone(): Response {
    return new Response(this.content, { status: this.status, headers: this.headers })
  }
}
