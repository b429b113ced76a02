import { DrizzleQueryError } from 'drizzle-orm'
import { transactionBesideReaders } from '@/db/client'
import { tidy } from '@/db/tidy'
import { AzureError, toAzureError } from '@/lib/azure/client/errors'
import { createMeter } from '@/lib/azure/client/transport'
import { nameInitiators } from '@/lib/changes/name-initiators'
import { markWorking } from '@/lib/connections/account'
import { azureForAccount } from '@/lib/connections/vault'
import { log } from '@/lib/log'
import { type SyncJob, sendSync } from '@/lib/runs/queue'
import { type ClaimedRun, claimRun, followRun, RunLost } from '@/lib/runs/runs'
import { endFailedRun } from './fail-run'
import { lastResultOf } from './last-result'
import { publishAccess } from './publish-access'
import { publishInTurn } from './publish-turn'
import { readAccess } from './read-access'

/** Longer than any sync we have measured, throttled ones included. After it the run is ended and tried again later. */
const RUN_DEADLINE_MINUTES = 20

/** A publish that wrote this many rows or more leaves enough behind for the embedded engine to be tidied. */
const TIDY_FROM_ROWS = 100

/**
 * Carries one run to its end and writes the outcome on it. Does nothing when another worker holds the run.
 *
 * A subscription is read whole before any of it is written. When it cannot be read, the last published result stays:
 * showing nobody would claim that access was removed.
 *
 * @param shutdown aborts when the process is ending; the run then fails as interrupted, and is tried again
 */
export async function runSync(job: SyncJob, shutdown: AbortSignal): Promise<void> {
  const run = await claimRun(job)
  if (!run) return
  const meter = createMeter()
  const following = followRun(run, meter)
  const signal = AbortSignal.any([shutdown, following.lost, AbortSignal.timeout(RUN_DEADLINE_MINUTES * 60_000)])
  try {
    const azure = azureForAccount(run.account, meter, signal)
    const access = await readAccess(azure, run, lastResultOf(run), following.report)
    following.report('publishing')
    const { written, noteStored } = await publishInTurn(run.account.id, async () => {
      await following.stop()
      signal.throwIfAborted()
      return transactionBesideReaders(run, (tx, holdReaders) => publishAccess(tx, run, access, meter, holdReaders))
    })
    noteStored()
    await resumeOthers(run)
    if (written >= TIDY_FROM_ROWS) await tidy()
    log().info({
      event: 'sync_succeeded',
      runId: run.id,
      connectionId: run.connection.id,
      calls: meter.calls,
      retries: meter.retries,
    })
    await nameInitiators(azure, {
      ...{ organisationId: run.organisationId, accountId: run.account.id, connectionId: run.connection.id },
      granted: azure.caller.tokens.granted(),
    })
  } catch (error) {
    await following.stop()
    if (error instanceof RunLost || following.lost.aborted) {
      log().warn({ event: 'sync_lost', runId: run.id, error: following.lost.reason ?? error })
      return
    }
    const failure = shutdown.aborted
      ? new AzureError('interrupted', 'The process ended.', { cause: error })
      : toFailure(error)
    await endFailedRun(run, failure, meter)
    log().warn({ event: 'sync_failed', runId: run.id, connectionId: run.connection.id, problem: failure.code, error })
  }
}

/**
 * Resumes the connections that waited for the account with which this run has just succeeded. A failure of that is only
 * logged: the run itself has succeeded, and the next sync with the account tries again.
 */
async function resumeOthers(run: ClaimedRun): Promise<void> {
  try {
    for (const waiting of await markWorking(run.account)) await sendSync(waiting)
  } catch (error) {
    log().warn({ event: 'account_not_resumed', accountId: run.account.id, error })
  }
}

/** What went wrong, as one of the problems that the portal explains. */
function toFailure(error: unknown): AzureError {
  // The database failed, not Microsoft, maybe below MSAL, which keeps its tokens there. What was read is lost.
  if (isOfDatabase(error))
    return new AzureError('interrupted', 'The database did not take the result.', { cause: error })
  return toAzureError(error)
}

function isOfDatabase(error: unknown): boolean {
  return error instanceof DrizzleQueryError || (error instanceof Error && isOfDatabase(error.cause))
}
