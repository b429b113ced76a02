import { ChevronRight } from 'lucide-react'
import { FleetProgress, type Progress } from '@/components/integrations/fleet-progress'
import { SyncList } from '@/components/integrations/sync-list'
import type { ConnectionTile } from '@/db/queries/connections'

type Props = {
  rows: ConnectionTile[]
  progress: Progress
  /** How many people have access in any of them, each counted once; left out until the first of them is synced. */
  people: number | undefined
}

/** The syncs of several connections that were made at once: one line for all, and each of them folded away unless one needs a look. */
export function SyncsProgress({ rows, progress, people }: Props) {
  const isUnderWay = progress.syncing + progress.waiting > 0
  return (
    <div>
      <FleetProgress progress={progress} people={people} />
      {isUnderWay && (
        <p className="mb-4 text-ink-soft">
          You can leave this page: the syncs go on, and their tiles show how far they are.
        </p>
      )}
      <details className="group" open={progress.gaps + progress.attention > 0}>
        <summary className="-mx-1 inline-flex items-center gap-1.5 rounded-md px-1 py-1 text-ink-soft hover:text-ink">
          <ChevronRight
            size={16}
            aria-hidden="true"
            className="shrink-0 transition-transform group-open:rotate-90 motion-reduce:transition-none"
          />
          Each of the {rows.length.toLocaleString('en')}
        </summary>
        <div className="mt-2">
          <SyncList label="Connected subscriptions" rows={rows} />
        </div>
      </details>
    </div>
  )
}
