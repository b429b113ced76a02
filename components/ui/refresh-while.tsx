'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'

/** Reads the page again at intervals while something on it is going on and the page is visible. */
export function RefreshWhile({ active, everyMs = 2000 }: { active: boolean; everyMs?: number }) {
  const router = useRouter()

  useEffect(() => {
    if (!active) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') router.refresh()
    }, everyMs)
    return () => clearInterval(timer)
  }, [active, everyMs, router])

  return null
}
