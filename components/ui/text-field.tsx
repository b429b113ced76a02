import { type ComponentProps, type ReactNode, useId } from 'react'
import { CONTROL_CLASSES, describedBy, FieldShell } from './field-shell'
import { joinClasses } from './join-classes'

type Props = Omit<ComponentProps<'input'>, 'name'> & {
  name: string
  label: ReactNode
  hideLabel?: boolean
  hint?: ReactNode
  error?: ReactNode
  inputClassName?: string
}

/** One line of text, with its label, hint and error wired to it. */
export function TextField({ label, hideLabel, hint, error, className, inputClassName, id, ...rest }: Props) {
  const ownId = useId()
  const inputId = id ?? ownId

  return (
    <FieldShell id={inputId} label={label} hideLabel={hideLabel} hint={hint} error={error} className={className}>
      <input
        id={inputId}
        type="text"
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(inputId, hint, error)}
        className={joinClasses(CONTROL_CLASSES, inputClassName)}
        {...rest}
      />
    </FieldShell>
  )
}
