import { CircleCheck, CirclePause, CircleX, Clock, KeyRound, TriangleAlert, Unplug } from 'lucide-react'
import type { ReactNode } from 'react'
import { joinClasses } from '@/components/ui/join-classes'
import { RelativeTime } from '@/components/ui/time'
import { type ConnectionStatus, STATUS_WORDS } from '@/lib/domain/connection-status'
import type { ConnectionStatusState } from '@/lib/domain/vocabulary'
import { PartlyMark } from './coverage'

const MARKS: Record<ConnectionStatusState, { tone: string; mark: ReactNode }> = {
  synced: { tone: 'text-good', mark: <CircleCheck aria-hidden /> },
  syncing: { tone: 'text-accent', mark: <TurningRing /> },
  gaps: { tone: 'text-warn', mark: <PartlyMark /> },
  failed: { tone: 'text-bad', mark: <CircleX aria-hidden /> },
  reconnect: { tone: 'text-warn', mark: <KeyRound aria-hidden /> },
  action: { tone: 'text-warn', mark: <TriangleAlert aria-hidden /> },
  stale: { tone: 'text-ink-soft', mark: <Clock aria-hidden /> },
  paused: { tone: 'text-ink-soft', mark: <CirclePause aria-hidden /> },
  disconnected: { tone: 'text-ink-soft', mark: <Unplug aria-hidden /> },
}

type Props = { status: ConnectionStatus; className?: string }

/** The state of a connection, the same everywhere: a mark, a word, then the detail and the age where there are any. */
export function StatusMark({ status: { state, word, detail, at }, className }: Props) {
  return (
    <span className={joinClasses('inline-flex min-w-0 max-w-full flex-wrap items-center gap-x-1.5', className)}>
      <StateMark state={state} word={word} />
      {detail ? <span className="min-w-0 text-ink-soft tabular-nums">{detail}</span> : null}
      {at ? <RelativeTime at={at} className="whitespace-nowrap text-ink-soft" /> : null}
    </span>
  )
}

/** A state alone: its mark and its word. */
export function StateMark({ state, word = STATUS_WORDS[state] }: { state: ConnectionStatusState; word?: string }) {
  const { tone, mark } = MARKS[state]
  return (
    <span
      className={joinClasses(
        'inline-flex items-center gap-1.5 font-medium whitespace-nowrap [&_svg]:size-4 [&_svg]:shrink-0',
        tone,
      )}
    >
      {mark}
      {word}
    </span>
  )
}

function TurningRing() {
  return (
    <svg aria-hidden viewBox="0 0 24 24" fill="none" strokeWidth="2" className="motion-safe:animate-spin">
      <circle cx="12" cy="12" r="10" stroke="currentColor" opacity="0.25" />
      <path d="M22 12A10 10 0 0 0 12 2" stroke="currentColor" strokeLinecap="round" />
    </svg>
  )
}
