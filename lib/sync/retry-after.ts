import type { ProblemKind } from '@/lib/domain/problems'

/** Minutes to wait before the next try, by failures in a row. Never a day: most outages are over in minutes. */
const TRANSIENT_MINUTES = [1, 2, 5, 15, 30, 60]

/** Minutes for faults of our own set-up: they last until someone mends them, but then should heal by themselves. */
const OURS_MINUTES = [15, 60]

/**
 * Milliseconds until a failed connection is tried again, or null when only a person can help.
 *
 * @param failures how often it has failed in a row, this time included (1 or more)
 * @param askedMs what Microsoft itself asked for; never undercut
 */
export function retryAfterMs(kind: ProblemKind, failures: number, askedMs = 0): number | null {
  if (kind === 'sign_in' || kind === 'right') return null
  const steps = kind === 'transient' ? TRANSIENT_MINUTES : OURS_MINUTES
  const minutes = steps[Math.min(failures, steps.length) - 1] ?? 1
  return Math.max(minutes * 60_000, askedMs)
}
