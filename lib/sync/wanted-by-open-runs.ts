import { and, eq, inArray, isNull, min, ne, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { nodesOfLastResult } from '@/db/queries/snapshot'
import { assignments, connectionNodes } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { NamedPrincipal, WantedOfDirectory } from '@/lib/directory/read-directory'
import type { ClaimedRun } from '@/lib/runs/runs'

type Open = Pick<ClaimedRun, 'organisationId' | 'id' | 'account'>

/** The most assignments whose principals are read for other runs: those of a company, which are read in some seconds. */
const MOST_ASSIGNMENTS = 20_000

/**
 * What the other runs of an account that are open now will want of its directory, as far as their last results tell: the groups
 * and the principals that assignments name, at each node once, and those of the runs that come next first. What a run reads for
 * all of them none of them reads again. No more rows are looked at than are taken, since every run of a large company asks.
 */
export async function wantedByOpenRuns({ organisationId, id, account }: Open): Promise<WantedOfDirectory> {
  const db = await getDb({ organisationId })
  const nodes = db
    .select({ id: connectionNodes.nodeId, next: min(syncRuns.requestedAt).as('next') })
    .from(syncRuns)
    .innerJoin(
      connections,
      and(eq(connections.organisationId, syncRuns.organisationId), eq(connections.id, syncRuns.connectionId)),
    )
    .innerJoin(connectionNodes, nodesOfLastResult)
    .where(
      and(
        eq(syncRuns.organisationId, organisationId),
        inArray(syncRuns.state, ['queued', 'running']),
        ne(syncRuns.id, id),
        eq(connections.accountId, account.id),
      ),
    )
    .groupBy(connectionNodes.nodeId)
    .orderBy(sql`next`, connectionNodes.nodeId)
    .as('wanted')
  const named = db
    .select({
      principalId: assignments.principalId,
      principalKind: assignments.principalKind,
      createdOn: assignments.createdOn,
    })
    .from(assignments)
    .where(
      and(
        eq(assignments.organisationId, organisationId),
        eq(assignments.nodeId, nodes.id),
        isNull(assignments.validTo),
        ne(assignments.principalKind, 'delegate'),
      ),
    )
    .as('named')
  const rows = db
    .select({ id: named.principalId, kind: named.principalKind, createdOn: named.createdOn })
    .from(nodes)
    .crossJoinLateral(named)
    .limit(MOST_ASSIGNMENTS)
    .as('rows')
  const found = await db
    .select({ id: rows.id, kind: rows.kind, assignedOn: min(rows.createdOn) })
    .from(rows)
    .groupBy(rows.id, rows.kind)
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
