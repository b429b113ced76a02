'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useEffect, useRef } from 'react'

/**
 * Puts the focus on the content of a page that has come when what had it before is gone, so that the next Tab goes on there and not at the
 * top of the window. What still has the focus keeps it: a link of the rail, or a field that one types into.
 */
export function FocusPage() {
  const place = `${usePathname()}?${useSearchParams()}`
  const before = useRef(place)

  useEffect(() => {
    if (before.current === place) return
    before.current = place
    if (document.activeElement === document.body) document.getElementById('content')?.focus({ preventScroll: true })
  }, [place])

  return null
}
