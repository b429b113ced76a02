import { ChevronLeft, ChevronRight } from 'lucide-react'
import { ButtonLink } from '@/components/ui/button-link'

type Props = { from: number; shown: number; total: number; previousHref: string | null; nextHref: string | null }

/** Which of the subscriptions are the columns, and the way to the others. Nothing when all of them fit. */
export function ColumnPager({ from, shown, total, previousHref, nextHref }: Props) {
  if (!previousHref && !nextHref) return null
  return (
    <nav aria-label="Subscriptions shown" className="mb-3 flex flex-wrap items-center gap-2 text-sm text-ink-soft">
      <span className="tabular-nums">
        Subscriptions {(from + 1).toLocaleString('en')} to {(from + shown).toLocaleString('en')} of{' '}
        {total.toLocaleString('en')}
      </span>
      {previousHref ? (
        <ButtonLink href={previousHref} size="sm">
          <ChevronLeft aria-hidden />
          Earlier subscriptions
        </ButtonLink>
      ) : null}
      {nextHref ? (
        <ButtonLink href={nextHref} size="sm">
          Later subscriptions
          <ChevronRight aria-hidden />
        </ButtonLink>
      ) : null}
    </nav>
  )
}
