import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import type { Database } from '@/db/database'
import { assignments, connectionGroups, connections, principals } from '@/db/schema'
import type { GroupState, PersonStatus } from '@/lib/domain/vocabulary'
import { assignmentsOf, type Published, statusOfPrincipal } from './access-rows'
import { inSnapshot } from './in-snapshot'

/** A group that a connection's access runs through. */
export type GroupFacts = {
  id: string
  name: string | null
  status: PersonStatus
  state: GroupState
  /** Members of its own, groups among them; and everyone and everything but groups at any depth. Null when not opened. */
  directMembers: number | null
  members: number | null
  /** Assignments it holds here itself, and the distinct roles of these. */
  grants: number
  roles: number
  /** Holds none itself: it is here because it lies in a group that does, or because a denial names it. */
  nestedOnly: boolean
}

/** What groups are ordered by. */
export const sortNameOfGroup = sql<string>`coalesce(${principals.sortName}, ${connectionGroups.groupId})`

/** A select of the groups of a published result, for a list or for one of them. */
export function selectGroups(db: Database, actor: Actor, published: Published) {
  const held = db
    .select({
      groupId: assignments.principalId,
      grants: sql<number>`count(*)::int`.as('grants'),
      roles: sql<number>`count(distinct ${assignments.roleId})::int`.as('roles'),
    })
    .from(assignments)
    .where(assignmentsOf(actor, published))
    .groupBy(assignments.principalId)
    .as('held')
  const facts = {
    id: connectionGroups.groupId,
    name: principals.name,
    status: statusOfPrincipal,
    state: connectionGroups.state,
    directMembers: connectionGroups.directMembers,
    members: connectionGroups.members,
    grants: sql<number>`coalesce(${held.grants}, 0)`,
    roles: sql<number>`coalesce(${held.roles}, 0)`,
    nestedOnly: sql<boolean>`${held.grants} is null`,
    at: sql<string[]>`json_build_array(${sortNameOfGroup}, ${connectionGroups.groupId})`,
  }
  return db
    .select(facts)
    .from(connectionGroups)
    .innerJoin(
      connections,
      and(
        eq(connections.organisationId, connectionGroups.organisationId),
        eq(connections.id, connectionGroups.connectionId),
      ),
    )
    .leftJoin(
      principals,
      and(
        eq(principals.organisationId, connections.organisationId),
        eq(principals.tenantId, connections.tenantId),
        eq(principals.id, connectionGroups.groupId),
      ),
    )
    .leftJoin(held, eq(held.groupId, connectionGroups.groupId))
    .$dynamic()
}

/** The groups that a published result shows. */
export const groupsOf = (actor: Actor, published: Published) => inSnapshot(connectionGroups, actor, published)
