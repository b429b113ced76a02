import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClasses } from './button'
import { ButtonLink } from './button-link'

type Props = {
  /** How many rows this page shows. */
  shown: number
  total?: number | null
  previousHref?: string | null
  nextHref?: string | null
  unit: string
}

/** How many rows of a long list are shown, with links to the previous and the next page. */
export function Pager({ shown, total, previousHref, nextHref, unit }: Props) {
  const of = total === undefined || total === null ? '' : ` of ${total.toLocaleString('en')}`

  return (
    <nav
      aria-label="Pages"
      className="mt-3 flex flex-wrap items-center justify-end gap-x-3 gap-y-2 text-sm text-ink-soft"
    >
      <p className="tabular-nums">
        {shown.toLocaleString('en')}
        {of} {unit}
      </p>
      <div className="flex gap-1">
        <Step href={previousHref} label="Previous page" icon={<ChevronLeft aria-hidden />} />
        <Step href={nextHref} label="Next page" icon={<ChevronRight aria-hidden />} />
      </div>
    </nav>
  )
}

function Step({ href, label, icon }: { href?: string | null; label: string; icon: ReactNode }) {
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
