import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { getDb } from '@/db/client'
import { readDatabaseNow } from '@/db/queries/clock'
import type { accounts } from '@/db/schema/accounts'
import {
  directoryGroups,
  directoryReadings,
  GROUP_AGES,
  groupMembers,
  groupOwners,
  principals,
} from '@/db/schema/directory'
import { isAnyOf } from '@/db/text-array'
import type { GroupAges, GroupMember, GroupOwner, PrincipalFacts } from '@/lib/domain/access'

/** Whose directory it is: an account, in its tenant. */
export type DirectoryOwner = Pick<
  typeof accounts.$inferSelect,
  'organisationId' | 'id' | 'tenantId' | 'publishedAt' | 'signIns' | 'directoryEpoch'
>

/** A group as it is stored. `ages`: when lists that could not be read when it was stored were read last. */
export type StoredGroup = {
  id: string
  /** Whether its members were ever read. */
  wasOpened: boolean
  ages: GroupAges
  /** When it was read last. */
  readAt: Date | null
  members: GroupMember[]
  owners: GroupOwner[]
}

/** What is known of a principal from earlier runs of any connection of the tenant. */
export type StoredPrincipal = Pick<PrincipalFacts, 'id' | 'kind' | 'status' | 'missingSince'>

/**
 * What is stored of an account's directory: what stands in for lists that cannot be read this time, and what a first look is
 * compared with. Everything is asked for only when it is needed.
 */
export type StoredDirectory = {
  /** The time of the database, by which ages are counted. */
  now(): Promise<Date>
  listGroups(ids: string[]): Promise<StoredGroup[]>
  listPrincipals(ids: string[]): Promise<StoredPrincipal[]>
}

/** The stored directory of an account. */
export function storedDirectoryOf({ organisationId, id: accountId, ...account }: DirectoryOwner): StoredDirectory {
  const isCurrent = (table: { organisationId: PgColumn; accountId: PgColumn; validTo: PgColumn }): SQL | undefined =>
    and(eq(table.organisationId, organisationId), eq(table.accountId, accountId), isNull(table.validTo))

  const listGroups = async (ids: string[]): Promise<StoredGroup[]> => {
    const db = await getDb({ organisationId })
    const read = sql`(select one.id, max(${directoryReadings.storedAt}) as read_at
      from ${directoryReadings}, jsonb_array_elements_text(${directoryReadings.groupIds}) as one (id)
      where ${directoryReadings.organisationId} = ${organisationId} and ${directoryReadings.accountId} = ${accountId}
      group by one.id) as read`
    const readAt = sql<Date | null>`read.read_at`.mapWith(directoryReadings.storedAt)
    const [groups, members, owners] = await Promise.all([
      db
        .select({ id: directoryGroups.groupId, members: directoryGroups.members, ages: GROUP_AGES, readAt })
        .from(directoryGroups)
        .leftJoin(read, sql`read.id = ${directoryGroups.groupId}`)
        .where(and(isCurrent(directoryGroups), isAnyOf(directoryGroups.groupId, ids))),
      db
        .select()
        .from(groupMembers)
        .where(and(isCurrent(groupMembers), isAnyOf(groupMembers.groupId, ids), lasts(groupMembers))),
      db
        .select()
        .from(groupOwners)
        .where(and(isCurrent(groupOwners), isAnyOf(groupOwners.groupId, ids), lasts(groupOwners))),
    ])
    const membersOf = Map.groupBy(members, ({ groupId }) => groupId)
    const ownersOf = Map.groupBy(owners, ({ groupId }) => groupId)
    return groups.map(({ id, ages, members: reached, readAt: at }) => ({
      id,
      wasOpened: reached !== null,
      ages,
      readAt: at ?? account.publishedAt,
      members: (membersOf.get(id) ?? []).map(({ memberId, memberKind, membership, endsAt, readAt }) => ({
        ...{ id: memberId, kind: memberKind, agent: false, membership, endsAt, readAt },
      })),
      owners: (ownersOf.get(id) ?? []).map(({ ownerId, ownerKind, ownership, endsAt }) => ({
        ...{ id: ownerId, kind: ownerKind, agent: false, ownership, endsAt },
      })),
    }))
  }

  return {
    now: () => readDatabaseNow(),
    listGroups: async (ids) => (ids.length === 0 ? [] : listGroups(ids)),
    async listPrincipals(ids) {
      const { id, kind, status, missingSince } = principals
      const db = await getDb({ organisationId })
      if (ids.length === 0) return []
      return db
        .select({ id, kind, status, missingSince })
        .from(principals)
        .where(
          and(
            eq(principals.organisationId, organisationId),
            eq(principals.tenantId, account.tenantId),
            isAnyOf(id, ids),
          ),
        )
    },
  }
}

/** Whether an assignment, a membership or an ownership has no end, or one that is yet to come. */
const lasts = (table: { endsAt: PgColumn }): SQL => sql`(${table.endsAt} is null or ${table.endsAt} > now())`
