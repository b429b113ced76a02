'use client'

import { type ReactNode, useId, useRef } from 'react'
import { joinClasses } from './join-classes'
import { placePanel } from './place-panel'

type Props = {
  /** What the button shows, and what names it. */
  trigger: ReactNode
  /** Names the panel. */
  label: string
  /** Set for what is of no use on paper. */
  screenOnly?: boolean
  /** The look of the button, where it is not the quiet one. */
  triggerClassName?: string
  onOpen?: () => void
  className?: string
  children: ReactNode
}

/**
 * A quiet button that opens a panel with more about something. The browser's popover puts the panel above everything, closes it on Escape
 * and on a click elsewhere, and makes it the next stop of the keyboard; without a script it opens in the middle of the window. On paper
 * the panel stands where its button was.
 */
export function Popover({ trigger, label, screenOnly = false, triggerClassName, onOpen, className, children }: Props) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
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
          if (button.current && panel.current) placePanel(panel.current, button.current)
          onOpen?.()
        }}
        className={joinClasses(
          'm-auto max-h-[70dvh] max-w-[min(40rem,calc(100vw-1rem))] overflow-y-auto overscroll-contain rounded-lg p-4 text-sm text-ink-soft',
          className,
        )}
      >
        {children}
      </div>
    </>
  )
}
