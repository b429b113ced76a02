import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, connections, roleDefinitions, syncRuns } from '@/db/schema'
import type { Privilege, RoleCount } from '@/lib/domain/vocabulary'
import { assignmentsOf, heldByPeople, type Published, publishedOf, type Snapshot, strengthOfRole } from './access-rows'
import { runOf } from './run-of'

export type RoleHeld = {
  id: string
  name: string | null
  custom: boolean
  privilege: Privilege | null
  privileged: boolean
  /** A custom role that amounts to Owner. */
  ownerEquivalent: boolean
  description: string | null
  /** Who hold it, directly or through groups; `eligible` are the people who could activate it and do not hold it. */
  people: number
  others: number
  eligible: number
}

/**
 * The roles someone or something holds or could activate in a snapshot, strongest first. How many do was counted when the
 * snapshot was published; of one from before such counts, those that assignments name themselves are counted.
 */
export async function listRolesHeld(actor: Actor, snapshot: Snapshot): Promise<RoleHeld[]> {
  const published = publishedOf(snapshot)
  if (!published) return []
  const counts = await readCounts(actor, published)
  const ids = Object.keys(counts)
  const counted = ids.length > 0 ? await readCounted(actor, published, ids) : []
  // All of them are there, unless the subscription has moved to another directory since.
  if (counted.length === ids.length && ids.length > 0)
    return counted.map((role) => ({ ...role, ...(counts[role.id] ?? NOBODY) }))
  const roles = await readRoles(actor, published)
  return roles.map(({ named, ...role }) => ({ ...role, ...(ids.length > 0 ? (counts[role.id] ?? NOBODY) : named) }))
}

const NOBODY: RoleCount = { people: 0, others: 0, eligible: 0 }

/** The definitions of roles that were counted at the publish: no assignment has to be looked at. */
async function readCounted(actor: Actor, published: Published, ids: string[]) {
  const db = await getDb()
  return db
    .select({
      id: roleDefinitions.id,
      name: roleDefinitions.name,
      custom: roleDefinitions.custom,
      privilege: roleDefinitions.privilege,
      privileged: roleDefinitions.privileged,
      ownerEquivalent: roleDefinitions.ownerEquivalent,
      description: roleDefinitions.description,
    })
    .from(roleDefinitions)
    .innerJoin(
      connections,
      and(
        eq(connections.organisationId, actor.organisationId),
        eq(connections.id, published.id),
        eq(connections.tenantId, roleDefinitions.tenantId),
      ),
    )
    .where(and(eq(roleDefinitions.organisationId, actor.organisationId), inArray(roleDefinitions.id, ids)))
    .orderBy(asc(strengthOfRole), asc(roleDefinitions.sortName), asc(roleDefinitions.id))
}

async function readCounts(actor: Actor, published: Published): Promise<Record<string, RoleCount>> {
  const db = await getDb()
  const [run] = await db.select({ counts: syncRuns.roleCounts }).from(syncRuns).where(runOf(actor, published)).limit(1)
  return run?.counts ?? {}
}

async function readRoles(actor: Actor, published: Published) {
  const db = await getDb()
  const held = db
    .select({
      tenantId: assignments.tenantId,
      roleId: assignments.roleId,
      people:
        sql<number>`count(distinct ${assignments.principalId}) filter (where ${heldByPeople} and ${assignments.kind} <> 'eligible')::int`.as(
          'people',
        ),
      others: sql<number>`count(distinct ${assignments.principalId}) filter (where not ${heldByPeople})::int`.as(
        'others',
      ),
      eligible:
        sql<number>`count(distinct ${assignments.principalId}) filter (where ${heldByPeople} and ${assignments.kind} = 'eligible')::int`.as(
          'eligible',
        ),
    })
    .from(assignments)
    .where(assignmentsOf(actor, published))
    .groupBy(assignments.tenantId, assignments.roleId)
    .as('held')
  return db
    .select({
      id: held.roleId,
      name: roleDefinitions.name,
      custom: sql<boolean>`coalesce(${roleDefinitions.custom}, false)`,
      privilege: roleDefinitions.privilege,
      privileged: sql<boolean>`coalesce(${roleDefinitions.privileged}, false)`,
      ownerEquivalent: sql<boolean>`coalesce(${roleDefinitions.ownerEquivalent}, false)`,
      description: roleDefinitions.description,
      named: {
        people: sql<number>`${held.people}`,
        others: sql<number>`${held.others}`,
        eligible: sql<number>`${held.eligible}`,
      },
    })
    .from(held)
    .leftJoin(
      roleDefinitions,
      and(
        eq(roleDefinitions.organisationId, actor.organisationId),
        eq(roleDefinitions.tenantId, held.tenantId),
        eq(roleDefinitions.id, held.roleId),
      ),
    )
    .orderBy(asc(strengthOfRole), asc(sql`coalesce(${roleDefinitions.sortName}, ${held.roleId})`), asc(held.roleId))
}
