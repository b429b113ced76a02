'use client'

import { useEffect, useState } from 'react'
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
