import { and, asc, lte, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, principals } from '@/db/schema'
import {
  assignmentsOf,
  heldByPeople,
  type Snapshot,
  sortNameOfPrincipal,
  statusOfPrincipal,
  toPrincipal,
} from './access-rows'

export type RoleHolder = Awaited<ReturnType<typeof readHolders>>[number]

/** The first people, by name, who hold each role of a snapshot: at most `each` per role, in one read for all roles. */
export async function listRoleHolders(actor: Actor, snapshot: Snapshot, each = 20): Promise<RoleHolder[]> {
  return snapshot.publishedAt ? readHolders(actor, { id: snapshot.id, publishedAt: snapshot.publishedAt }, each) : []
}

async function readHolders(actor: Actor, snapshot: { id: string; publishedAt: Date }, each: number) {
  const db = await getDb()
  const held = db
    .selectDistinct({
      roleId: assignments.roleId,
      personId: assignments.principalId,
      name: principals.name,
      email: principals.email,
      status: statusOfPrincipal.as('person_status'),
      guest: sql<boolean>`coalesce(${principals.guest}, false)`.as('is_guest'),
      sortName: sortNameOfPrincipal.as('person_sort_name'),
    })
    .from(assignments)
    .leftJoin(principals, toPrincipal)
    .where(and(assignmentsOf(actor, snapshot), heldByPeople))
    .as('held')
  const ranked = db
    .select({
      roleId: held.roleId,
      personId: held.personId,
      name: held.name,
      email: held.email,
      status: held.status,
      guest: held.guest,
      place: sql<number>`row_number() over (partition by ${held.roleId} order by ${held.sortName}, ${held.personId})`
        .mapWith(Number)
        .as('place'),
    })
    .from(held)
    .as('ranked')
  return db
    .select({
      roleId: ranked.roleId,
      personId: ranked.personId,
      name: ranked.name,
      email: ranked.email,
      status: ranked.status,
      guest: ranked.guest,
    })
    .from(ranked)
    .where(lte(ranked.place, each))
    .orderBy(asc(ranked.roleId), asc(ranked.place))
}
