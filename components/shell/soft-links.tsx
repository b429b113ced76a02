'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'

/**
 * Follows the links of long lists (`ListLink`) without loading the whole page again, as `next/link` does for one link. One listener for
 * hundreds of links spares the browser as many components. A click that asks for a new tab or window is left to the browser.
 */
export function SoftLinks() {
  const router = useRouter()

  useEffect(() => {
    function follow(event: MouseEvent) {
      const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
      if (!isPlain || event.defaultPrevented || !(event.target instanceof Element)) return
      const href = event.target.closest('a[data-soft]')?.getAttribute('href')
      if (!href) return
      event.preventDefault()
      router.push(href)
    }
    window.addEventListener('click', follow)
    return () => window.removeEventListener('click', follow)
  }, [router])

  return null
}
