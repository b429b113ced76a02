import { and, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments } from '@/db/schema/access'
import type { Cursor } from '@/lib/domain/views'
import type { ScopeLevel, SignalCounts } from '@/lib/domain/vocabulary'
import { getResultCounts } from './count-result'
import { searchText } from './input'
import { EMPTY_PAGE, keyset, type Page, readPageOrFirst } from './keyset'
import { inSnapshot, type Published, publishedOf, type Snapshot, widthOfScope } from './snapshot'

type ScopeRow = { scope: string; level: ScopeLevel; assignments: number }
/** `search` is a part of the scope; empty for all. */
type ScopeQuery = { search: string; cursor: Cursor | null }

/** A page of the scopes at which anything is held or eligible in a snapshot, widest first, each with its assignments. */
export async function listScopes(
  actor: Actor,
  snapshot: Snapshot,
  query: ScopeQuery,
  limit = 50,
): Promise<Page<ScopeRow>> {
  const published = publishedOf(snapshot)
  if (!published) return EMPTY_PAGE
  return readPageOrFirst(query.cursor, (cursor) => readScopes(actor, published, { ...query, cursor }, limit))
}

async function readScopes(actor: Actor, published: Published, { search, cursor }: ScopeQuery, limit: number) {
  const db = await getDb(actor)
  const scopes = db
    .select({
      scope: sql<string>`min(${assignments.scope})`.as('spelled'),
      level: sql<ScopeLevel>`min(${assignments.scopeLevel})`.as('level'),
      assignments: sql<number>`count(*)::int`.as('held'),
      width: sql<string>`min(${widthOfScope})::text`.as('width'),
      lower: sql<string>`lower(${assignments.scope})`.as('lower'),
    })
    .from(assignments)
    .where(and(inSnapshot(assignments, actor, published), searchText(search, [assignments.scope])))
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

type Facets = {
  /** How many holders show each signal; absent for none. */
  signals: SignalCounts
  people: number
  others: number
  /** Of whom nothing could be read by this result, so that an earlier one stands in; counted in neither. */
  unread: number
  /** Role assignments at the subscription and below it, active or activated: what Azure's limit of 4,000 counts. */
  ownAssignments: number
}

/** What a published result adds up to. It was counted when it was published. */
export async function countFacets(actor: Actor, snapshot: Snapshot): Promise<Facets> {
  const published = publishedOf(snapshot)
  if (!published) return { signals: {}, people: 0, others: 0, unread: 0, ownAssignments: 0 }
  const run = await getResultCounts(actor, published)
  return {
    signals: run?.signals ?? {},
    people: run?.people ?? 0,
    others: run?.others ?? 0,
    unread: run?.unread ?? 0,
    ownAssignments: run?.ownAssignments ?? 0,
  }
}
