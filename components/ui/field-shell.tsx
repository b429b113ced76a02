import type { ReactNode } from 'react'
import { joinClasses } from './join-classes'

export const CONTROL_CLASSES =
  'h-9 w-full min-w-0 rounded-lg border border-line-strong bg-surface px-3 text-base text-ink aria-invalid:border-bad disabled:opacity-60'

type Props = {
  id: string
  label: ReactNode
  hideLabel?: boolean
  hint?: ReactNode
  error?: ReactNode
  className?: string
  children: ReactNode
}

/** Label above, hint and error below, under ids that the control refers to. The error is announced when it appears. */
export function FieldShell({ id, label, hideLabel, hint, error, className, children }: Props) {
  return (
    <div className={joinClasses('grid gap-1.5', className)}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'font-medium'}>
        {label}
      </label>
      {children}
      {hint ? (
        <p id={`${id}-hint`} className="text-sm text-ink-soft">
          {hint}
        </p>
      ) : null}
      <p id={`${id}-error`} aria-live="polite" className="text-sm text-bad empty:hidden">
        {error}
      </p>
    </div>
  )
}

/** The `aria-describedby` that goes with a shell's hint and error. */
export function describedBy(id: string, hint: ReactNode, error: ReactNode): string | undefined {
  return [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(' ') || undefined
}
