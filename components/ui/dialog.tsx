'use client'

import { type ReactNode, useCallback, useState } from 'react'
import { Button } from './button'
import { Modal } from './modal'

type Props = {
  /** A button, or the words for one. */
  trigger: ReactNode
  title: ReactNode
  className?: string
  children: ReactNode
}

/** A modal dialog with the button that opens it. */
export function Dialog({ trigger, title, className, children }: Props) {
  const [open, setOpen] = useState(false)
  // The trigger may come ready-made from the server, where no handler can be given to it: its clicks are heard here.
  const listen = useCallback((holder: HTMLSpanElement) => {
    const show = () => setOpen(true)
    holder.addEventListener('click', show)
    return () => holder.removeEventListener('click', show)
  }, [])

  return (
    <>
      <span ref={listen} className="contents">
        {typeof trigger === 'string' ? <Button>{trigger}</Button> : trigger}
      </span>
      <Modal open={open} onClose={() => setOpen(false)} title={title} className={className}>
        {children}
      </Modal>
    </>
  )
}
