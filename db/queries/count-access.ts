import { and, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, principals } from '@/db/schema'
import {
  type AccessFilter,
  assignmentsOf,
  heldByOthers,
  heldByPeople,
  matches,
  type Snapshot,
  toPrincipal,
} from './access-rows'

export type AccessCounts = {
  people: number
  assignments: number
  roles: number
  otherPrincipals: number
  otherAssignments: number
  groups: number
}

const NONE: AccessCounts = { people: 0, assignments: 0, roles: 0, otherPrincipals: 0, otherAssignments: 0, groups: 0 }

/**
 * How much a snapshot holds, or what a filter leaves of it. `assignments` are those of people, `roles` those held by
 * anyone, `groups` the groups among the other principals.
 */
export async function countAccess(actor: Actor, snapshot: Snapshot, filter?: AccessFilter): Promise<AccessCounts> {
  if (!snapshot.publishedAt) return NONE
  const db = await getDb()
  const [counted] = await db
    .select({
      people: sql<number>`count(distinct ${assignments.principalId}) filter (where ${heldByPeople})::int`,
      assignments: sql<number>`count(*) filter (where ${heldByPeople})::int`,
      roles: sql<number>`count(distinct ${assignments.roleId})::int`,
      otherPrincipals: sql<number>`count(distinct ${assignments.principalId}) filter (where ${heldByOthers})::int`,
      otherAssignments: sql<number>`count(*) filter (where ${heldByOthers})::int`,
      groups: sql<number>`count(distinct ${assignments.principalId}) filter (where ${assignments.principalKind} in ('group', 'foreign_group'))::int`,
    })
    .from(assignments)
    .leftJoin(principals, toPrincipal)
    .where(and(assignmentsOf(actor, { id: snapshot.id, publishedAt: snapshot.publishedAt }), filter && matches(filter)))
  return counted ?? NONE
}
