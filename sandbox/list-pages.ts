/** How far a list was given: up to the row with this key, which stood at `position` in what is remembered as `list`. */
export type ListPlace = { position: number; key: string; list: number }

const MAX_LISTS = 64 // lists remembered as they were when a page of them was given; clients read few at a time

type KeyAt = (index: number) => string | undefined
const given = new Map<number, KeyAt>()
let count = 0

/** The place of a row that is the last of its page. The list is remembered, in case the row goes before the next page is asked for. */
export function placeAt<T>(items: readonly T[], position: number, keyOf: (item: T) => string): ListPlace | null {
  const keyAt: KeyAt = (index) => {
    const item = items[index]
    return item === undefined ? undefined : keyOf(item)
  }
  const key = keyAt(position)
  if (key === undefined) return null
  const list = ++count
  given.set(list, keyAt)
  given.delete(list - MAX_LISTS)
  return { position, key, list }
}

/** Where the next page begins, so that whatever came or went since the last one, no row that stayed is repeated or skipped. */
export function startAfter<T>(items: readonly T[], place: ListPlace, keyOf: (item: T) => string): number {
  const expected = items[place.position]
  if (expected !== undefined && keyOf(expected) === place.key) return place.position + 1
  const moved = items.findIndex((item) => keyOf(item) === place.key)
  return (moved >= 0 ? moved : lastLeft(items, place, keyOf)) + 1
}

/** The last row given that is still there: of those before the place, in the order they had. */
function lastLeft<T>(items: readonly T[], { position, key, list }: ListPlace, keyOf: (item: T) => string): number {
  const keyAt = given.get(list)
  // Forgotten, or of another run of the sandbox: then the row that went is taken to be the only one.
  if (keyAt?.(position) !== key) return position - 1
  const places = new Map(items.map((item, index) => [keyOf(item), index]))
  for (let before = position - 1; before >= 0; before--) {
    const found = places.get(keyAt(before) ?? '')
    if (found !== undefined) return found
  }
  return -1
}

/** A place as the text of a token, opaque to the client. */
export function writePlace({ position, key, list }: ListPlace): string {
  return Buffer.from(`RS\0${position}\0${list}\0${key}`).toString('base64url')
}

/** The place a token stands for, or null when it is none. */
export function readPlace(token: string): ListPlace | null {
  const [mark, position = '', list = '', key] = Buffer.from(token, 'base64url').toString().split('\0')
  if (mark !== 'RS' || !key || !/^\d+$/.test(position) || !/^\d+$/.test(list)) return null
  return { position: Number(position), list: Number(list), key }
}

/**
 * An answer in JSON that is its text and nothing else, so that a page of hundreds of kilobytes is written as it is. As a
 * stream it would be copied several times outside the heap, and in a world of millions every few such copies make the
 * collector walk through all of it.
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
