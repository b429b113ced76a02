import { and, count, eq, gt, isNotNull, isNull, like, ne, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { getDb } from '@/db/client'
import { assignments, connectionNodes, denyAssignments, nodes, roleDefinitions } from '@/db/schema/access'
import { syncRuns } from '@/db/schema/runs'
import { isAnyOf } from '@/db/text-array'
import type { DenyAssignment, HeldAssignment, RoleDefinition } from '@/lib/domain/access'
import type { AzureCount, CoverageLine, Dataset, Drop, ManagementGroup } from '@/lib/domain/vocabulary'
import type { ClaimedRun } from '@/lib/runs/runs'

/**
 * The published result that a run follows on: what stands in for lists that cannot be read this time, and what a first
 * look is compared with. Everything is asked for only when it is needed.
 */
export type LastResult = {
  /** Null before the first result. */
  publishedAt: Date | null
  managementGroups: ManagementGroup[] | null
  /** When what the last result has of a kind of data was really read; null before the first result. */
  readAt(dataset: Dataset): Promise<Date | null>
  /** How many assignments it has, eligible and delegated ones not counted. */
  countAssignments(): Promise<number>
  /** What it said of assignments that were gone; null when none were. */
  readDrop(): Promise<Drop | null>
  /** How many assignments Azure itself counted when it was asked last; null when it never told. */
  readCounted(): Promise<AzureCount | null>
  listEligible(): Promise<HeldAssignment[]>
  listDelegated(): Promise<HeldAssignment[]>
  /** Those that are activated or end at some time. */
  listTimeBound(): Promise<HeldAssignment[]>
  listByKey(keys: string[]): Promise<HeldAssignment[]>
  listDenies(): Promise<DenyAssignment[]>
  listRoles(ids: string[]): Promise<RoleDefinition[]>
}

/** What has ended since, by the database's clock, is not kept, whatever could be read. */
const lasts = ({ endsAt }: { endsAt: PgColumn }) => or(isNull(endsAt), gt(endsAt, sql`now()`))

export function lastResultOf({ organisationId, connection, account }: ClaimedRun): LastResult {
  /** The nodes of the last result; those of another account than the one that reads now stand in for nothing. */
  const ofChain = (more?: SQL) => sql`(select ${nodes.id} from ${nodes} join ${connectionNodes}
    on ${connectionNodes.organisationId} = ${nodes.organisationId} and ${connectionNodes.nodeId} = ${nodes.id}
    where ${nodes.organisationId} = ${organisationId} and ${connectionNodes.connectionId} = ${connection.id}
      and ${connectionNodes.validTo} is null${more ? sql` and ${more}` : sql``})`
  const isCurrent = (table: { organisationId: PgColumn; nodeId: PgColumn; validTo: PgColumn }, more?: SQL) =>
    and(eq(table.organisationId, organisationId), sql`${table.nodeId} in ${ofChain(more)}`, isNull(table.validTo))
  const isOwn = eq(nodes.accountId, account.id)
  const inDirectory = (table: { organisationId: PgColumn; tenantId: PgColumn }) =>
    and(eq(table.organisationId, organisationId), eq(table.tenantId, connection.tenantId))

  /**
   * @param list when its list was read last: the connections of a node share it, so that rows which another one has read since
   *   this one's last result are not old because this one is refused.
   */
  const listAssignments = async (
    more: SQL | undefined,
    list: 'read_at' | 'eligible_read_at' = 'read_at',
  ): Promise<HeldAssignment[]> => {
    const db = await getDb({ organisationId })
    // The names are written out: the query builder shortens those of the one table that it selects from.
    const isReadSince = sql<boolean>`exists (select from connection_nodes shared
      join connections other on other.organisation_id = shared.organisation_id and other.id = shared.connection_id
      where shared.organisation_id = ${organisationId} and shared.node_id = assignments.node_id and shared.valid_to is null
        and other.id <> ${connection.id} and other.${sql.identifier(list)} > ${connection.publishedAt?.toISOString() ?? null})`
    const found = await db
      .select({ row: assignments, isReadSince })
      .from(assignments)
      .where(
        and(isCurrent(assignments, isOwn), eq(assignments.tenantId, connection.tenantId), lasts(assignments), more),
      )
    return found.map(({ row, isReadSince: isFresh }) => ({
      ...row,
      id: row.key.slice(row.key.lastIndexOf(' ') + 1),
      agent: false,
      readAt: row.readAt ?? (isFresh ? null : connection.publishedAt),
    }))
  }
  let coverage: Promise<CoverageLine[]> | null = null
  const readCoverage = async (): Promise<CoverageLine[]> => {
    if (!connection.publishedRunId) return []
    const db = await getDb({ organisationId })
    const [run] = await db
      .select({ coverage: syncRuns.coverage })
      .from(syncRuns)
      .where(and(eq(syncRuns.organisationId, organisationId), eq(syncRuns.id, connection.publishedRunId)))
    return run?.coverage ?? []
  }

  return {
    publishedAt: connection.publishedAt,
    managementGroups: connection.managementGroups,
    async readAt(dataset) {
      coverage ??= readCoverage()
      const line = (await coverage).find((one) => one.dataset === dataset)
      return line?.keptSince ? new Date(line.keptSince) : connection.publishedAt
    },
    async readDrop() {
      coverage ??= readCoverage()
      return (await coverage).find(({ dataset }) => dataset === 'assignments')?.drop ?? null
    },
    async readCounted() {
      coverage ??= readCoverage()
      return (await coverage).find(({ dataset }) => dataset === 'assignments')?.counted ?? null
    },
    async countAssignments() {
      const db = await getDb({ organisationId })
      const isHeld = and(ne(assignments.kind, 'eligible'), ne(assignments.principalKind, 'delegate'))
      const [counted] = await db
        .select({ current: count() })
        .from(assignments)
        .where(and(isCurrent(assignments), isHeld))
      return counted?.current ?? 0
    },
    listEligible: () => listAssignments(like(assignments.key, 'eligible %'), 'eligible_read_at'),
    listDelegated: () => listAssignments(eq(assignments.principalKind, 'delegate')),
    listTimeBound: () => listAssignments(or(eq(assignments.kind, 'activated'), isNotNull(assignments.endsAt))),
    listByKey: async (keys) => (keys.length === 0 ? [] : listAssignments(isAnyOf(assignments.key, keys))),
    async listDenies() {
      const db = await getDb({ organisationId })
      return db.select().from(denyAssignments).where(isCurrent(denyAssignments, isOwn))
    },
    async listRoles(ids) {
      const db = await getDb({ organisationId })
      if (ids.length === 0) return []
      const found = await db
        .select()
        .from(roleDefinitions)
        .where(and(inDirectory(roleDefinitions), isAnyOf(roleDefinitions.id, ids)))
      return found.flatMap(({ name, privilege, ...role }) => (name && privilege ? [{ ...role, name, privilege }] : []))
    },
  }
}
