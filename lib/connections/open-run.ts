import { and, eq, inArray } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import type { Transaction } from '@/db/database'
import { syncRuns } from '@/db/schema/runs'
import type { RunTrigger } from '@/lib/domain/vocabulary'

export type OpenedRun = { organisationId: string; runId: string; joined: boolean }

type Request = { organisationId: string; connectionId: string; trigger: RunTrigger; by: Actor | null }

/**
 * Opens a run of a connection, or joins the one that is already open: the partial unique index lets only one be. The
 * caller wakes the worker after its transaction has committed.
 */
export async function openRun(
  tx: Transaction,
  { organisationId, connectionId, trigger, by }: Request,
): Promise<OpenedRun> {
  const [made] = await tx
    .insert(syncRuns)
    .values({ organisationId, connectionId, trigger, requestedById: by?.memberId, requestedByName: by?.name })
    .onConflictDoNothing()
    .returning({ id: syncRuns.id })
  if (made) return { organisationId, runId: made.id, joined: false }

  const [open] = await tx
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        eq(syncRuns.connectionId, connectionId),
        inArray(syncRuns.state, ['queued', 'running']),
      ),
    )
    .for('update')
  if (open) return { organisationId, runId: open.id, joined: true }
  // The open run ended between the two statements, so there is room for ours now.
  return openRun(tx, { organisationId, connectionId, trigger, by })
}
