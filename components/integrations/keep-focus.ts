import { type RefObject, useLayoutEffect } from 'react'

/**
 * Keeps the focus near a control that has it and goes from the page: on the link of its connection, or, where the connection
 * leaves the list with it, on that of the next one, the one before, or the tab that is shown.
 */
export function useKeepFocus(control: RefObject<HTMLElement | null>) {
  useLayoutEffect(() => {
    const own = control.current
    return () => {
      if (!own?.contains(document.activeElement)) return
      const row = own.closest('li, tr')
      const links = [row, row?.nextElementSibling, row?.previousElementSibling].map((one) => one?.querySelector('a'))
      // Only once the page has changed whole, because a tile that goes to another place loses the focus on its way.
      queueMicrotask(() => {
        if (document.activeElement !== document.body) return
        const tab = document.querySelector<HTMLElement>('main [aria-current=page]')
        ;[...links, tab].find((one) => one?.isConnected)?.focus()
      })
    }
  }, [control])
}
