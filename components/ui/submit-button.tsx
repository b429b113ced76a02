'use client'

import type { ComponentProps, ReactNode } from 'react'
import { useFormStatus } from 'react-dom'
import { Button } from './button'

type Props = ComponentProps<typeof Button> & {
  pendingLabel?: ReactNode
  /** Whether it cannot be pressed now. Unlike a disabled button it keeps the focus. */
  unavailable?: boolean
}

/** Submits the form around it. While the action runs it says so, keeps the focus, and ignores further clicks. */
export function SubmitButton({ children, pendingLabel, unavailable = false, onClick, ...rest }: Props) {
  const { pending } = useFormStatus()

  return (
    <Button
      type="submit"
      aria-disabled={pending || unavailable || undefined}
      onClick={(event) => (pending || unavailable ? event.preventDefault() : onClick?.(event))}
      {...rest}
    >
      {pending ? (pendingLabel ?? children) : children}
    </Button>
  )
}
