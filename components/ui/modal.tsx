'use client'

import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from './button'
import { joinClasses } from './join-classes'

type Props = { open: boolean; onClose: () => void; title: ReactNode; className?: string; children: ReactNode }

/**
 * A modal dialog that is opened and closed by its parent. The browser's own `<dialog>` keeps the focus inside, makes the
 * rest of the page inert, closes on Escape and returns the focus to where it was.
 */
export function Modal({ open, onClose, title, className, children }: Props) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)

  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal()
    if (!open) dialog.current?.close()
  }, [open])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog closes it, as Escape does on a keyboard
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      className={joinClasses('m-auto w-[calc(100%-2rem)] max-w-md rounded-lg text-base text-ink', className)}
    >
      {open ? (
        <div className="relative grid gap-4 p-5">
          <h2 id={id} className="min-w-0 pr-8 text-lg font-semibold break-words">
            {title}
          </h2>
          {children}
          {/* It comes last, so that the content and not this button has the focus when the dialog opens. */}
          <Button
            variant="ghost"
            size="sm"
            aria-label="Close"
            onClick={onClose}
            className="absolute top-4.5 right-3.5 w-7 px-0"
          >
            <X aria-hidden />
          </Button>
        </div>
      ) : null}
    </dialog>
  )
}
