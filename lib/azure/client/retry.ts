import { setTimeout as sleep } from 'node:timers/promises'

/** How long and how often one request is tried. One policy for MSAL, ARM and Graph. */
export type Patience = {
  tries: number
  /** Headers and body of one try. */
  tryTimeoutMs: number
  /** A `Retry-After` beyond this is not waited for: the caller is told when to come back instead. */
  longestWaitMs: number
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

export const PATIENCE: Patience = {
  tries: 4, // the first and three more: about seven seconds of back-off
  tryTimeoutMs: 30_000, // ARM's slowest measured page takes under ten seconds
  longestWaitMs: 60_000, // throttling windows are ten seconds; longer means an outage, and the schedule comes back
  wait: (ms, signal) => sleep(ms, undefined, { signal }),
}

/** For a person who is waiting at the screen: one repeat, and soon an answer. */
export const INTERACTIVE: Patience = { ...PATIENCE, tries: 2, tryTimeoutMs: 10_000, longestWaitMs: 2000 }

/** First back-off when the server names none; doubled by each further try. */
const FIRST_BACKOFF_MS = 1000

/** Never earlier than the server said: asking early renews its wait. Jitter lies on top, so that many clients do not return at once. */
export function pauseBefore(nextTry: number, retryAfterMs: number | null): number {
  if (retryAfterMs !== null) return retryAfterMs + Math.random() * 500
  return FIRST_BACKOFF_MS * 2 ** (nextTry - 2) * (1 + Math.random() / 2)
}

const SECONDS = /^\d{1,9}(\.\d+)?$/

/** A `Retry-After` value, seconds or HTTP-date, in milliseconds from now; null when absent or unreadable. */
export function retryAfterMs(value: string | null | undefined): number | null {
  const text = value?.trim()
  if (!text) return null
  if (SECONDS.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}
