'use client'

import { joinClasses } from './join-classes'
import { useCopy } from './use-copy'

/** An ID shortened in its middle; a click copies the whole of it. `label` says whose it is. */
export function ShortId({ id, label, className }: { id: string; label: string; className?: string }) {
  const { outcome, copy } = useCopy()
  const short = id.length > 12 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id

  return (
    <button
      type="button"
      title={outcome === 'refused' ? `Could not copy. ${id}` : `${id} (click to copy)`}
      onClick={() => copy(id)}
      className={joinClasses(
        '-mx-1 rounded-md px-1 font-mono text-[0.92em] relative whitespace-nowrap text-ink-soft hover:bg-ink/6 hover:text-ink',
        className,
      )}
    >
      <span className="sr-only">Copy {label} </span>
      <span className="relative inline-block">
        <span className={outcome ? 'invisible' : undefined}>{short}</span>
        <span aria-live="polite" className="absolute inset-0 font-sans">
          {outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'Not copied' : null}
        </span>
      </span>
    </button>
  )
}
