'use client'

import type { ComponentProps, ReactNode } from 'react'
import { useFormStatus } from 'react-dom'
import { Button } from './button'

type Props = ComponentProps<typeof Button> & { pendingLabel?: ReactNode }

/** Submits the form around it. While the action runs it says so, keeps the focus, and ignores further clicks. */
export function SubmitButton({ children, pendingLabel, onClick, ...rest }: Props) {
  const { pending } = useFormStatus()

  return (
    <Button
      type="submit"
      aria-disabled={pending || undefined}
      onClick={(event) => (pending ? event.preventDefault() : onClick?.(event))}
      {...rest}
    >
      {pending ? (pendingLabel ?? children) : children}
    </Button>
  )
}
