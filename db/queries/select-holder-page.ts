import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { holders, principals, roleDefinitions } from '@/db/schema'
import type { AssignmentKind, ScopeLevel } from '@/lib/domain/vocabulary'
import type { Published } from './access-rows'
import { narrowsGrants } from './grant-filter'
import { type HolderFilter, holderMatches, toHolder } from './holder-filter'
import { inSnapshot } from './in-snapshot'
import { type Cursor, type Direction, keyset } from './keyset'
import { matchingHolders } from './matching-holders'

export type HolderSort = 'name' | 'email' | 'status' | 'role' | 'scope'

export type HolderQuery = HolderFilter & { sort: HolderSort; direction: Direction; cursor: Cursor | null }

/** Characters of a value that decide the order, so that the cursor, and so the address, stays short. */
const ordering = (value: SQL): SQL => sql`left(${value}, 120)`

/** The columns of the grant that a row shows. */
const STRONGEST = {
  strength: sql<number>`${holders.strongest}`,
  roleId: sql<string>`${holders.roleId}`,
  scope: sql<string>`${holders.scope}`,
  level: sql<ScopeLevel>`${holders.scopeLevel}`,
  kind: sql<AssignmentKind>`${holders.assignmentKind}`,
  groupId: sql<string | null>`${holders.groupId}`,
}
const MATCHING: typeof STRONGEST = {
  strength: sql`matching.strength`,
  roleId: sql`matching.role_id`,
  scope: sql`matching.scope`,
  level: sql`matching.scope_level`,
  kind: sql`matching.kind`,
  groupId: sql`matching.group_id`,
}

/**
 * The holders of one page with the grant that each shows, as a subselect in the order of `place`: found before anything
 * else is looked up, so that names, roles and groups are looked up for one page and not for everyone.
 */
export async function selectHolderPage(actor: Actor, published: Published, query: HolderQuery, limit: number) {
  const narrowed = narrowsGrants(query)
  const shown = narrowed ? MATCHING : STRONGEST
  const keys = keyset(
    [...sortKeys(shown)[query.sort], holders.sortName, holders.principalId],
    query.direction,
    query.cursor,
    limit,
  )
  const db = await getDb()
  let select = db
    .select({
      at: keys.at.as('at'),
      place: sql<number>`row_number() over (order by ${sql.join(keys.order, sql`, `)})`.as('place'),
      principalId: holders.principalId,
      strength: shown.strength.as('shown_strength'),
      roleId: shown.roleId.as('shown_role_id'),
      scope: shown.scope.as('shown_scope'),
      level: shown.level.as('shown_level'),
      kind: shown.kind.as('shown_kind'),
      groupId: shown.groupId.as('shown_group_id'),
    })
    .from(holders)
    .$dynamic()
  if (narrowed)
    select = select.innerJoin(
      sql`(${matchingHolders(actor, published, query)}) as matching`,
      sql`matching.principal_id = ${holders.principalId}`,
    )
  if (query.sort === 'email' || query.search.trim() !== '') select = select.leftJoin(principals, toHolder)
  if (query.sort === 'role')
    select = select.leftJoin(
      roleDefinitions,
      and(
        eq(roleDefinitions.organisationId, holders.organisationId),
        eq(roleDefinitions.tenantId, holders.tenantId),
        eq(roleDefinitions.id, shown.roleId),
      ),
    )
  const selected = select
    .where(and(inSnapshot(holders, actor, published), holderMatches(query), keys.beyond))
    .orderBy(...keys.order)
    .limit(keys.fetch)
    .as('selected')
  return { selected, keys }
}

/** What comes before the name. Roles go by what they amount to, scopes from the widest. */
const sortKeys = (shown: typeof STRONGEST): Record<HolderSort, SQL[]> => ({
  name: [],
  email: [ordering(sql`coalesce(lower(${principals.email}), '')`)],
  status: [
    sql`case ${holders.status} when 'active' then '1' when 'invited' then '2' when 'disabled' then '3' when 'deleted' then '4' when 'not_found' then '5' when 'other_tenant' then '6' else '7' end`,
  ],
  role: [ordering(sql`${shown.strength} || coalesce(${roleDefinitions.sortName}, ${shown.roleId})`)],
  scope: [
    ordering(
      sql`case ${shown.level} when 'root' then '1' when 'management_group' then '2' when 'subscription' then '3' when 'resource_group' then '4' else '5' end || lower(${shown.scope})`,
    ),
  ],
})
