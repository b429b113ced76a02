import { and, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, principals, roleDefinitions } from '@/db/schema'
import { assignmentsOf, heldByOthers, type Snapshot, sortNameOfPrincipal, toPrincipal, toRole } from './access-rows'
import { type Cursor, keyset, type Page } from './keyset'

export type OtherPrincipalRow = Awaited<ReturnType<typeof readOthers>>['rows'][number]

/** A page of what groups, service principals and others hold in a snapshot: one row per principal, role and scope, by kind and name. */
export async function listOtherPrincipals(
  actor: Actor,
  snapshot: Snapshot,
  cursor: Cursor | null,
  limit = 50,
): Promise<Page<OtherPrincipalRow>> {
  if (!snapshot.publishedAt) return { rows: [], previous: null, next: null }
  const published = { id: snapshot.id, publishedAt: snapshot.publishedAt }
  const page = await readOthers(actor, published, cursor, limit)
  return page.rows.length === 0 && cursor ? readOthers(actor, published, null, limit) : page
}

async function readOthers(
  actor: Actor,
  snapshot: { id: string; publishedAt: Date },
  cursor: Cursor | null,
  limit: number,
) {
  const keys = [assignments.principalKind, sql`left(${sortNameOfPrincipal}, 120)`, assignments.key]
  const { beyond, order, fetch, at, page } = keyset(keys, 'asc', cursor, limit)
  const db = await getDb()
  const found = await db
    .select({
      at,
      key: assignments.key,
      principalId: assignments.principalId,
      kind: assignments.principalKind,
      name: principals.name,
      status: principals.status,
      roleId: assignments.roleId,
      roleName: roleDefinitions.name,
      privilege: roleDefinitions.privilege,
      custom: sql<boolean>`coalesce(${roleDefinitions.custom}, false)`,
      scope: assignments.scope,
      level: assignments.scopeLevel,
    })
    .from(assignments)
    .leftJoin(principals, toPrincipal)
    .leftJoin(roleDefinitions, toRole)
    .where(and(assignmentsOf(actor, snapshot), heldByOthers, beyond))
    .orderBy(...order)
    .limit(fetch)
  return page(found)
}
