import { asc, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { denyAssignments } from '@/db/schema'
import type { DenyPrincipal, Permission, ScopeLevel } from '@/lib/domain/vocabulary'
import { publishedOf, type Snapshot } from './access-rows'
import { inSnapshot } from './in-snapshot'

export type DenyRow = {
  key: string
  name: string
  description: string | null
  scope: string
  level: ScopeLevel
  permissions: Permission[]
  principals: DenyPrincipal[]
  excluded: DenyPrincipal[]
  sparesChildren: boolean
  systemProtected: boolean
}

/** The deny assignments of a snapshot, by name. Azure makes them for deployments that lock what they made: they are few. */
export async function listDenies(actor: Actor, snapshot: Snapshot): Promise<DenyRow[]> {
  const published = publishedOf(snapshot)
  if (!published) return []
  const db = await getDb()
  return db
    .select({
      key: denyAssignments.key,
      name: denyAssignments.name,
      description: denyAssignments.description,
      scope: denyAssignments.scope,
      level: denyAssignments.scopeLevel,
      permissions: denyAssignments.permissions,
      principals: denyAssignments.principals,
      excluded: denyAssignments.excluded,
      sparesChildren: denyAssignments.sparesChildren,
      systemProtected: denyAssignments.systemProtected,
    })
    .from(denyAssignments)
    .where(inSnapshot(denyAssignments, actor, published))
    .orderBy(asc(sql`lower(${denyAssignments.name})`), asc(denyAssignments.key))
}
