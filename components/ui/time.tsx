'use client'

import { age, momentWords } from '@/lib/domain/words'
import { useNow } from './clock'
import { joinClasses } from './join-classes'

type RelativeTimeProps = { at: Date | string; className?: string }

/** How often a relative time is brought up to date, in milliseconds; the finest unit that it shows is a minute. */
const RELATIVE_TICK_MS = 30_000

/** A moment as people say it: `4 min ago`. */
export function RelativeTime({ at, className }: RelativeTimeProps) {
  const now = useNow(RELATIVE_TICK_MS)
  const iso = new Date(at).toISOString()
  return (
    <time
      dateTime={iso}
      title={`${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`}
      className={className}
      suppressHydrationWarning
    >
      {formatRelative(now - new Date(at).getTime())}
    </time>
  )
}

/** When the page was shown, for a page that is printed. */
export function ShownAt() {
  return <time suppressHydrationWarning>{momentWords(new Date(useNow(null)))}</time>
}

type ElapsedTimeProps = { since: Date | string; until?: Date | string | null; className?: string }

/** The minutes and seconds since a moment, which count on while there is no end. What took some seconds has tenths. Nothing takes 0 s. */
export function ElapsedTime({ since, until, className }: ElapsedTimeProps) {
  const now = useNow(until ? null : 1000)
  const passed = (until ? new Date(until).getTime() : now) - new Date(since).getTime()
  return (
    <span className={joinClasses('tabular-nums', className)} suppressHydrationWarning>
      {until && passed < TENTHS_BELOW_MS ? formatTenths(passed) : formatClock(Math.max(0, Math.floor(passed / 1000)))}
    </span>
  )
}

function formatRelative(passed: number): string {
  if (Math.abs(passed) < 60_000) return 'just now'
  return passed > 0 ? `${age(passed)} ago` : `in ${age(-passed)}`
}

/** Below this, whole seconds would say too little of how long something took. */
const TENTHS_BELOW_MS = 10_000

function formatTenths(passed: number): string {
  return passed < 100 ? 'under 0.1 s' : `${(passed / 1000).toFixed(1)} s`
}

function formatClock(seconds: number): string {
  if (seconds < 1) return 'under 1 s'
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
