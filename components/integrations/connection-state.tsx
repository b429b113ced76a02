import { StatusMark } from '@/components/access/status-mark'
import { RelativeTime } from '@/components/ui/time'
import { othersWaitingWords } from '@/lib/domain/connection-status'
import type { Tile } from './tile'

/** How a connection stands: its state, the cause, and how many others wait for the same sign-in. */
export function ConnectionState({ tile: { status, othersWaiting } }: { tile: Tile }) {
  const others = othersWaitingWords(othersWaiting)
  return (
    <div className="min-w-0 text-sm">
      <StatusMark status={status} />
      {others && (
        <p title="One reconnect mends them all" className="text-ink-soft tabular-nums">
          {others}
        </p>
      )}
    </div>
  )
}

/** The age of the data that is shown of a connection, whatever its state is. */
export function DataAge({ readAt }: { readAt: Date | null }) {
  return readAt ? <RelativeTime at={readAt} className="whitespace-nowrap" /> : 'No data yet'
}
