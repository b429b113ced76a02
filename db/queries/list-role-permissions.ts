import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, connections, roleDefinitions } from '@/db/schema'
import type { Permission, Privilege } from '@/lib/domain/vocabulary'
import { assignmentsOf, publishedOf, type Snapshot, strengthOfRole } from './access-rows'

export type RolePermissions = {
  id: string
  name: string | null
  privilege: Privilege | null
  custom: boolean
  permissions: Permission[]
}

/** The roles that someone or something holds or could activate in a snapshot, with what they allow; strongest first. */
export async function listRolePermissions(actor: Actor, snapshot: Snapshot): Promise<RolePermissions[]> {
  const published = publishedOf(snapshot)
  if (!published) return []
  const db = await getDb()
  return db
    .select({
      id: roleDefinitions.id,
      name: roleDefinitions.name,
      privilege: roleDefinitions.privilege,
      custom: roleDefinitions.custom,
      permissions: roleDefinitions.permissions,
    })
    .from(roleDefinitions)
    .innerJoin(
      connections,
      and(
        eq(connections.organisationId, roleDefinitions.organisationId),
        eq(connections.tenantId, roleDefinitions.tenantId),
        eq(connections.id, published.id),
      ),
    )
    .where(
      and(
        eq(roleDefinitions.organisationId, actor.organisationId),
        inArray(
          roleDefinitions.id,
          db.selectDistinct({ id: assignments.roleId }).from(assignments).where(assignmentsOf(actor, published)),
        ),
      ),
    )
    .orderBy(asc(strengthOfRole), asc(roleDefinitions.sortName), asc(sql`${roleDefinitions.id}`))
}
