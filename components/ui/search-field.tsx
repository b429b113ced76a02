import { Search } from 'lucide-react'
import { joinClasses } from './join-classes'

type Props = { name?: string; label: string; defaultValue?: string; className?: string }

/** The search box of a GET form: what was searched for lives in the address. */
export function SearchField({ name = 'q', label, defaultValue, className }: Props) {
  return (
    <div className={joinClasses('relative w-full max-w-72 min-w-0', className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-faint"
      />
      <input
        type="search"
        name={name}
        aria-label={label}
        placeholder={label}
        defaultValue={defaultValue}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        className="h-9 w-full rounded-lg border border-line-strong bg-surface pr-2 pl-8.5 text-base"
      />
    </div>
  )
}
