import { ChevronDown } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { CONTROL_CLASSES, describedBy, FieldShell } from './field-shell'
import { joinClasses } from './join-classes'

type Props = Omit<ComponentProps<'select'>, 'name'> & {
  name: string
  label: ReactNode
  hideLabel?: boolean
  hint?: ReactNode
  error?: ReactNode
  options: readonly { value: string; label: string }[]
}

/** The platform's own select, so that phones and keyboards get what they know. */
export function SelectField({ label, hideLabel, hint, error, options, className, id, ...rest }: Props) {
  const ownId = useId()
  const selectId = id ?? ownId

  return (
    <FieldShell id={selectId} label={label} hideLabel={hideLabel} hint={hint} error={error} className={className}>
      <span className="relative grid">
        <select
          id={selectId}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(selectId, hint, error)}
          className={joinClasses(CONTROL_CLASSES, 'appearance-none pr-8')}
          {...rest}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} className="bg-raised text-ink">
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown
          aria-hidden
          className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-ink-faint"
        />
      </span>
    </FieldShell>
  )
}
