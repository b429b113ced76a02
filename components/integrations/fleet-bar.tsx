import Link from 'next/link'
import type { ReactNode } from 'react'
import { StateMark } from '@/components/access/status-mark'
import { joinClasses } from '@/components/ui/join-classes'
import type { FleetGrouping } from '@/lib/domain/views'
import type { ConnectionStatusState } from '@/lib/domain/vocabulary'

type Choice = { href: string; current: boolean }

type Props = {
  /** How many there are in each state, each a link that shows those alone or, where it is the current one, all again. */
  states: (Choice & { state: ConnectionStatusState; count: number })[]
  groupings?: (Choice & { grouping: FleetGrouping })[]
}

const GROUPING_LABELS: Record<FleetGrouping, string> = {
  none: 'Nothing',
  account: 'Account',
  management: 'Management group',
}

/** By which state many connections are narrowed, and by what they are put together. All of it are links. */
export function FleetBar({ states, groupings = [] }: Props) {
  return (
    <div className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3 print:hidden">
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
      {groupings.length > 0 && (
        <nav aria-label="Group by" className="flex flex-wrap items-center gap-1.5 text-sm">
          <span aria-hidden className="text-ink-soft">
            Group by
          </span>
          <ul className="flex flex-wrap gap-1.5">
            {groupings.map(({ grouping, ...choice }) => (
              <li key={grouping}>
                <ChoiceLink {...choice}>{GROUPING_LABELS[grouping]}</ChoiceLink>
              </li>
            ))}
          </ul>
        </nav>
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
