import Link from 'next/link'
import type { ReactNode } from 'react'
import { StateMark } from '@/components/access/status-mark'
import { joinClasses } from '@/components/ui/join-classes'
import type { ConnectionStatusState } from '@/lib/domain/vocabulary'

type Choice = { href: string; current: boolean }

/** Words of which one is chosen, each with the address that chooses it, and what they are chosen for. */
export type ChoiceGroup = { label: string; choices: (Choice & { word: string })[] }

type Props = {
  /** How many there are in each state, each a link that shows those alone or, where it is the current one, all again. */
  states: (Choice & { state: ConnectionStatusState; count: number })[]
  groups?: ChoiceGroup[]
}

/** By which state many connections are narrowed, and how they are shown. All of it are links. */
export function FleetBar({ states, groups = [] }: Props) {
  return (
    <div className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3 print:hidden">
      {states.length > 0 && (
        <nav aria-label="By state">
          <ul className="flex flex-wrap gap-1.5">
            {states.map(({ state, count, ...choice }) => (
              <li key={state}>
                <ChoiceLink {...choice}>
                  <StateMark state={state} />
                  <span className="text-ink-soft tabular-nums">{count.toLocaleString('en')}</span>
                  {choice.current && <span className="sr-only">shown alone, press to show all</span>}
                </ChoiceLink>
              </li>
            ))}
          </ul>
        </nav>
      )}
      {groups.length > 0 && (
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          {groups.map(({ label, choices }) => (
            <nav key={label} aria-label={label} className="flex flex-wrap items-center gap-1.5 text-sm">
              <span aria-hidden className="text-ink-soft">
                {label}
              </span>
              <ul className="flex flex-wrap gap-1.5">
                {choices.map(({ word, ...choice }) => (
                  <li key={word}>
                    <ChoiceLink {...choice}>{word}</ChoiceLink>
                  </li>
                ))}
              </ul>
            </nav>
          ))}
        </div>
      )}
    </div>
  )
}

function ChoiceLink({ href, current, children }: Choice & { children: ReactNode }) {
  return (
    <Link
      href={href}
      prefetch={false}
      scroll={false}
      aria-current={current ? 'true' : undefined}
      className={joinClasses(
        'inline-flex min-h-7 items-center gap-1.5 rounded-md border px-2 text-sm transition-colors',
        current
          ? 'border-accent bg-accent-soft text-ink'
          : 'border-line bg-surface text-ink-soft hover:border-line-strong',
      )}
    >
      {children}
    </Link>
  )
}
