import { and, asc, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Database } from '@/db/database'
import { assignments, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { directoryGroups, GROUP_AGES, groupMembers, groupOwners, principals } from '@/db/schema/directory'
import type { GroupAges, GroupMember } from '@/lib/domain/access'
import { listOfMember } from '@/lib/domain/group-coverage'
import type { Cursor } from '@/lib/domain/views'
import type { GroupState, PrincipalStatus } from '@/lib/domain/vocabulary'
import { GRANT } from './grants'
import { isGuid, searchText } from './input'
import { EMPTY_PAGE, keyset, type Page, readPageOrFirst } from './keyset'
import {
  ageIn,
  inSnapshot,
  isGroupOfSnapshot,
  type Published,
  publishedOf,
  type Snapshot,
  statusOfPrincipal,
  strengthOfRole,
  toPrincipal,
  toRole,
  widthOfScope,
} from './snapshot'
import { statusInSnapshot } from './subscription-holders'

/** A group that a connection's access runs through. */
export type GroupRow = {
  id: string
  name: string | null
  status: PrincipalStatus
  state: GroupState
  /** Members of its own, groups among them; and everyone and everything but groups at any depth. Null when not opened. */
  directMembers: number | null
  members: number | null
  /** Assignments it holds here itself, and the distinct roles of these. */
  grants: number
  roles: number
  /** When each of its lists was read last, if that was before this result. */
  ages: GroupAges
  /** Who own it, or can become its owners. */
  owners: number
  /** Who can become members, by activating that. */
  eligible: number
  /** Holds none itself: it is listed because it is in a group that does, or because a denial names it. */
  nestedOnly: boolean
}

type GroupQuery = {
  /** Part of a name; empty for all. */
  search: string
  cursor: Cursor | null
}

/** A page of the groups that a connection's access runs through, by name. A cursor beyond the list gives its first page. */
export async function listGroups(
  actor: Actor,
  snapshot: Snapshot,
  query: GroupQuery,
  limit = 50,
): Promise<Page<GroupRow>> {
  const published = publishedOf(snapshot)
  if (!published) return EMPTY_PAGE
  return readPageOrFirst(query.cursor, (cursor) => readGroups(actor, published, { ...query, cursor }, limit))
}

async function readGroups(
  actor: Actor,
  published: Published,
  { search, cursor }: GroupQuery,
  limit: number,
): Promise<Page<GroupRow>> {
  const { beyond, order, fetch, page } = keyset([sortNameOfGroup, directoryGroups.groupId], 'asc', cursor, limit)
  const found = await selectGroups(await getDb(actor), actor, published)
    .where(
      and(
        inSnapshot(directoryGroups, actor, published),
        isGroupOfSnapshot(actor, published, directoryGroups.groupId),
        searchText(search, [principals.name], directoryGroups.groupId),
        beyond,
      ),
    )
    .orderBy(...order)
    .limit(fetch)
  return page(found)
}

/** The connection of a snapshot, joined for its tenant. */
const isConnection = (actor: Actor, { id }: Published) =>
  and(eq(connections.organisationId, actor.organisationId), eq(connections.id, id))

/** What groups are ordered by. */
const sortNameOfGroup = sql<string>`coalesce(${principals.sortName}, ${directoryGroups.groupId})`

/** A select of the groups of a published result, for a list or for one of them. */
function selectGroups(db: Database, actor: Actor, published: Published) {
  const held = db
    .select({
      groupId: assignments.principalId,
      grants: sql<number>`count(*)::int`.as('grants'),
      roles: sql<number>`count(distinct ${assignments.roleId})::int`.as('roles'),
    })
    .from(assignments)
    .where(inSnapshot(assignments, actor, published))
    .groupBy(assignments.principalId)
    .as('held')
  const columns = {
    id: directoryGroups.groupId,
    name: principals.name,
    status: statusOfPrincipal,
    state: directoryGroups.state,
    directMembers: directoryGroups.directMembers,
    members: directoryGroups.members,
    grants: sql<number>`coalesce(${held.grants}, 0)`,
    roles: sql<number>`coalesce(${held.roles}, 0)`,
    ages: GROUP_AGES,
    owners: sql<number>`(select count(distinct ${groupOwners.ownerId})::int from ${groupOwners}
      where ${inSnapshot(groupOwners, actor, published)} and ${groupOwners.groupId} = ${directoryGroups.groupId})`,
    eligible: sql<number>`(select count(*)::int from ${groupMembers}
      where ${inSnapshot(groupMembers, actor, published)} and ${groupMembers.groupId} = ${directoryGroups.groupId}
        and ${groupMembers.membership} = 'eligible')`,
    nestedOnly: sql<boolean>`${held.grants} is null`,
    at: sql<string[]>`json_build_array(${sortNameOfGroup}, ${directoryGroups.groupId})`,
  }
  return db
    .select(columns)
    .from(directoryGroups)
    .innerJoin(connections, isConnection(actor, published))
    .leftJoin(principals, toPrincipal(connections, directoryGroups.groupId))
    .leftJoin(held, eq(held.groupId, directoryGroups.groupId))
    .$dynamic()
}

export type GroupDetails = NonNullable<Awaited<ReturnType<typeof getGroup>>>
export type GroupGrant = GroupDetails['held'][number]
export type GroupMemberRow = GroupDetails['memberPage']['rows'][number]
export type GroupOwnerRow = GroupDetails['ownedBy'][number]

/**
 * One group of a published result: its row, `held` (what it holds itself, strongest role first), `ownedBy` (who decides on
 * its members, or can become able to), `parents` (the groups it is directly in) and `memberPage`, a page of its direct members by name (of a flat group: of everyone in it). Null for a
 * group that the result does not have.
 */
export async function getGroup(
  actor: Actor,
  snapshot: Snapshot,
  groupId: string,
  cursor: Cursor | null = null,
  limit = 50,
) {
  const published = publishedOf(snapshot)
  if (!published || !isGuid(groupId)) return null
  const id = groupId.toLowerCase()
  const [found] = await selectGroups(await getDb(actor), actor, published).where(
    and(
      inSnapshot(directoryGroups, actor, published),
      eq(directoryGroups.groupId, id),
      isGroupOfSnapshot(actor, published, directoryGroups.groupId),
    ),
  )
  if (!found) return null

  const { at: _, ...row } = found
  const [held, owners, parents, memberPage] = await Promise.all([
    readGrants(actor, published, id),
    readOwners(actor, published, id),
    readParents(actor, published, id),
    readPageOrFirst(cursor, (at) => readMembers(actor, published, id, at, limit)),
  ])
  const withAge = (member: Pick<GroupMember, 'kind' | 'membership' | 'readAt'>) => ({
    readAt: ageIn(published, member.readAt) ?? row.ages[listOfMember(member)],
  })
  return {
    ...(row satisfies GroupRow),
    held: held.map((grant) => ({ ...grant, readAt: ageIn(published, grant.readAt) })),
    ownedBy: owners,
    parents,
    memberPage: { ...memberPage, rows: memberPage.rows.map((member) => ({ ...member, ...withAge(member) })) },
  }
}

async function readGrants(actor: Actor, published: Published, groupId: string) {
  const db = await getDb(actor)
  return db
    .select(GRANT)
    .from(assignments)
    .leftJoin(roleDefinitions, toRole(assignments, assignments.roleId))
    .where(and(inSnapshot(assignments, actor, published), eq(assignments.principalId, groupId)))
    .orderBy(asc(strengthOfRole), asc(widthOfScope), asc(assignments.key))
}

/** The most owners that a page lists; Graph keeps at most a hundred for a group. */
const MOST_OWNERS = 100

async function readOwners(actor: Actor, published: Published, groupId: string) {
  const db = await getDb(actor)
  return db
    .select({
      id: groupOwners.ownerId,
      kind: groupOwners.ownerKind,
      ownership: groupOwners.ownership,
      endsAt: groupOwners.endsAt,
      name: principals.name,
      email: principals.email,
      emailSource: principals.emailSource,
      variety: principals.variety,
      status: statusInSnapshot(actor, published, groupOwners.ownerId),
      guest: sql<boolean>`coalesce(${principals.guest}, false)`,
    })
    .from(groupOwners)
    .innerJoin(connections, isConnection(actor, published))
    .leftJoin(principals, toPrincipal(connections, groupOwners.ownerId))
    .where(and(inSnapshot(groupOwners, actor, published), eq(groupOwners.groupId, groupId)))
    .orderBy(asc(sql`coalesce(${principals.sortName}, ${groupOwners.ownerId})`), asc(groupOwners.ownership))
    .limit(MOST_OWNERS)
}

async function readParents(actor: Actor, published: Published, groupId: string) {
  const db = await getDb(actor)
  return db
    .select({
      id: groupMembers.groupId,
      name: principals.name,
      since: groupMembers.validFrom,
    })
    .from(groupMembers)
    .innerJoin(connections, isConnection(actor, published))
    .leftJoin(principals, toPrincipal(connections, groupMembers.groupId))
    .where(
      and(
        inSnapshot(groupMembers, actor, published),
        eq(groupMembers.memberId, groupId),
        isGroupOfSnapshot(actor, published, groupMembers.groupId),
      ),
    )
    .orderBy(asc(sql`coalesce(${principals.sortName}, ${groupMembers.groupId})`), asc(groupMembers.groupId))
}

async function readMembers(actor: Actor, published: Published, groupId: string, cursor: Cursor | null, limit: number) {
  const sortName = sql`coalesce(${principals.sortName}, ${groupMembers.memberId})`
  const { beyond, order, fetch, at, page } = keyset(
    [sortName, groupMembers.memberId, groupMembers.membership],
    'asc',
    cursor,
    limit,
  )
  const db = await getDb(actor)
  const found = await db
    .select({
      at,
      id: groupMembers.memberId,
      kind: groupMembers.memberKind,
      membership: groupMembers.membership,
      endsAt: groupMembers.endsAt,
      readAt: groupMembers.readAt,
      name: principals.name,
      email: principals.email,
      emailSource: principals.emailSource,
      variety: principals.variety,
      status: statusInSnapshot(actor, published, groupMembers.memberId),
      guest: sql<boolean>`coalesce(${principals.guest}, false)`,
      since: groupMembers.validFrom,
    })
    .from(groupMembers)
    .innerJoin(connections, isConnection(actor, published))
    .leftJoin(principals, toPrincipal(connections, groupMembers.memberId))
    .where(and(inSnapshot(groupMembers, actor, published), eq(groupMembers.groupId, groupId), beyond))
    .orderBy(...order)
    .limit(fetch)
  return page(found)
}
