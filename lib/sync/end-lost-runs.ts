import { and, asc, eq, gte } from 'drizzle-orm'
import { getDbOfEveryOrganisation } from '@/db/client'
import { syncRuns } from '@/db/schema/runs'
import { AzureError } from '@/lib/azure/client/errors'
import { log } from '@/lib/log'
import { isLost, MOST_CLAIMS } from '@/lib/runs/runs'
import { endFailedRun } from './fail-run'

/** Runs ended at once; the rest follow a minute later. */
const RUNS_AT_ONCE = 100

/**
 * Ends the runs that have lost their worker as often as a run is begun: as failed, with a problem that says so. Without
 * this a run whose end cannot be written would be begun again for ever, and its tile would say *Syncing*.
 */
export async function endLostRuns(): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  const lost = await db
    .select({
      organisationId: syncRuns.organisationId,
      id: syncRuns.id,
      fence: syncRuns.fence,
      connectionId: syncRuns.connectionId,
      calls: syncRuns.calls,
      retries: syncRuns.retries,
    })
    .from(syncRuns)
    .where(and(eq(syncRuns.state, 'running'), isLost, gte(syncRuns.fence, MOST_CLAIMS)))
    .orderBy(asc(syncRuns.heartbeatAt))
    .limit(RUNS_AT_ONCE)
  for (const { organisationId, id, fence, connectionId, calls, retries } of lost) {
    log().error({ event: 'sync_given_up', runId: id, connectionId, begun: fence })
    await endFailedRun(
      { organisationId, id, fence, connection: { id: connectionId } },
      new AzureError('run_given_up', 'The run lost each of its workers.'),
      { calls, retries },
    )
  }
}
