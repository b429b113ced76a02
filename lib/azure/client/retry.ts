import { setTimeout as sleep } from 'node:timers/promises'

/** How long and how often one request is tried. One policy for MSAL, ARM and Graph. */
export type Patience = {
  tries: number
  /** For the headers and the body of one try. */
  tryTimeoutMs: number
  /** A longer `Retry-After` than this is not waited for: the caller is told when to come back instead. */
  longestWaitMs: number
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

/** For a sync, which nobody waits for at a screen. */
export const PATIENCE: Patience = {
  tries: 4, // the first and three more: about seven seconds of back-off
  tryTimeoutMs: 30_000, // ARM's slowest measured page takes under ten seconds
  longestWaitMs: 60_000, // throttling windows are ten seconds; longer means an outage, and the schedule comes back
  wait: (ms, signal) => sleep(ms, undefined, { signal }),
}

/** For a person who waits at the screen: one repeat, and an answer soon. */
export const INTERACTIVE: Patience = { ...PATIENCE, tries: 2, tryTimeoutMs: 10_000, longestWaitMs: 2000 }

type Options = { patience?: Patience; signal?: AbortSignal; meter?: { retries: number } }

/**
 * Waits until the next try is due and counts it as a retry. Gives false at once when there should be no further try:
 * all tries are used up, or the server asks for a longer wait than patience allows. Throws when the signal is aborted.
 *
 * @param tries how often it was tried, 1 or more
 * @param askedMs the wait that the server asked for in milliseconds; null when it named none
 */
export async function waitForNextTry(
  tries: number,
  askedMs: number | null,
  { patience = PATIENCE, signal, meter }: Options,
): Promise<boolean> {
  if (tries >= patience.tries || (askedMs ?? 0) > patience.longestWaitMs) return false
  await patience.wait(pauseBefore(tries + 1, askedMs), signal)
  signal?.throwIfAborted()
  if (meter) meter.retries += 1
  return true
}

/** The first back-off when the server names no wait; each further try doubles it. */
const FIRST_BACKOFF_MS = 1000

/**
 * Milliseconds to wait before a try (2 is the first repeat). Never less than the server asked for, since asking too
 * early renews its wait. A random part is added, so that many clients do not come back at once.
 */
export function pauseBefore(nextTry: number, askedMs: number | null): number {
  if (askedMs !== null) return askedMs + Math.random() * 500
  return FIRST_BACKOFF_MS * 2 ** (nextTry - 2) * (1 + Math.random() / 2)
}

const SECONDS = /^\d+(\.\d+)?$/

/** The longest that a sync is put off because Microsoft asked for it. Its windows of throttling are minutes. */
export const LONGEST_PAUSE_MS = 24 * 60 * 60_000

/** The value of a `Retry-After` header, seconds or an HTTP date, in milliseconds from now; null when absent or unreadable. */
export function parseRetryAfter(value: string | null | undefined): number | null {
  const text = value?.trim()
  if (!text) return null
  if (SECONDS.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}
