import { ChevronDown, Search } from 'lucide-react'
import { type ChangeEventHandler, type ComponentProps, type ReactNode, useId } from 'react'
import { joinClasses } from './join-classes'

type FieldWords = { label: ReactNode; hideLabel?: boolean; hint?: ReactNode; error?: ReactNode }
type FieldProps<Control extends 'input' | 'select' | 'textarea'> = Omit<ComponentProps<Control>, 'name'> &
  FieldWords & { name: string }

type TextFieldProps = FieldProps<'input'> & { inputClassName?: string }

/** A field for one line of text, with its label, hint and error. */
export function TextField({ label, hideLabel, hint, error, className, inputClassName, id, ...rest }: TextFieldProps) {
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

/** The same for several lines, such as a key that is pasted. */
export function TextAreaField({ label, hideLabel, hint, error, className, id, ...rest }: FieldProps<'textarea'>) {
  const ownId = useId()
  const areaId = id ?? ownId

  return (
    <FieldShell id={areaId} label={label} hideLabel={hideLabel} hint={hint} error={error} className={className}>
      <textarea
        id={areaId}
        rows={8}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(areaId, hint, error)}
        className={joinClasses(CONTROL_CLASSES.replace('h-9', 'min-h-24 py-2'), 'font-mono text-sm')}
        {...rest}
      />
    </FieldShell>
  )
}

type SelectFieldProps = FieldProps<'select'> & {
  options: readonly { value: string; label: string }[]
}

/** The browser's own select, which works on phones and with a keyboard as people are used to. */
export function SelectField({ label, hideLabel, hint, error, options, className, id, ...rest }: SelectFieldProps) {
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

type SearchFieldProps = {
  label: string
  /** What else can be typed; the label without it. */
  placeholder?: string
  defaultValue?: string
  className?: string
  /** For a list that is narrowed while one types. */
  onChange?: ChangeEventHandler<HTMLInputElement>
}

/** The search box of a GET form, which puts what is searched for into the address as `q`. */
export function SearchField({ label, placeholder = label, defaultValue, className, onChange }: SearchFieldProps) {
  return (
    <div className={joinClasses('relative w-full max-w-72 min-w-0', className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-faint"
      />
      <input
        type="search"
        name="q"
        aria-label={label}
        placeholder={placeholder}
        defaultValue={defaultValue}
        onChange={onChange}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        className="h-9 w-full rounded-lg border border-line-strong bg-surface pr-2 pl-8.5 text-base"
      />
    </div>
  )
}

const CONTROL_CLASSES =
  'h-9 w-full min-w-0 rounded-lg border border-line-strong bg-surface px-3 text-base text-ink aria-invalid:border-bad disabled:opacity-60'

type FieldShellProps = FieldWords & { id: string; className?: string; children: ReactNode }

/** The label above a control, the hint and the error below it. Screen readers announce the error when it appears. */
function FieldShell({ id, label, hideLabel, hint, error, className, children }: FieldShellProps) {
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

/** The `aria-describedby` that links a control to its hint and error, or undefined when it has neither. */
function describedBy(id: string, hint: ReactNode, error: ReactNode): string | undefined {
  return [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(' ') || undefined
}
