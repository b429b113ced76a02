'use client'

import { useEffect, useRef } from 'react'

/**
 * Puts the focus on the list of the page when another page of it has come by a link of the pager, so that whoever reads with a keyboard or
 * a screen reader goes on there. A focus that is anywhere else, as in a search field, stays.
 *
 * @param props.page differs from page to page
 */
export function FocusList({ page }: { page: string }) {
  const shown = useRef(page)

  useEffect(() => {
    if (shown.current === page) return
    shown.current = page
    const focused = document.activeElement
    const isByPager = focused === null || focused === document.body || focused.closest('[data-pager]') !== null
    if (!isByPager) return
    const list = document.querySelector<HTMLElement>('main [data-list]') ?? document.getElementById('content')
    list?.focus({ preventScroll: true })
  }, [page])

  return null
}
