import { asc, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, roleDefinitions } from '@/db/schema'
import { assignmentsOf, heldByOthers, heldByPeople, type Snapshot, strengthOfRole, toRole } from './access-rows'

export type RoleHeld = Awaited<ReturnType<typeof readRoles>>[number]

/** The roles someone or something holds in a snapshot, strongest first, each with how many hold it. */
export async function listRolesHeld(actor: Actor, snapshot: Snapshot): Promise<RoleHeld[]> {
  return snapshot.publishedAt ? readRoles(actor, { id: snapshot.id, publishedAt: snapshot.publishedAt }) : []
}

async function readRoles(actor: Actor, snapshot: { id: string; publishedAt: Date }) {
  const db = await getDb()
  return db
    .select({
      id: assignments.roleId,
      name: roleDefinitions.name,
      custom: sql<boolean>`coalesce(${roleDefinitions.custom}, false)`,
      privilege: roleDefinitions.privilege,
      description: roleDefinitions.description,
      people: sql<number>`count(distinct ${assignments.principalId}) filter (where ${heldByPeople})::int`,
      others: sql<number>`count(distinct ${assignments.principalId}) filter (where ${heldByOthers})::int`,
    })
    .from(assignments)
    .leftJoin(roleDefinitions, toRole)
    .where(assignmentsOf(actor, snapshot))
    .groupBy(
      assignments.roleId,
      roleDefinitions.name,
      roleDefinitions.custom,
      roleDefinitions.privilege,
      roleDefinitions.description,
      roleDefinitions.sortName,
    )
    .orderBy(
      asc(strengthOfRole),
      asc(sql`coalesce(${roleDefinitions.sortName}, ${assignments.roleId})`),
      asc(assignments.roleId),
    )
}
