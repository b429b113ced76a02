'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useEffect, useState } from 'react'

/**
 * A thin line at the top of the window while the page that somebody chose is on its way. The page before it stays until then, so
 * nothing jumps; the line only comes when it takes longer than one notices. A link that a script follows has stopped the browser from
 * following it, which is how such a click is known here.
 */
export function PageProgress() {
  const place = `${usePathname()}?${useSearchParams()}`
  const [leaving, setLeaving] = useState<string | null>(null)

  useEffect(() => {
    function notice(event: MouseEvent) {
      if (!event.defaultPrevented || !(event.target instanceof Element)) return
      const link = event.target.closest<HTMLAnchorElement>('a[href]')
      if (!link || link.origin !== location.origin) return
      const { pathname, search } = location
      if (link.pathname + link.search !== pathname + search) setLeaving(place)
    }
    window.addEventListener('click', notice)
    return () => {
      window.removeEventListener('click', notice)
      setLeaving(null)
    }
  }, [place])

  if (leaving !== place) return null
  return (
    <div
      role="progressbar"
      aria-label="Loading the page"
      className="page-progress fixed inset-x-0 top-0 z-50 h-0.5 bg-accent forced-colors:bg-[Highlight] print:hidden"
    />
  )
}
