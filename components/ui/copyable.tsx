'use client'

import { Button } from './button'
import { joinClasses } from './join-classes'
import { useCopy } from './use-copy'

/** A command or address to take elsewhere. `label` says what it is. */
export function Copyable({ text, label, className }: { text: string; label: string; className?: string }) {
  const { outcome, copy } = useCopy()

  return (
    <div className={joinClasses('flex items-start gap-2 rounded-lg border border-line bg-canvas p-2 pl-3', className)}>
      <code className="min-w-0 flex-1 py-1 font-mono text-sm break-words whitespace-pre-wrap">{text}</code>
      <Button size="sm" onClick={() => copy(text)} className="relative min-w-16">
        <span aria-live="polite">
          {outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'Not copied' : 'Copy'}
        </span>
        <span className="sr-only">{label}</span>
      </Button>
    </div>
  )
}
