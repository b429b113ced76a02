import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { holders, roleDefinitions } from '@/db/schema/access'
import { directoryGroups, principals } from '@/db/schema/directory'
import type { Cursor, Direction, HolderFilter, HolderSort } from '@/lib/domain/views'
import type {
  AssignmentKind,
  EmailSource,
  GroupState,
  PrincipalKind,
  PrincipalStatus,
  PrincipalVariety,
  Privilege,
  ScopeLevel,
  Signal,
} from '@/lib/domain/vocabulary'
import { MOST_COUNTED, type Total, totalOf } from '@/lib/domain/words'
import { asksOfGrants, holderMatches, selectMatchingHolders, signalsOf } from './holder-filters'
import { MATCHING, OF_THE_PAGE, STRONGEST, sortKeys } from './holder-order'
import { countUpTo, findPage } from './holder-pages'
import { EMPTY_PAGE, keyset, type Page, readPageOrFirst } from './keyset'
import {
  ageIn,
  inSnapshot,
  type Published,
  privilegeOfStrength,
  publishedOf,
  type Snapshot,
  toPrincipal,
  toRole,
} from './snapshot'
import { namedHolders, subscriptionHolders } from './subscription-holders'

/** Somebody or something with access. Role, scope and group are those of the strongest grant; in a list filtered by grants, of the strongest that matches. */
export type HolderRow = {
  /** The object ID, and the directory it is known in. */
  principalId: string
  tenantId: string
  kind: PrincipalKind
  name: string | null
  email: string | null
  emailSource: EmailSource | null
  status: PrincipalStatus
  guest: boolean
  variety: PrincipalVariety | null
  /** The managing tenant of a delegate. */
  organisation: string | null
  lastSignInAt: Date | null
  role: { id: string; name: string | null; privilege: Privilege | null; custom: boolean }
  scope: string
  level: ScopeLevel
  assignmentKind: AssignmentKind
  /** The group it is held through; null when held directly. */
  group: { id: string; name: string | null; state: GroupState | null } | null
  /** An eligible role stronger than anything held. */
  eligible: { roleId: string; roleName: string | null; privilege: Privilege | null } | null
  /** Distinct roles at scopes, eligible ones too; those held directly; those only eligible; groups they run through. */
  grants: number
  direct: number
  eligibleCount: number
  groups: number
  /** When the grant that is shown was read last, if that was before this result. */
  unreadSince: Date | null
  signals: Signal[]
}

/** What a list of holders is asked for. */
export type HolderQuery = HolderFilter & { sort: HolderSort; direction: Direction; cursor: Cursor | null }

/** All people with access, by name: the list before anything is asked of it. */
export const ALL_PEOPLE: HolderQuery = {
  who: 'people',
  search: '',
  status: null,
  notStatus: [],
  guest: null,
  signal: null,
  roleIds: [],
  scope: null,
  level: null,
  how: null,
  held: null,
  sort: 'name',
  direction: 'asc',
  cursor: null,
}

/**
 * A page of those who have access in a snapshot, one row each, directly or through groups. A cursor beyond the
 * list gives its first page. Filters that ask nothing of the grants read no grants.
 */
export async function listHolders(
  actor: Actor,
  snapshot: Snapshot,
  query: HolderQuery,
  limit = 50,
): Promise<Page<HolderRow>> {
  const published = publishedOf(snapshot)
  if (!published) return EMPTY_PAGE
  return readPageOrFirst(query.cursor, (cursor) => readHolders(actor, published, { ...query, cursor }, limit))
}

/** How many of those who have access in a snapshot meet a filter. */
export async function countHolders(actor: Actor, snapshot: Snapshot, filter: HolderFilter): Promise<number> {
  const counted = await countMatching(actor, snapshot, filter, sql`''`)
  return counted[0]?.holders ?? 0
}

/** The same for a page, which says no more than that they are many: counting all of very many takes as long as reading all of them. */
export async function countHoldersShown(actor: Actor, snapshot: Snapshot, filter: HolderFilter): Promise<Total> {
  const published = publishedOf(snapshot)
  return totalOf(published ? await countUpTo(actor, published, filter, MOST_COUNTED) : 0)
}

/** The same for each status that any of them has. */
export async function countHoldersByStatus(
  actor: Actor,
  snapshot: Snapshot,
  filter: HolderFilter,
): Promise<ReadonlyMap<PrincipalStatus, number>> {
  const counted = await countMatching(actor, snapshot, filter, sql`${holders.status}`)
  return new Map(counted.map((row) => [row.by as PrincipalStatus, row.holders]))
}

/** How many holders meet a filter, for each value of a column; one row, or none, where the column is the same for all. */
async function countMatching(actor: Actor, snapshot: Snapshot, filter: HolderFilter, column: SQL) {
  const published = publishedOf(snapshot)
  if (!published) return []
  const db = await getDb(actor)
  const isOneRowEnough = filter.signal === null
  let query = db
    .select({
      by: sql<string>`${column}`.as('counted_by'),
      holders: sql<number>`count(distinct ${holders.principalId})::int`,
    })
    .from(isOneRowEnough ? holders : namedHolders(actor, published))
    .$dynamic()
  if (filter.search.trim() !== '') query = query.leftJoin(principals, toPrincipal(holders, holders.principalId))
  if (asksOfGrants(filter))
    query = query.innerJoin(
      sql`(${selectMatchingHolders(actor, published, filter)}) as matching`,
      sql`matching.principal_id = ${holders.principalId}`,
    )
  return query
    .where(and(isOneRowEnough ? inSnapshot(holders, actor, published) : undefined, holderMatches(filter)))
    .groupBy(sql`counted_by`)
}

const eligibleRole = alias(roleDefinitions, 'eligible_role')
const groupNames = alias(principals, 'group_names')

async function readHolders(
  actor: Actor,
  published: Published,
  query: HolderQuery,
  limit: number,
): Promise<Page<HolderRow>> {
  const byGrants = asksOfGrants(query)
  const shown = byGrants ? OF_THE_PAGE : STRONGEST
  const keys = keyset(
    [...sortKeys(byGrants ? MATCHING : STRONGEST)[query.sort], holders.sortName, holders.principalId],
    query.direction,
    query.cursor,
    limit,
  )
  // The page is found first, so that names, roles and groups are looked up for one page and not for everyone.
  const selected = await findPage(actor, published, query, keys)
  if (selected.length === 0) return EMPTY_PAGE
  const db = await getDb(actor)
  const atOf = new Map(selected.map((row) => [row.principal_id, row.at]))
  const placed = selected.map((row, place) => ({ ...row, place }))
  const page = sql`jsonb_to_recordset(${JSON.stringify(placed)}::jsonb) as page (principal_id text, place int, strength int,
    role_id text, scope text, scope_level text, kind text, group_id text, read_at timestamptz)`
  const found = await db
    .select({
      principalId: holders.principalId,
      tenantId: holders.tenantId,
      kind: holders.kind,
      name: principals.name,
      email: principals.email,
      emailSource: principals.emailSource,
      status: holders.status,
      guest: holders.guest,
      variety: principals.variety,
      organisation: principals.organisation,
      lastSignInAt: principals.lastSignInAt,
      strength: shown.strength,
      roleId: shown.roleId,
      roleName: roleDefinitions.name,
      custom: roleDefinitions.custom,
      scope: shown.scope,
      level: shown.level,
      assignmentKind: shown.kind,
      groupId: shown.groupId,
      groupName: groupNames.name,
      groupState: directoryGroups.state,
      eligibleRoleId: holders.eligibleRoleId,
      eligibleRoleName: eligibleRole.name,
      eligibleStrongest: holders.eligibleStrongest,
      grants: holders.grants,
      direct: holders.direct,
      eligibleCount: holders.eligible,
      groups: countGroups(actor, published),
      unreadSince: shown.unreadSince,
      signals: holders.signals,
    })
    .from(page)
    .innerJoin(subscriptionHolders(actor, published, [...atOf.keys()]), sql`${holders.principalId} = page.principal_id`)
    .leftJoin(principals, toPrincipal(holders, holders.principalId))
    .leftJoin(roleDefinitions, toRole(holders, shown.roleId))
    .leftJoin(eligibleRole, toRole(holders, holders.eligibleRoleId, eligibleRole))
    .leftJoin(groupNames, toPrincipal(holders, shown.groupId, groupNames))
    .leftJoin(
      directoryGroups,
      and(inSnapshot(directoryGroups, actor, published), eq(directoryGroups.groupId, shown.groupId)),
    )
    .orderBy(asc(sql`page.place`))
  const { rows, ...around } = keys.page(found.map((row) => ({ ...row, at: atOf.get(row.principalId) ?? [] })))
  return {
    rows: rows.map((row) => toRow({ ...row, unreadSince: ageIn(published, row.unreadSince) })),
    ...around,
  }
}

/** The groups that the grants of a holder come through, each counted once, whichever nodes it holds roles at. */
const countGroups = (actor: Actor, published: Published): SQL<number> => sql`(
  select count(distinct through.id)::int from ${holders} as stored, unnest(stored.group_ids) as through (id)
  where stored.organisation_id = ${actor.organisationId} and stored.principal_id = ${holders.principalId}
    and ${inArray(sql`stored.node_id`, published.nodeIds)} and stored.valid_from <= ${published.publishedAt.toISOString()}
    and (stored.valid_to is null or stored.valid_to > ${published.publishedAt.toISOString()}))`

type Found = Omit<HolderRow, 'role' | 'group' | 'eligible' | 'signals'> & {
  strength: number
  roleId: string
  roleName: string | null
  custom: boolean | null
  groupId: string | null
  groupName: string | null
  groupState: GroupState | null
  eligibleRoleId: string | null
  eligibleRoleName: string | null
  eligibleStrongest: number | null
  signals: number
}

function toRow(found: Found): HolderRow {
  const { strength, roleId, roleName, custom, groupId, groupName, groupState, ...rest } = found
  const { eligibleRoleId, eligibleRoleName, eligibleStrongest, ...row } = rest
  const hasStronger = eligibleRoleId && eligibleStrongest && row.assignmentKind !== 'eligible'
  return {
    ...row,
    role: { id: roleId, name: roleName, privilege: privilegeOfStrength(strength), custom: custom ?? false },
    group: groupId ? { id: groupId, name: groupName, state: groupState } : null,
    eligible: hasStronger
      ? { roleId: eligibleRoleId, roleName: eligibleRoleName, privilege: privilegeOfStrength(eligibleStrongest) }
      : null,
    signals: signalsOf(row.signals),
  }
}
