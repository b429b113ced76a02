/** What is pressed after `g`, and where it leads. */
export const GO_KEYS: Readonly<Record<string, string>> = {
  i: '/integrations',
  p: '/people',
  c: '/changes',
  s: '/settings',
}

/** For how many milliseconds `g` waits for the key after it. */
const LEAD_MS = 1500

/** What a press of keys asks for. `lead` is the `g` of two keys, and a path is a page to go to. */
export type Shortcut = 'palette' | 'search' | 'export' | 'keys' | 'down' | 'up' | 'lead' | `/${string}`

const SINGLE_KEYS: Readonly<Record<string, Shortcut>> = {
  '/': 'search',
  '?': 'keys',
  j: 'down',
  k: 'up',
  e: 'export',
  g: 'lead',
}

/** A key with what is held beside it, as the browser tells it. */
export type Press = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'timeStamp'>

/** Whether a press is the one that opens the palette: `⌘K` on Apple's systems, `Ctrl+K` elsewhere. */
export function opensPalette({ key, altKey, ctrlKey, metaKey, shiftKey }: Press, apple: boolean): boolean {
  const [held, other] = apple ? [metaKey, ctrlKey] : [ctrlKey, metaKey]
  return held && !other && !altKey && !shiftKey && key.toLowerCase() === 'k'
}

/**
 * What a key pressed alone asks for; null for nothing. Shift may be held, because some keyboards need it for `/` and `?`.
 *
 * @param ledAt when `g` was pressed, if that was the press before; else null
 */
export function readSingleKey(
  { key, altKey, ctrlKey, metaKey, timeStamp }: Press,
  ledAt: number | null,
): Shortcut | null {
  if (altKey || ctrlKey || metaKey) return null
  const path = ledAt !== null && timeStamp - ledAt < LEAD_MS && Object.hasOwn(GO_KEYS, key) ? GO_KEYS[key] : undefined
  if (path) return path as `/${string}`
  return Object.hasOwn(SINGLE_KEYS, key) ? (SINGLE_KEYS[key] ?? null) : null
}
