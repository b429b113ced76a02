'use client'

import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'

/** What is added to this clock to get the time of the database, in milliseconds. */
const Offset = createContext(0)

/**
 * Lets everything below show ages by the clock of the database, in which the times that are shown were written: neither the
 * clock of the server nor that of the browser has to be right.
 *
 * @param now the time of the database when the page was made, in milliseconds
 */
export function ClockProvider({ now, children }: { now: number; children?: ReactNode }) {
  const [offset] = useState(() => now - Date.now())
  return <Offset value={offset}>{children}</Offset>
}

/**
 * The time of the database in milliseconds, brought up to date at an interval; null leaves it as it is. The server's time
 * is some moments older than the browser's, so the two differ at hydration.
 */
export function useNow(everyMs: number | null): number {
  const offset = useContext(Offset)
  const [now, setNow] = useState(() => Date.now() + offset)
  useEffect(() => {
    if (everyMs === null) return
    const tick = () => setNow(Date.now() + offset)
    tick()
    const timer = setInterval(tick, everyMs)
    return () => clearInterval(timer)
  }, [everyMs, offset])
  return now
}
