import { and, asc, desc, eq, lte, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { organisations } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import { knowsEligible } from '@/lib/domain/coverage'
import { isKeptWhole } from '@/lib/domain/retention'
import type { ConnectionFacts } from './connections'
import { isGuid } from './input'
import { type Published, toConnection } from './snapshot'

/** A result that was published once: what its readers saw, and the run that read it. */
export type Result = Awaited<ReturnType<typeof readResults>>[number]

/**
 * What readers of a connection saw at a moment: the result that was published last then, as a snapshot, with when the results
 * next to it were published. `forgotten` when it is known that there was one, but not any more what it had; `other_tenant` when the
 * subscription belonged to another directory then, whose people are not known by the connection any more. Null when nothing was
 * published by then.
 */
export async function getResultAt(
  actor: Actor,
  connection: Pick<ConnectionFacts, 'id' | 'tenantId'>,
  at: Date,
): Promise<
  | { kind: 'found'; snapshot: Published; run: Result; earlier: Date | null; later: Date | null }
  | { kind: 'forgotten' | 'other_tenant'; run: Result; later: Date | null }
  | null
> {
  if (!isGuid(connection.id)) return null
  const [run] = await readResults(actor, connection.id, at)
  if (!run) return null
  const { publishedAt, nodeIds, accountId, earlier, later } = run
  if (!accountId || !isKeptWhole(run)) return { kind: 'forgotten', run, later }
  if (run.tenantId !== connection.tenantId) return { kind: 'other_tenant', run, later }
  const eligibleRead = knowsEligible(run.coverage)
  const snapshot = { id: connection.id, publishedAt, nodeIds, accountId, eligibleRead }
  return { kind: 'found', snapshot, run, earlier, later }
}

/** When the first result of a connection was published that is still known; null when there is none. */
export async function getFirstResult(actor: Actor, connectionId: string): Promise<Date | null> {
  if (!isGuid(connectionId)) return null
  const db = await getDb(actor)
  const [first] = await db
    .select({ at: syncRuns.finishedAt })
    .from(syncRuns)
    .where(isResultOf(actor, connectionId))
    .orderBy(asc(syncRuns.requestedAt))
    .limit(1)
  return first?.at ?? null
}

const isResultOf = ({ organisationId }: Actor, connectionId: string) =>
  and(
    eq(syncRuns.organisationId, organisationId),
    eq(syncRuns.connectionId, connectionId),
    eq(syncRuns.state, 'succeeded'),
  )

/** The nodes that a run's connection was read at. The names are written out, because these stand inside a select. */
const nodesThen = sql`from connection_nodes chain join nodes on nodes.organisation_id = chain.organisation_id and nodes.id = chain.node_id
  where chain.organisation_id = sync_runs.organisation_id and chain.connection_id = sync_runs.connection_id
    and chain.valid_from <= sync_runs.finished_at and (chain.valid_to is null or chain.valid_to > sync_runs.finished_at)`

/** What a run's connection was read at and with, to be selected from `sync_runs`; null, and no nodes, where that is not known any more. */
export const CHAIN_THEN = {
  nodeIds: sql<string[]>`coalesce((select json_agg(chain.node_id order by chain.place) ${nodesThen}), '[]')`,
  accountId: sql<string | null>`(select nodes.account_id ${nodesThen} limit 1)`,
  tenantId: sql<string | null>`(select nodes.tenant_id ${nodesThen} limit 1)`,
}

/** When the result before or after that of a run was published, to be selected from `sync_runs`. */
export const resultBeside = (side: 'before' | 'after') => {
  const [sign, order] = side === 'before' ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`]
  return sql<Date | null>`(select beside.finished_at from sync_runs beside
    where beside.organisation_id = sync_runs.organisation_id and beside.connection_id = sync_runs.connection_id
      and beside.state = 'succeeded' and beside.finished_at ${sign} sync_runs.finished_at
    order by beside.finished_at ${order} limit 1)`.mapWith(connections.createdAt)
}

async function readResults(actor: Actor, connectionId: string, at: Date) {
  const db = await getDb(actor)
  return (
    db
      .select({
        id: syncRuns.id,
        trigger: syncRuns.trigger,
        requestedByName: syncRuns.requestedByName,
        publishedAt: sql<Date>`${syncRuns.finishedAt}`.mapWith(syncRuns.finishedAt),
        finishedAt: syncRuns.finishedAt,
        coverage: syncRuns.coverage,
        gaps: syncRuns.gaps,
        plan: syncRuns.plan,
        signals: syncRuns.signals,
        people: syncRuns.people,
        others: syncRuns.others,
        unread: syncRuns.unread,
        assignments: syncRuns.assignments,
        beginsAt: connections.historyBeginsAt,
        prunedTo: organisations.historyPrunedTo,
        ...CHAIN_THEN,
        earlier: resultBeside('before'),
        later: resultBeside('after'),
      })
      .from(syncRuns)
      .innerJoin(connections, toConnection(syncRuns))
      .innerJoin(organisations, eq(organisations.id, syncRuns.organisationId))
      .where(and(isResultOf(actor, connectionId), lte(syncRuns.finishedAt, at)))
      // As the index of published runs has them: a moment may lie thousands of runs back.
      .orderBy(desc(syncRuns.finishedAt))
      .limit(1)
  )
}
