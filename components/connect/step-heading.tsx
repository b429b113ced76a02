'use client'

import { type ReactNode, useEffect, useRef } from 'react'

type Props = {
  id: string
  /** Whether it takes the focus when the step is opened; a step with a field to fill in gives it to the field. */
  takesFocus: boolean
  children: ReactNode
}

/**
 * The heading of a step. It takes the focus when the step is opened, and again when what had the focus is gone after the page
 * was read anew, so that nobody has to begin at the top of the page. Whoever has begun to use the page already is left alone.
 */
export function StepHeading({ id, takesFocus, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  const lastFocused = useRef<EventTarget | null>(null)

  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      lastFocused.current = target
    }
    document.addEventListener('focusin', remember)
    return () => document.removeEventListener('focusin', remember)
  }, [])

  useEffect(() => {
    if (takesFocus && !document.activeElement?.matches('main *')) heading.current?.focus({ preventScroll: true })
  }, [takesFocus])

  // After each time that the server has sent the page anew, which renders this too.
  useEffect(() => {
    const { current: last } = lastFocused
    const isLost = document.activeElement === document.body && last instanceof Element && !last.isConnected
    if (isLost) heading.current?.focus({ preventScroll: true })
  })

  return (
    <h2 id={id} ref={heading} tabIndex={-1} className="text-xl font-semibold outline-none">
      {children}
    </h2>
  )
}
