'use client'

import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { joinClasses } from './join-classes'
import { placePanel } from './place-panel'

type Props = {
  /** What the button shows, and what names it. */
  trigger: ReactNode
  /** Names the panel. */
  label: string
  /** Set for what is of no use on paper. */
  screenOnly?: boolean
  /** An icon of the button that `icons.css` draws. */
  mark?: string
  /** The look of the button, where it is not the quiet one. */
  triggerClassName?: string
  onOpen?: () => void
  className?: string
  children: ReactNode
}

/**
 * A quiet button that opens a panel with more about something. The browser's popover puts the panel above everything, closes it on Escape
 * and on a click elsewhere, and makes it the next stop of the keyboard; without a script it opens in the middle of the window. On paper
 * the panel stands where its button was. What is in it is only made when it is first opened or printed.
 */
export function Popover({
  trigger,
  label,
  screenOnly = false,
  mark,
  triggerClassName,
  onOpen,
  className,
  children,
}: Props) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [drawn, setDrawn] = useState(false)

  useEffect(() => {
    const paper = window.matchMedia('print')
    // A panel that is open would be painted over the page.
    const draw = () => {
      if (panel.current?.matches(':popover-open')) panel.current.hidePopover()
      if (!screenOnly) flushSync(() => setDrawn(true))
    }
    window.addEventListener('beforeprint', draw)
    paper.addEventListener('change', draw)
    return () => {
      window.removeEventListener('beforeprint', draw)
      paper.removeEventListener('change', draw)
    }
  }, [screenOnly])

  // What is asked for when it opens makes it larger afterwards.
  useEffect(() => {
    const grows = new ResizeObserver(() => {
      if (button.current && panel.current?.matches(':popover-open')) placePanel(panel.current, button.current)
    })
    if (panel.current) grows.observe(panel.current)
    return () => grows.disconnect()
  }, [])

  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        data-icon={mark}
        className={
          triggerClassName ??
          '-mx-1 inline-flex min-h-6 items-center gap-1.5 rounded-md px-1 text-ink-soft hover:bg-ink/6 hover:text-ink [&_svg]:size-4 [&_svg]:shrink-0'
        }
      >
        {trigger}
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for the fields of a form */}
      <div
        ref={panel}
        id={id}
        popover="auto"
        data-prints={screenOnly ? undefined : true}
        role="group"
        aria-label={label}
        onBeforeToggle={(event) => {
          if (event.newState !== 'open') return
          // At once, because its place depends on its size.
          flushSync(() => setDrawn(true))
          if (button.current && panel.current) placePanel(panel.current, button.current)
          onOpen?.()
        }}
        className={joinClasses(
          'm-auto max-h-[70dvh] max-w-[min(40rem,calc(100vw-1rem))] overflow-y-auto overscroll-contain rounded-lg p-4 text-sm text-ink-soft',
          className,
        )}
      >
        {drawn ? children : <noscript>{children}</noscript>}
      </div>
    </>
  )
}
