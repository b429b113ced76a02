'use client'

import { Check, X } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { askPortal } from '@/components/shell/ask-portal'
import { buttonClasses } from '@/components/ui/button'
import { joinClasses } from '@/components/ui/join-classes'
import { Popover } from '@/components/ui/popover'
import type { FilterOption } from '@/lib/domain/filter-options'
import { shortTotal, spellControls } from '@/lib/domain/words'

type Props = {
  label: string
  /** What it is set to, in words; null where it is not set. */
  value: string | null
  /** The address of the list without this filter. */
  clearHref: string
  /** Where its options come from, as JSON. */
  optionsHref: string
  /** How the same is typed into the search field. */
  typed: string
  /** Whom the numbers count, where that is not plain. */
  counts?: string
}

type Loaded = { from: string; options: FilterOption[]; problem: string | null }

const MANY = 8 // options; more of them are searched through

/**
 * A filter of a list as a button that says what it is set to, and opens what else there is, with how many are then listed. The options are
 * only asked for when it opens. The same can be typed into the search field.
 */
export function FilterPicker({ label, value, clearHref, optionsHref, typed, counts }: Props) {
  const [loaded, setLoaded] = useState<Loaded | null>(null)
  const [part, setPart] = useState('')

  async function load() {
    const answer = await askPortal<FilterOption[]>(optionsHref)
    const found = 'value' in answer ? answer.value : []
    setLoaded({ from: optionsHref, options: found, problem: 'failed' in answer ? SENTENCES[answer.failed] : null })
  }

  // What was loaded for other filters would have the counts of those.
  const current = loaded?.from === optionsHref ? loaded : null
  const options = current?.options ?? []
  const shown = options.filter((option) => option.label.toLowerCase().includes(part.trim().toLowerCase()))

  return (
    <span className="inline-flex max-w-full items-stretch">
      <Popover
        label={label}
        screenOnly
        trigger={
          <span className="min-w-0 truncate" title={value ?? undefined}>
            {label}
            {value === null ? null : (
              <>
                : <bdi>{spellControls(value)}</bdi>
              </>
            )}
          </span>
        }
        mark="chevron-down"
        triggerClassName={buttonClasses(
          {},
          joinClasses(
            'max-w-64 min-w-0 flex-row-reverse px-2.5',
            value !== null && 'rounded-r-none border-accent! bg-accent-soft! text-accent!',
          ),
        )}
        onOpen={() => {
          setPart('')
          void load()
        }}
        className="w-80 max-w-[calc(100vw-1rem)] p-2"
      >
        <div className="grid gap-1">
          {options.length > MANY ? (
            <input
              type="search"
              aria-label={`Find under ${label}`}
              placeholder="Find"
              value={part}
              onChange={(event) => {
                // The form around this field would take it for a change of one of its own.
                event.stopPropagation()
                setPart(event.target.value)
              }}
              onKeyDown={(event) => {
                // In a form, Enter would send what stands in its own fields.
                if (event.key === 'Enter') event.preventDefault()
              }}
              autoComplete="off"
              spellCheck={false}
              className="h-8 w-full rounded-lg border border-line-strong bg-surface px-2.5 text-base"
            />
          ) : null}
          <p aria-live="polite" className="px-2 py-1 empty:hidden">
            {current === null ? 'Counting…' : (current.problem ?? (shown.length === 0 ? 'Nothing to choose.' : null))}
          </p>
          <ul className="max-h-72 overflow-y-auto empty:hidden">
            {shown.map((option) => (
              <li key={option.href}>
                <Link
                  href={option.href}
                  prefetch={false}
                  scroll={false}
                  aria-current={option.chosen ? 'true' : undefined}
                  onClick={(event) => event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()}
                  className="flex min-h-8 items-center gap-2 rounded-md px-2 py-1 -outline-offset-2 hover:bg-ink/6 hover:text-ink"
                >
                  {option.chosen ? <Check aria-hidden className="size-4 shrink-0 text-accent" /> : null}
                  <span className="min-w-0 flex-1 wrap-anywhere">
                    <bdi>{spellControls(option.label)}</bdi>
                    {option.detail ? <span className="block text-xs text-ink-faint">{option.detail}</span> : null}
                  </span>
                  {option.count === null ? null : (
                    <span className="text-xs text-ink-faint tabular-nums">{shortTotal(option.count)}</span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
          <p className="border-t border-line px-2 pt-2 text-xs text-ink-faint">
            {counts} Or type <span className="font-mono">{typed}</span>
          </p>
        </div>
      </Popover>
      {value === null ? null : (
        <Link
          href={clearHref}
          prefetch={false}
          scroll={false}
          aria-label={`Remove the filter ${label}`}
          className="inline-flex items-center rounded-r-lg border border-l-0 border-accent bg-accent-soft px-1.5 text-accent hover:bg-ink/6 [&_svg]:size-4"
        >
          <X aria-hidden />
        </Link>
      )}
    </span>
  )
}

const SENTENCES = {
  signed_out: 'Your session has ended. Load the page again to sign in.',
  refused: 'Rolecall could not count just now. Close this and open it again.',
  unreachable: 'Rolecall could not be reached. Check your connection, then open this again.',
}
