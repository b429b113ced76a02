'use client'

import { useEffect, useState } from 'react'
import { age } from '@/lib/domain/words'

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
