import { ChevronLeft, ChevronRight } from 'lucide-react'
import { buttonClasses } from './button'
import { ButtonLink } from './button-link'
import { joinClasses } from './join-classes'

type Props = {
  /** How many rows this page shows, or which: `1 to 50`. */
  shown: number | string
  total?: number | null
  previousHref?: string | null
  nextHref?: string | null
  unit: string
  className?: string
}

/** Where in a long list one is, and the ways onward. */
export function Pager({ shown, total, previousHref, nextHref, unit, className }: Props) {
  const of = total === undefined || total === null ? '' : ` of ${total.toLocaleString('en')}`

  return (
    <nav
      aria-label="Pages"
      className={joinClasses(
        'mt-3 flex flex-wrap items-center justify-end gap-x-3 gap-y-2 text-sm text-ink-soft',
        className,
      )}
    >
      <p className="tabular-nums">
        {typeof shown === 'number' ? shown.toLocaleString('en') : shown}
        {of} {unit}
      </p>
      <div className="flex gap-1">
        <Step href={previousHref} label="Previous page" icon={<ChevronLeft aria-hidden />} />
        <Step href={nextHref} label="Next page" icon={<ChevronRight aria-hidden />} />
      </div>
    </nav>
  )
}

function Step({ href, label, icon }: { href?: string | null; label: string; icon: React.ReactNode }) {
  if (href)
    return (
      <ButtonLink href={href} size="sm" aria-label={label} className="w-8 px-0">
        {icon}
      </ButtonLink>
    )
  return (
    <span
      aria-hidden
      className={buttonClasses({ size: 'sm' }, 'pointer-events-none w-8 border-line px-0 text-ink-faint opacity-50')}
    >
      {icon}
    </span>
  )
}
