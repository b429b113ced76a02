import { and, asc, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, connectionGroups, connections, groupMembers, principals, roleDefinitions } from '@/db/schema'
import type { PersonStatus } from '@/lib/domain/vocabulary'
import {
  assignmentsOf,
  type Published,
  publishedOf,
  type Snapshot,
  strengthOfRole,
  toRole,
  widthOfScope,
} from './access-rows'
import { type GroupFacts, groupsOf, selectGroups } from './group-facts'
import { inSnapshot } from './in-snapshot'
import { isGuid } from './is-guid'
import { type Cursor, keyset } from './keyset'

export type GroupDetails = NonNullable<Awaited<ReturnType<typeof getGroup>>>
export type GroupGrant = GroupDetails['held'][number]
export type GroupParent = GroupDetails['parents'][number]
export type GroupMemberRow = GroupDetails['memberPage']['rows'][number]

/**
 * One group of a published result: its facts, `held` (what it holds itself, strongest role first), `parents` (the groups it is
 * directly in) and `memberPage`, a page of its direct members by name (of a flat group: of everyone in it). Null for a group the result does not have.
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
  const [found] = await selectGroups(await getDb(), actor, published).where(
    and(groupsOf(actor, published), eq(connectionGroups.groupId, id)),
  )
  if (!found) return null

  const { at: _, ...facts } = found
  const [held, parents, first] = await Promise.all([
    readGrants(actor, published, id),
    readParents(actor, published, id),
    readMembers(actor, published, id, cursor, limit),
  ])
  const memberPage = first.rows.length === 0 && cursor ? await readMembers(actor, published, id, null, limit) : first
  return { ...(facts satisfies GroupFacts), held, parents, memberPage }
}

async function readGrants(actor: Actor, published: Published, groupId: string) {
  const db = await getDb()
  return db
    .select({
      key: assignments.key,
      roleId: assignments.roleId,
      roleName: roleDefinitions.name,
      privilege: roleDefinitions.privilege,
      custom: sql<boolean>`coalesce(${roleDefinitions.custom}, false)`,
      scope: assignments.scope,
      level: assignments.scopeLevel,
      kind: assignments.kind,
      startsAt: assignments.startsAt,
      endsAt: assignments.endsAt,
      condition: assignments.condition,
      assignedOn: assignments.createdOn,
      firstSeen: assignments.validFrom,
    })
    .from(assignments)
    .leftJoin(roleDefinitions, toRole)
    .where(and(assignmentsOf(actor, published), eq(assignments.principalId, groupId)))
    .orderBy(asc(strengthOfRole), asc(widthOfScope), asc(assignments.key))
}

async function readParents(actor: Actor, published: Published, groupId: string) {
  const db = await getDb()
  return db
    .select({
      id: groupMembers.groupId,
      name: principals.name,
      since: groupMembers.validFrom,
    })
    .from(groupMembers)
    .innerJoin(connections, toConnection)
    .leftJoin(principals, inTenant(groupMembers.groupId))
    .where(and(inSnapshot(groupMembers, actor, published), eq(groupMembers.memberId, groupId)))
    .orderBy(asc(sql`coalesce(${principals.sortName}, ${groupMembers.groupId})`), asc(groupMembers.groupId))
}

async function readMembers(actor: Actor, published: Published, groupId: string, cursor: Cursor | null, limit: number) {
  const sortName = sql`coalesce(${principals.sortName}, ${groupMembers.memberId})`
  const { beyond, order, fetch, at, page } = keyset([sortName, groupMembers.memberId], 'asc', cursor, limit)
  const db = await getDb()
  const found = await db
    .select({
      at,
      id: groupMembers.memberId,
      kind: groupMembers.memberKind,
      name: principals.name,
      email: principals.email,
      status: sql<PersonStatus>`coalesce(${principals.status}, 'not_readable')`,
      guest: sql<boolean>`coalesce(${principals.guest}, false)`,
      since: groupMembers.validFrom,
    })
    .from(groupMembers)
    .innerJoin(connections, toConnection)
    .leftJoin(principals, inTenant(groupMembers.memberId))
    .where(and(inSnapshot(groupMembers, actor, published), eq(groupMembers.groupId, groupId), beyond))
    .orderBy(...order)
    .limit(fetch)
  return page(found)
}

const toConnection = and(
  eq(connections.organisationId, groupMembers.organisationId),
  eq(connections.id, groupMembers.connectionId),
)

/** Joins to what is known of a member, or of the group, in the connection's tenant. */
const inTenant = (id: typeof groupMembers.groupId | typeof groupMembers.memberId) =>
  and(
    eq(principals.organisationId, connections.organisationId),
    eq(principals.tenantId, connections.tenantId),
    eq(principals.id, id),
  )
