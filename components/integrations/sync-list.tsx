import { Circle } from 'lucide-react'
import Link from 'next/link'
import { StatusMark } from '@/components/access/status-mark'
import { Name } from '@/components/ui/name'
import { RelativeTime } from '@/components/ui/time'
import type { ConnectionTile } from '@/db/queries/connections'
import { connectionStatus } from '@/lib/domain/connection-status'
import { explain } from '@/lib/domain/problems'

/** Many connections, a line each: what it is, how it stands, and of a failure the reason and when it is tried again. */
export function SyncList({ label, rows }: { label: string; rows: ConnectionTile[] }) {
  return (
    <ul aria-label={label} className="divide-y divide-line rounded-lg border border-line bg-surface">
      {rows.map((row) => (
        <li
          key={row.id}
          data-row
          // As high with a state of one line as with one of two, so that a line that changes moves no other.
          className="grid min-h-15 grid-cols-1 items-center gap-x-6 gap-y-1 px-4 py-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_6.5rem]"
        >
          <div className="min-w-0">
            <Link
              href={`/integrations/${row.integration}/${row.id}`}
              prefetch={false}
              className="font-medium break-words hover:underline"
            >
              <Name of={row.label} />
            </Link>
            <p className="font-mono text-xs break-all text-ink-soft">{row.subscriptionId}</p>
          </div>
          <State row={row} />
          <p className="text-sm text-ink-soft tabular-nums sm:text-right">
            {row.people === null ? (
              <span className="max-sm:hidden">No result yet</span>
            ) : (
              `${row.people.toLocaleString('en')} ${row.people === 1 ? 'person' : 'people'}`
            )}
          </p>
        </li>
      ))}
    </ul>
  )
}

function State({ row }: { row: ConnectionTile }) {
  const status = connectionStatus(row)
  if (status.state === 'syncing' && row.openRun?.state !== 'running') return <Waiting />
  const code = status.state === 'failed' ? row.lastRun?.problem?.code : undefined
  if (code === undefined) return <StatusMark status={status} className="text-sm" />
  return (
    <div className="min-w-0 text-sm">
      <StatusMark status={status} />
      <p className="text-ink-soft">
        {explain(code).title}.
        {row.nextSyncAt && (
          <>
            {' '}
            Next try <RelativeTime at={row.nextSyncAt} />.
          </>
        )}
      </p>
    </div>
  )
}

/** A still circle: only syncs that have begun have a turning one, so that they stand out among a hundred lines. */
function Waiting() {
  return (
    <p className="inline-flex items-center gap-1.5 text-sm text-ink-soft">
      <Circle size={16} aria-hidden className="shrink-0 text-ink-faint" />
      Waiting to start
    </p>
  )
}
