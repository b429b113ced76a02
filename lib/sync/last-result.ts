import { and, count, eq, gt, inArray, isNotNull, isNull, like, ne, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { getDb } from '@/db/client'
import { readDatabaseNow } from '@/db/queries/clock'
import {
  assignments,
  connectionGroups,
  denyAssignments,
  GROUP_AGES,
  groupMembers,
  groupOwners,
  principals,
  roleDefinitions,
} from '@/db/schema/access'
import { syncRuns } from '@/db/schema/runs'
import type {
  DenyAssignment,
  GroupAges,
  GroupMember,
  GroupOwner,
  HeldAssignment,
  PrincipalFacts,
  RoleDefinition,
} from '@/lib/domain/access'
import type { CoverageLine, Dataset, Drop, ManagementGroup } from '@/lib/domain/vocabulary'
import type { ClaimedRun } from '@/lib/runs/runs'

/** A group as the last result has it. `ages`: when lists that it could not read either were read last. */
export type LastGroup = {
  id: string
  /** Whether its members were ever read. */
  wasOpened: boolean
  ages: GroupAges
  members: GroupMember[]
  owners: GroupOwner[]
}

/** What is known of a principal from earlier runs of any connection of the tenant. */
export type LastPrincipal = Pick<PrincipalFacts, 'id' | 'kind' | 'status' | 'missingSince'>

/**
 * The published result that a run follows on: what stands in for lists that cannot be read this time, and what a first
 * look is compared with. Everything is asked for only when it is needed.
 */
export type LastResult = {
  /** Null before the first result. */
  publishedAt: Date | null
  managementGroups: ManagementGroup[] | null
  /** The time of the database, by which ages are counted. */
  now(): Promise<Date>
  /** When what the last result has of a kind of data was really read; null before the first result. */
  readAt(dataset: Dataset): Promise<Date | null>
  /** How many assignments it has, eligible and delegated ones not counted. */
  countAssignments(): Promise<number>
  /** What it said of assignments that were gone; null when none were. */
  readDrop(): Promise<Drop | null>
  listEligible(): Promise<HeldAssignment[]>
  listDelegated(): Promise<HeldAssignment[]>
  /** Those that are activated or end at some time. */
  listTimeBound(): Promise<HeldAssignment[]>
  listByKey(keys: string[]): Promise<HeldAssignment[]>
  listDenies(): Promise<DenyAssignment[]>
  listRoles(ids: string[]): Promise<RoleDefinition[]>
  listGroups(ids: string[]): Promise<LastGroup[]>
  listPrincipals(ids: string[]): Promise<LastPrincipal[]>
}

/** Ids in one statement: PostgreSQL takes at most 65,535 parameters. */
const MOST_IDS = 10_000

async function inPieces<Row>(ids: string[], read: (some: string[]) => Promise<Row[]>): Promise<Row[]> {
  const found: Row[] = []
  for (let from = 0; from < ids.length; from += MOST_IDS) found.push(...(await read(ids.slice(from, from + MOST_IDS))))
  return found
}

/** What has ended since, by the database's clock, is not kept, whatever could be read. */
const lasts = ({ endsAt }: { endsAt: PgColumn }) => or(isNull(endsAt), gt(endsAt, sql`now()`))

export function lastResultOf({ organisationId, connection }: ClaimedRun): LastResult {
  const isCurrent = (table: { organisationId: PgColumn; connectionId: PgColumn; validTo: PgColumn }) =>
    and(eq(table.organisationId, organisationId), eq(table.connectionId, connection.id), isNull(table.validTo))
  const inDirectory = (table: { organisationId: PgColumn; tenantId: PgColumn }) =>
    and(eq(table.organisationId, organisationId), eq(table.tenantId, connection.tenantId))

  const listAssignments = async (more: SQL | undefined): Promise<HeldAssignment[]> => {
    const db = await getDb({ organisationId })
    const found = await db
      .select()
      .from(assignments)
      .where(and(isCurrent(assignments), eq(assignments.tenantId, connection.tenantId), lasts(assignments), more))
    return found.map((row) => ({
      ...row,
      id: row.key.slice(row.key.lastIndexOf(' ') + 1),
      agent: false,
      readAt: row.readAt ?? connection.publishedAt,
    }))
  }
  const listGroups = async (ids: string[]): Promise<LastGroup[]> => {
    const db = await getDb({ organisationId })
    const [groups, members, owners] = await Promise.all([
      db
        .select({ id: connectionGroups.groupId, members: connectionGroups.members, ages: GROUP_AGES })
        .from(connectionGroups)
        .where(and(isCurrent(connectionGroups), inArray(connectionGroups.groupId, ids))),
      db
        .select()
        .from(groupMembers)
        .where(and(isCurrent(groupMembers), inArray(groupMembers.groupId, ids), lasts(groupMembers))),
      db
        .select()
        .from(groupOwners)
        .where(and(isCurrent(groupOwners), inArray(groupOwners.groupId, ids), lasts(groupOwners))),
    ])
    const membersOf = Map.groupBy(members, ({ groupId }) => groupId)
    const ownersOf = Map.groupBy(owners, ({ groupId }) => groupId)
    return groups.map(({ id, ages, members: reached }) => ({
      id,
      wasOpened: reached !== null,
      ages,
      members: (membersOf.get(id) ?? []).map(({ memberId, memberKind, membership, endsAt, readAt }) => ({
        ...{ id: memberId, kind: memberKind, agent: false, membership, endsAt, readAt },
      })),
      owners: (ownersOf.get(id) ?? []).map(({ ownerId, ownerKind, ownership, endsAt }) => ({
        ...{ id: ownerId, kind: ownerKind, agent: false, ownership, endsAt },
      })),
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
    now: () => readDatabaseNow(),
    async readAt(dataset) {
      coverage ??= readCoverage()
      const line = (await coverage).find((one) => one.dataset === dataset)
      return line?.keptSince ? new Date(line.keptSince) : connection.publishedAt
    },
    async readDrop() {
      coverage ??= readCoverage()
      return (await coverage).find(({ dataset }) => dataset === 'assignments')?.drop ?? null
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
    listEligible: () => listAssignments(like(assignments.key, 'eligible %')),
    listDelegated: () => listAssignments(eq(assignments.principalKind, 'delegate')),
    listTimeBound: () => listAssignments(or(eq(assignments.kind, 'activated'), isNotNull(assignments.endsAt))),
    listByKey: (keys) => inPieces(keys, (some) => listAssignments(inArray(assignments.key, some))),
    async listDenies() {
      const db = await getDb({ organisationId })
      return db.select().from(denyAssignments).where(isCurrent(denyAssignments))
    },
    async listRoles(ids) {
      const db = await getDb({ organisationId })
      const found = await inPieces(ids, (some) =>
        db
          .select()
          .from(roleDefinitions)
          .where(and(inDirectory(roleDefinitions), inArray(roleDefinitions.id, some))),
      )
      return found.flatMap(({ name, privilege, ...role }) => (name && privilege ? [{ ...role, name, privilege }] : []))
    },
    listGroups: (ids) => inPieces(ids, listGroups),
    async listPrincipals(ids) {
      const { id, kind, status, missingSince } = principals
      const db = await getDb({ organisationId })
      return inPieces(ids, (some) =>
        db
          .select({ id, kind, status, missingSince })
          .from(principals)
          .where(and(inDirectory(principals), inArray(id, some))),
      )
    },
  }
}
