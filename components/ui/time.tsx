'use client'

import { useEffect, useState } from 'react'
import { age } from '@/lib/domain/words'
import { joinClasses } from './join-classes'

/** Minutes and seconds since a moment, counting while there is no end. */
export function ElapsedTime({
  since,
  until,
  className,
}: {
  since: Date | string
  until?: Date | string | null
  className?: string
}) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (until) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [until])

  const seconds = Math.max(
    0,
    Math.floor(((until ? new Date(until).getTime() : now) - new Date(since).getTime()) / 1000),
  )
  return (
    <span className={joinClasses('tabular-nums', className)} suppressHydrationWarning>
      {clock(seconds)}
    </span>
  )
}

function clock(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** How often the words are brought up to date; the finest unit shown is a minute. */
const TICK_MS = 30_000

/**
 * A moment as people say it, kept current. The server's words may be some seconds older than the browser's, so the
 * difference at hydration is expected.
 */
export function RelativeTime({ at, className }: { at: Date | string; className?: string }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])

  const iso = new Date(at).toISOString()
  return (
    <time
      dateTime={iso}
      title={`${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`}
      className={className}
      suppressHydrationWarning
    >
      {words(new Date(at).getTime(), now)}
    </time>
  )
}

function words(at: number, now: number): string {
  const passed = now - at
  if (Math.abs(passed) < 60_000) return 'just now'
  return passed > 0 ? `${age(passed)} ago` : `in ${age(-passed)}`
}
