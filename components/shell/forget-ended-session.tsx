'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'

/**
 * Asks the server again whenever Back or Forward shows a page from memory, so that a session that has ended elsewhere shows
 * nothing more. Pages that the router keeps are asked for anew, behind what is shown; a document that the browser kept as a
 * whole is hidden when it is left, and loaded anew when it comes back.
 */
export function ForgetEndedSession() {
  const { refresh } = useRouter()

  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    window.addEventListener('popstate', () => refresh(), { signal })
    window.addEventListener(
      'pagehide',
      ({ persisted }) => {
        if (persisted) document.documentElement.style.visibility = 'hidden'
      },
      { signal },
    )
    window.addEventListener(
      'pageshow',
      ({ persisted }) => {
        if (persisted) window.location.reload()
      },
      { signal },
    )
    return () => controller.abort()
  }, [refresh])

  return null
}
