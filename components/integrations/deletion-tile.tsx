import { ShortId } from '@/components/ui/copyable'
import { Name } from '@/components/ui/name'
import { RelativeTime } from '@/components/ui/time'
import type { DeletedRows } from '@/lib/domain/vocabulary'
import { spellControls } from '@/lib/domain/words'
import { IntegrationMark } from './integration-mark'

export type Deletion = {
  id: string
  integration: string
  label: string
  /** Null where the label says it already. */
  subscriptionName: string | null
  subscriptionId: string
  requestedByName: string
  requestedAt: Date
  deleted: DeletedRows
}

/** A subscription whose data is being deleted: it can neither be opened nor used, and its tile goes when it is gone. */
export function DeletionTile({ deletion }: { deletion: Deletion }) {
  return (
    <li className="grid min-w-0 grid-rows-[auto_1fr_auto] gap-3 rounded-lg border border-line border-dashed p-4">
      <div className="flex min-w-0 gap-2.5">
        <IntegrationMark id={deletion.integration} className="mt-0.5" />
        <div className="min-w-0">
          <h2 dir="auto" title={deletion.label} className="truncate text-left text-lg font-semibold tracking-tight">
            {spellControls(deletion.label)}
          </h2>
          {deletion.subscriptionName && (
            <p dir="auto" title={deletion.subscriptionName} className="truncate text-left text-sm text-ink-soft">
              {spellControls(deletion.subscriptionName)}
            </p>
          )}
          <p className="text-sm text-ink-soft">
            <ShortId id={deletion.subscriptionId} label="subscription ID" className="ml-0" />
          </p>
        </div>
      </div>
      <p className="self-end text-sm text-ink-soft">
        Asked for by <Name of={deletion.requestedByName} />, <RelativeTime at={deletion.requestedAt} />
      </p>
      <p role="status" className="-mb-1 flex min-h-8 items-center border-t border-line pt-3 text-sm tabular-nums">
        {describeProgress(deletion.deleted)}
      </p>
    </li>
  )
}

/** Only what was really counted: how much is left is not known before it is deleted. */
function describeProgress(deleted: DeletedRows): string {
  const rows = Object.values(deleted).reduce((sum, count) => sum + count, 0)
  return rows === 0 ? 'Being deleted' : `Being deleted, ${rows.toLocaleString('en')} rows so far`
}
