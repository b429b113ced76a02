import type { ComponentProps } from 'react'
import { joinClasses } from './join-classes'

/** A button. Its `type` is `button` unless another is given, so that none submits a form by accident. */
export function Button({ variant, size, className, type = 'button', ...rest }: ComponentProps<'button'> & ButtonLook) {
  return <button type={type} className={buttonClasses({ variant, size }, className)} {...rest} />
}

export type ButtonLook = { variant?: 'primary' | 'secondary' | 'ghost' | 'danger'; size?: 'md' | 'sm' }

const VARIANTS = {
  primary: 'border-transparent bg-accent text-accent-ink hover:bg-accent/90',
  secondary: 'border-line-strong bg-surface text-ink hover:bg-ink/5',
  ghost: 'border-transparent text-ink-soft hover:bg-ink/6 hover:text-ink',
  danger: 'border-bad bg-surface text-bad hover:bg-bad-soft',
}

const SIZES = { md: 'h-9 gap-2 px-3.5 text-base', sm: 'h-7 gap-1.5 px-2.5 text-sm' }

/** The classes of a button, for real buttons and for links that look like one. */
export function buttonClasses({ variant = 'secondary', size = 'md' }: ButtonLook, className?: string): string {
  return joinClasses(
    'inline-flex shrink-0 items-center justify-center rounded-md border font-medium whitespace-nowrap transition-colors',
    'disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55',
    '[&_svg]:size-4 [&_svg]:shrink-0',
    VARIANTS[variant],
    SIZES[size],
    className,
  )
}
