import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

/** Steps for those who need them, folded away for those who do not. */
export function FoldedSteps({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="group rounded-lg border border-line bg-surface">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-lg px-4 py-2.5 font-medium [&::-webkit-details-marker]:hidden">
        <ChevronRight
          size={16}
          aria-hidden="true"
          className="shrink-0 text-ink-soft transition-transform group-open:rotate-90"
        />
        {title}
      </summary>
      <div className="border-t border-line px-4 py-3">{children}</div>
    </details>
  )
}
