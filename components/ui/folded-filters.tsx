import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClasses } from './button'

type Props = {
  /** How many of the filters are set. */
  chosen: number
  children: ReactNode
}

/**
 * Filters that a phone folds behind one button, which says how many of them are set, so that the list below begins in sight. In wider
 * windows `folded-filters.css` shows them beside each other without the button.
 */
export function FoldedFilters({ chosen, children }: Props) {
  return (
    <details className="folded-filters">
      <summary className={buttonClasses({}, chosen > 0 ? 'border-accent! bg-accent-soft! text-accent!' : undefined)}>
        Filters{chosen > 0 ? `: ${chosen.toLocaleString('en')}` : null}
        <ChevronDown aria-hidden className="chevron" />
      </summary>
      {children}
    </details>
  )
}
