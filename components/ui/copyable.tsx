'use client'

import { useEffect, useState } from 'react'
import { Button } from './button'
import { joinClasses } from './join-classes'

/** A command or an address to be used elsewhere, with a button that copies it. `label` says what it is. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const { outcome, copy } = useCopy()

  return (
    <div className="flex items-start gap-2 rounded-lg border border-line bg-canvas p-2 pl-3">
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

/** An ID without its middle part. A click copies the whole of it. `label` says whose ID it is. */
export function ShortId({ id, label, className }: { id: string; label: string; className?: string }) {
  const { outcome, copy } = useCopy()
  const short = id.length > 12 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id

  return (
    <button
      type="button"
      title={outcome === 'refused' ? `Could not copy. ${id}` : `${id} (click to copy)`}
      data-full={id}
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

/** For how many milliseconds a copy button shows what came of it. */
const OUTCOME_MS = 1500

/** Copies text. `outcome` tells for a moment whether that worked, because a browser may refuse its clipboard. */
function useCopy(): { outcome: 'copied' | 'refused' | null; copy: (text: string) => Promise<void> } {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null)

  useEffect(() => {
    if (!outcome) return
    const timer = setTimeout(() => setOutcome(null), OUTCOME_MS)
    return () => clearTimeout(timer)
  }, [outcome])

  async function copy(text: string) {
    const copied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    setOutcome(copied ? 'copied' : 'refused')
  }

  return { outcome, copy }
}
