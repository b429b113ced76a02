import { Check, Flag } from 'lucide-react'
import Link from 'next/link'
import { joinClasses } from '@/components/ui/join-classes'
import { keepMoment } from '@/lib/domain/as-of'
import { type AccessView, formatAccessView } from '@/lib/domain/views'
import type { Signal, SignalCount, SignalCounts } from '@/lib/domain/vocabulary'
import { listSignals, SIGNAL_WORDS } from './labels'

type Props = {
  path: string
  /** The page of the connection's groups, which says who can add members to each. */
  groupsPath: string
  view: AccessView
  /** How many holders show each signal; a signal that nobody shows has no chip. */
  counts: SignalCounts
  of: keyof SignalCount
}

/** What is worth a second look, and how many it concerns. A chip leads to exactly those, or to the groups that somebody can add members to; the chosen one leads back to all. */
export function SignalChips({ path, groupsPath, view, counts, of }: Props) {
  const countOf = (signal: Signal) => counts[signal]?.[of] ?? 0
  const shown = listSignals().filter((signal) => countOf(signal) > 0 || view.signal === signal)
  if (shown.length === 0) return null
  // Owners of a group need not hold a role, so that no list of holders has them all.
  const hrefOf = (signal: Signal) =>
    signal === 'adds_members'
      ? keepMoment(groupsPath, view.at)
      : path + formatAccessView({ ...view, signal: view.signal === signal ? null : signal, cursor: null })

  return (
    <nav aria-label="Worth a second look" className="mb-2">
      <ul className="flex flex-wrap gap-1.5">
        {shown.map((signal) => {
          const { label, says } = SIGNAL_WORDS[signal]
          const chosen = view.signal === signal
          return (
            <li key={signal}>
              <Link
                href={hrefOf(signal)}
                prefetch={false}
                scroll={false}
                title={says}
                aria-current={chosen ? 'true' : undefined}
                className={joinClasses(
                  'inline-flex min-h-6 items-center gap-1.5 rounded-md border px-2 py-0.5 text-xs font-medium [&_svg]:size-3.5 [&_svg]:shrink-0',
                  chosen
                    ? 'border-accent bg-accent-soft text-accent'
                    : 'border-line bg-surface text-ink-soft hover:border-line-strong hover:text-ink',
                )}
              >
                {chosen ? <Check aria-hidden /> : <Flag aria-hidden />}
                {label}
                <span className="tabular-nums">{countOf(signal).toLocaleString('en')}</span>
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
