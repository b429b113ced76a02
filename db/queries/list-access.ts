import { and, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, principals, roleDefinitions } from '@/db/schema'
import {
  type AccessFilter,
  assignmentsOf,
  heldByPeople,
  matches,
  type Snapshot,
  sortNameOfPrincipal,
  statusOfPrincipal,
  toPrincipal,
  toRole,
} from './access-rows'
import { type Cursor, type Direction, keyset, type Page } from './keyset'

export type AccessSort = 'name' | 'email' | 'status' | 'role' | 'scope'

export type AccessQuery = AccessFilter & { sort: AccessSort; direction: Direction; cursor: Cursor | null }

export type AccessRow = Awaited<ReturnType<typeof readAccess>>['rows'][number]

/** Characters of a value that decide the order, so that a name of any length leaves the cursor, and so the address, short. */
const ORDERING_LENGTH = 120

const ordering = (value: SQL): SQL => sql`left(${value}, ${sql.raw(String(ORDERING_LENGTH))})`

const name = ordering(sortNameOfPrincipal)

const SORT_KEYS: Record<AccessSort, SQL> = {
  name,
  email: ordering(sql`coalesce(lower(${principals.email}), '')`),
  status: sql`case ${statusOfPrincipal} when 'active' then '1' when 'invited' then '2' when 'disabled' then '3' when 'deleted' then '4' else '5' end`,
  role: ordering(sql`coalesce(${roleDefinitions.sortName}, ${assignments.roleId})`),
  // Widest first: what is held above the subscription reaches furthest.
  scope: ordering(
    sql`case ${assignments.scopeLevel} when 'root' then '1' when 'management_group' then '2' when 'subscription' then '3' when 'resource_group' then '4' else '5' end || lower(${assignments.scope})`,
  ),
}

/**
 * A page of who holds what in a snapshot: one row per person, role and scope. A cursor that lies beyond the list gives
 * its first page.
 */
export async function listAccess(
  actor: Actor,
  snapshot: Snapshot,
  query: AccessQuery,
  limit = 50,
): Promise<Page<AccessRow>> {
  if (!snapshot.publishedAt) return { rows: [], previous: null, next: null }
  const published = { id: snapshot.id, publishedAt: snapshot.publishedAt }
  const page = await readAccess(actor, published, query, limit)
  return page.rows.length === 0 && query.cursor ? readAccess(actor, published, { ...query, cursor: null }, limit) : page
}

async function readAccess(
  actor: Actor,
  snapshot: { id: string; publishedAt: Date },
  query: AccessQuery,
  limit: number,
) {
  const { beyond, order, fetch, at, page } = keyset(
    [SORT_KEYS[query.sort], name, assignments.key],
    query.direction,
    query.cursor,
    limit,
  )
  const db = await getDb()
  const found = await db
    .select({
      at,
      key: assignments.key,
      personId: assignments.principalId,
      name: principals.name,
      email: principals.email,
      status: statusOfPrincipal,
      guest: sql<boolean>`coalesce(${principals.guest}, false)`,
      roleId: assignments.roleId,
      roleName: roleDefinitions.name,
      privilege: roleDefinitions.privilege,
      custom: sql<boolean>`coalesce(${roleDefinitions.custom}, false)`,
      scope: assignments.scope,
      level: assignments.scopeLevel,
      condition: assignments.condition,
      assignedOn: assignments.createdOn,
      firstSeen: assignments.validFrom,
    })
    .from(assignments)
    .leftJoin(principals, toPrincipal)
    .leftJoin(roleDefinitions, toRole)
    .where(and(assignmentsOf(actor, snapshot), heldByPeople, matches(query), beyond))
    .orderBy(...order)
    .limit(fetch)
  return page(found)
}
