import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { rangeWords, type Total } from '@/lib/domain/words'
import { buttonClasses } from './button'
import { ButtonLink } from './button-link'
import { FocusList } from './focus-list'
import { joinClasses } from './join-classes'

type Props = {
  /** How many rows come before this page; null, or left out, where it is not known. */
  start?: number | null
  /** How many rows this page shows. */
  shown: number
  total?: Total | null
  previousHref?: string | null
  nextHref?: string | null
  unit: string
  /** Names it where a page has two. */
  label?: string
  className?: string
}

/** Which rows of a long list are shown, with links to the previous and the next page. */
export function Pager({
  start = null,
  shown,
  total = null,
  unit,
  label = 'Pages',
  className = 'mt-3',
  ...steps
}: Props) {
  const { previousHref, nextHref } = steps
  return (
    <nav
      aria-label={label}
      data-pager
      className={joinClasses(
        'flex flex-wrap items-center justify-end gap-x-3 gap-y-2 text-sm text-ink-soft',
        className,
      )}
    >
      <p className="tabular-nums">{rangeWords({ start, shown, total, unit })}</p>
      <FocusList page={`${start} ${previousHref} ${nextHref}`} />
      {previousHref || nextHref ? (
        <div className="flex gap-1">
          <Step href={previousHref} label="Previous page" icon={<ChevronLeft aria-hidden />} />
          <Step href={nextHref} label="Next page" icon={<ChevronRight aria-hidden />} />
        </div>
      ) : null}
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
