import { and, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { isAnyOf } from '@/db/text-array'
import { inSnapshot, type Published, publishedOf, type Snapshot, toPrincipal, toRole } from './snapshot'

/** What an assignment is known to be beside what lists show: who made it, and whether its role is a privileged one. */
type AssignmentFacts = { by: { id: string; name: string | null } | null; privileged: boolean | null }

type ExportedFacts = {
  userPrincipalNames: ReadonlyMap<string, string | null>
  assignments: ReadonlyMap<string, AssignmentFacts>
}

/** What exports tell of principals and of assignments, by their keys, and lists do not. */
export async function listExportedFacts(
  actor: Actor,
  snapshot: Snapshot,
  { principalIds, keys }: { principalIds: string[]; keys: string[] },
): Promise<ExportedFacts> {
  const published = publishedOf(snapshot)
  if (!published) return { userPrincipalNames: new Map(), assignments: new Map() }
  const [names, facts] = await Promise.all([
    readNames(actor, published, principalIds),
    readAssignments(actor, published, keys),
  ])
  return {
    userPrincipalNames: new Map(names.map(({ id, userPrincipalName }) => [id, userPrincipalName])),
    assignments: new Map(
      facts.map(({ key, byId, byName, privileged }) => [
        key,
        { by: byId === null ? null : { id: byId, name: byName }, privileged },
      ]),
    ),
  }
}

async function readNames(actor: Actor, published: Published, ids: string[]) {
  const db = await getDb(actor)
  return db
    .select({ id: principals.id, userPrincipalName: principals.userPrincipalName })
    .from(principals)
    .innerJoin(
      connections,
      and(
        eq(connections.organisationId, principals.organisationId),
        eq(connections.tenantId, principals.tenantId),
        eq(connections.id, published.id),
      ),
    )
    .where(and(eq(principals.organisationId, actor.organisationId), isAnyOf(principals.id, ids)))
}

const creators = alias(principals, 'creators')

async function readAssignments(actor: Actor, published: Published, keys: string[]) {
  const db = await getDb(actor)
  return db
    .select({
      key: assignments.key,
      byId: assignments.createdBy,
      byName: creators.name,
      /** Null when the role's definition was never read. */
      privileged: sql<
        boolean | null
      >`case when ${roleDefinitions.name} is not null then ${roleDefinitions.privileged} end`,
    })
    .from(assignments)
    .leftJoin(roleDefinitions, toRole(assignments, assignments.roleId))
    .leftJoin(creators, toPrincipal(assignments, sql`lower(${assignments.createdBy})`, creators))
    .where(and(inSnapshot(assignments, actor, published), isAnyOf(assignments.key, keys)))
}
