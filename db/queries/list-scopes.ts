import { and, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments } from '@/db/schema'
import type { ScopeLevel } from '@/lib/domain/vocabulary'
import { assignmentsOf, type Published, publishedOf, type Snapshot, widthOfScope } from './access-rows'
import { type Cursor, keyset, type Page } from './keyset'
import { searchText } from './search-text'

export type ScopeRow = { scope: string; level: ScopeLevel; assignments: number }
/** `search` is a part of the scope; empty for all. */
export type ScopeQuery = { search: string; cursor: Cursor | null }

/** A page of the scopes at which anything is held or eligible in a snapshot, widest first, each with its assignments. */
export async function listScopes(
  actor: Actor,
  snapshot: Snapshot,
  query: ScopeQuery,
  limit = 50,
): Promise<Page<ScopeRow>> {
  const published = publishedOf(snapshot)
  if (!published) return { rows: [], previous: null, next: null }
  const page = await readScopes(actor, published, query, limit)
  return page.rows.length === 0 && query.cursor ? readScopes(actor, published, { ...query, cursor: null }, limit) : page
}

async function readScopes(actor: Actor, published: Published, { search, cursor }: ScopeQuery, limit: number) {
  const db = await getDb()
  const scopes = db
    .select({
      scope: sql<string>`min(${assignments.scope})`.as('spelled'),
      level: sql<ScopeLevel>`min(${assignments.scopeLevel})`.as('level'),
      assignments: sql<number>`count(*)::int`.as('held'),
      width: sql<string>`min(${widthOfScope})::text`.as('width'),
      lower: sql<string>`lower(${assignments.scope})`.as('lower'),
    })
    .from(assignments)
    .where(and(assignmentsOf(actor, published), searchText(search, [assignments.scope])))
    .groupBy(sql`lower(${assignments.scope})`)
    .as('scopes')
  const { beyond, order, fetch, at, page } = keyset([scopes.width, scopes.lower], 'asc', cursor, limit)
  const found = await db
    .select({ at, scope: scopes.scope, level: scopes.level, assignments: scopes.assignments })
    .from(scopes)
    .where(beyond)
    .orderBy(...order)
    .limit(fetch)
  return page(found)
}
