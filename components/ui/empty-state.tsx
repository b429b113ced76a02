import type { ReactNode } from 'react'
import { joinClasses } from './join-classes'

type Props = { title: ReactNode; children?: ReactNode; action?: ReactNode; className?: string }

/** Says why a list or a page is empty, and what would change that. */
export function EmptyState({ title, children, action, className }: Props) {
  return (
    <div
      className={joinClasses(
        'grid justify-items-center gap-1 rounded-lg border border-dashed border-line px-6 py-12 text-center',
        className,
      )}
    >
      <p className="font-medium">{title}</p>
      {children ? <div className="max-w-md text-ink-soft">{children}</div> : null}
      {action ? <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  )
}
