const SECONDS = /^\d{1,9}(\.\d+)?$/

/** A `Retry-After` value, seconds or HTTP-date, in milliseconds from now; null when absent or unreadable. */
export function retryAfterMs(value: string | null | undefined): number | null {
  const text = value?.trim()
  if (!text) return null
  if (SECONDS.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}
