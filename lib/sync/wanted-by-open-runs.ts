import { and, eq, inArray, isNull, min, ne, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { nodesOfLastResult } from '@/db/queries/snapshot'
import { assignments, connectionNodes } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { NamedPrincipal, WantedOfDirectory } from '@/lib/directory/read-directory'
import type { ClaimedRun } from '@/lib/runs/runs'

type Open = Pick<ClaimedRun, 'organisationId' | 'id' | 'account'>

/** The most principals that are read for other runs: enough for a company, and read in some seconds. */
const MOST_PRINCIPALS = 20_000

/**
 * What the other runs of an account that are open now will want of its directory, as far as their last results tell: the groups
 * and the principals that assignments name. What a run reads for all of them none of them reads again.
 */
export async function wantedByOpenRuns({ organisationId, id, account }: Open): Promise<WantedOfDirectory> {
  const db = await getDb({ organisationId })
  const isOpen = sql`exists (select from ${syncRuns} where ${syncRuns.organisationId} = ${organisationId}
    and ${syncRuns.connectionId} = ${connections.id} and ${syncRuns.state} in ('queued', 'running') and ${syncRuns.id} <> ${id})`
  const found = await db
    .select({
      id: assignments.principalId,
      kind: assignments.principalKind,
      assignedOn: min(assignments.createdOn),
    })
    .from(connections)
    .innerJoin(connectionNodes, nodesOfLastResult)
    .innerJoin(
      assignments,
      and(
        eq(assignments.organisationId, connectionNodes.organisationId),
        eq(assignments.nodeId, connectionNodes.nodeId),
        isNull(assignments.validTo),
        ne(assignments.principalKind, 'delegate'),
      ),
    )
    .where(and(eq(connections.organisationId, organisationId), eq(connections.accountId, account.id), isOpen))
    .groupBy(assignments.principalId, assignments.principalKind)
    .limit(MOST_PRINCIPALS)
  return {
    roots: found.filter(({ kind }) => kind === 'group').map((one) => one.id),
    principals: new Map(
      found.map(({ id, kind, assignedOn }): [string, NamedPrincipal] => [
        id,
        { kind, agent: false, assignedOn, name: null },
      ]),
    ),
  }
}

/** Whether other runs of the same account are open. */
export async function isOneOfMany({ organisationId, id, account }: Open): Promise<boolean> {
  const db = await getDb({ organisationId })
  const [other] = await db
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .innerJoin(
      connections,
      and(eq(connections.organisationId, syncRuns.organisationId), eq(connections.id, syncRuns.connectionId)),
    )
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        inArray(syncRuns.state, ['queued', 'running']),
        eq(connections.accountId, account.id),
        ne(syncRuns.id, id),
      ),
    )
    .limit(1)
  return other !== undefined
}
