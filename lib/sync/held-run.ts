import { and, eq } from 'drizzle-orm'
import { syncRuns } from '@/db/schema/runs'
import type { ClaimedRun } from './claim-run'

/** The run was cancelled, or another worker holds it now: whatever this one has read must not be written. */
export class RunLost extends Error {
  override name = 'RunLost'
}

/** The where-clause that only the latest holder of a run still matches. */
export const heldRun = ({ organisationId, id, fence }: ClaimedRun) =>
  and(
    eq(syncRuns.organisationId, organisationId),
    eq(syncRuns.id, id),
    eq(syncRuns.state, 'running'),
    eq(syncRuns.fence, fence),
  )
