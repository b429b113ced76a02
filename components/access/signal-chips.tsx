import Link from 'next/link'
import { joinClasses } from '@/components/ui/join-classes'
import { Popover } from '@/components/ui/popover'
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

  const [first, rest] = partition(shown, (signal) => shown.indexOf(signal) < MOST_IN_SIGHT || view.signal === signal)
  const chips = (signals: Signal[]) =>
    signals.map((signal) => (
      <li key={signal}>
        <SignalChip signal={signal} href={hrefOf(signal)} count={countOf(signal)} chosen={view.signal === signal} />
      </li>
    ))

  return (
    <nav aria-label="Worth a second look" className="mb-2">
      <ul className="flex flex-wrap items-center gap-1.5 text-xs">
        {chips(first)}
        {rest.length > 0 ? (
          <li>
            <Popover label="More that is worth a second look" screenOnly trigger={`${rest.length} more`}>
              <ul className="grid justify-items-start gap-1.5">{chips(rest)}</ul>
            </Popover>
          </li>
        ) : null}
      </ul>
    </nav>
  )
}

/** How many chips stand beside each other: as many as fit on a line of a usual window. */
const MOST_IN_SIGHT = 6

function partition<Item>(items: Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))]
}

type SignalChipProps = { signal: Signal; href: string; count: number; chosen: boolean }

function SignalChip({ signal, href, count, chosen }: SignalChipProps) {
  const { label, says } = SIGNAL_WORDS[signal]
  return (
    <Link
      href={href}
      prefetch={false}
      scroll={false}
      title={says}
      aria-current={chosen ? 'true' : undefined}
      data-icon={chosen ? 'check' : 'flag'}
      className={joinClasses(
        'inline-flex min-h-6 items-center gap-1.5 rounded-md border px-2 py-0.5 text-xs font-medium [--icon-size:0.875rem]',
        chosen
          ? 'border-accent bg-accent-soft text-accent'
          : 'border-line bg-surface text-ink-soft hover:border-line-strong hover:text-ink',
      )}
    >
      {label} <span className="tabular-nums">{count.toLocaleString('en')}</span>
    </Link>
  )
}
