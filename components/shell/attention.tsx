'use client'

import { useRouter } from 'next/navigation'
import { createContext, type ReactNode, useContext, useEffect } from 'react'

const Attention = createContext(0)

/** Gives the rail the number of subscriptions that need attention. */
export function AttentionProvider({ count, children }: { count: number; children: ReactNode }) {
  return <Attention value={count}>{children}</Attention>
}

export const useAttention = (): number => useContext(Attention)

/**
 * Reads the frame again where a page has counted something else than the rail shows: the router keeps the frame while pages
 * change, so the two could differ side by side.
 */
export function AgreeWithRail({ attention }: { attention: number }) {
  const shown = useAttention()
  const router = useRouter()
  useEffect(() => {
    if (shown !== attention) router.refresh()
  }, [shown, attention, router])
  return null
}
