import type { FaultRule } from './fault-rule'

const AHEAD_SECONDS = 30
const ABSURD = '9999999999' // seconds: three centuries

/** The value of the header a rule asks for, null for none. A date is spelled as HTTP does it. */
export function retryAfter(wanted: NonNullable<FaultRule['retryAfter']>): string | null {
  if (wanted === 'none') return null
  if (wanted === 'absurd') return ABSURD
  if (typeof wanted !== 'object' && wanted !== 'date') return String(wanted)
  const ahead = typeof wanted === 'object' ? wanted.date : AHEAD_SECONDS
  return new Date(Date.now() + ahead * 1000).toUTCString()
}
