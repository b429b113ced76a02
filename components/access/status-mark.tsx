import { CircleCheck, CirclePause, CircleX, Clock, KeyRound, TriangleAlert, Unplug } from 'lucide-react'
import type { ReactNode } from 'react'
import { joinClasses } from '@/components/ui/join-classes'
import { RelativeTime } from '@/components/ui/time'
import { STATUS_WORDS } from '@/lib/domain/connection-status'
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

type Props = {
  state: ConnectionStatusState
  /** Said beside the word, before the time when there is one. */
  detail?: ReactNode
  at?: Date | string | null
  className?: string
}

/** The state of a connection, the same everywhere: a mark, a word, and what it says beside it. */
export function StatusMark({ state, detail, at, className }: Props) {
  const { tone, mark } = MARKS[state]

  return (
    <span className={joinClasses('inline-flex min-w-0 max-w-full flex-wrap items-center gap-x-1.5', className)}>
      <span
        className={joinClasses(
          'inline-flex items-center gap-1.5 font-medium whitespace-nowrap [&_svg]:size-4 [&_svg]:shrink-0',
          tone,
        )}
      >
        {mark}
        {STATUS_WORDS[state]}
      </span>
      {detail ? <span className="min-w-0 text-ink-soft tabular-nums">{detail}</span> : null}
      {at ? <RelativeTime at={at} className="whitespace-nowrap text-ink-soft" /> : null}
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
