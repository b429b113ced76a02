import type { Schedule } from '@/lib/domain/vocabulary'

const HOUR_MS = 60 * 60 * 1000

const PERIOD_MS: Record<Schedule, number | null> = {
  hourly: HOUR_MS,
  every_6_hours: 6 * HOUR_MS,
  daily: 24 * HOUR_MS,
  off: null,
}

/** When a schedule asks for the next sync, counted from a time; null when it asks for none. */
export function nextSyncAt(schedule: Schedule, from: Date): Date | null {
  const period = PERIOD_MS[schedule]
  return period === null ? null : new Date(from.getTime() + period)
}
