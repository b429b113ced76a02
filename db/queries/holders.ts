import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectionGroups, holders, principals, roleDefinitions } from '@/db/schema/access'
import type { Cursor, Direction, HolderFilter, HolderSort } from '@/lib/domain/views'
import {
  type AssignmentKind,
  type EmailSource,
  type GroupState,
  PRINCIPAL_STATUSES,
  type PrincipalKind,
  type PrincipalStatus,
  type PrincipalVariety,
  type Privilege,
  SCOPE_LEVELS,
  type ScopeLevel,
  type Signal,
} from '@/lib/domain/vocabulary'
import { asksOfGrants, holderMatches, selectMatchingHolders, signalsOf } from './holder-filters'
import { EMPTY_PAGE, keyset, type Page, readPageOrFirst } from './keyset'
import {
  inSnapshot,
  type Published,
  privilegeOfStrength,
  publishedOf,
  rankIn,
  type Snapshot,
  toPrincipal,
  toRole,
} from './snapshot'

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
  const published = publishedOf(snapshot)
  if (!published) return 0
  const db = await getDb(actor)
  let query = db.select({ holders: sql<number>`count(*)::int` }).from(holders).$dynamic()
  if (filter.search.trim() !== '') query = query.leftJoin(principals, toPrincipal(holders, holders.principalId))
  if (asksOfGrants(filter))
    query = query.innerJoin(
      sql`(${selectMatchingHolders(actor, published, filter)}) as matching`,
      sql`matching.principal_id = ${holders.principalId}`,
    )
  const [counted] = await query.where(and(inSnapshot(holders, actor, published), holderMatches(filter)))
  return counted?.holders ?? 0
}

const eligibleRole = alias(roleDefinitions, 'eligible_role')
const groupNames = alias(principals, 'group_names')

async function readHolders(
  actor: Actor,
  published: Published,
  query: HolderQuery,
  limit: number,
): Promise<Page<HolderRow>> {
  const {
    selected,
    keys: { fetch, page },
  } = await selectHolderPage(actor, published, query, limit)
  const db = await getDb(actor)
  const found = await db
    .select({
      at: selected.at,
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
      strength: selected.strength,
      roleId: selected.roleId,
      roleName: roleDefinitions.name,
      custom: roleDefinitions.custom,
      scope: selected.scope,
      level: selected.level,
      assignmentKind: selected.kind,
      groupId: selected.groupId,
      groupName: groupNames.name,
      groupState: connectionGroups.state,
      eligibleRoleId: holders.eligibleRoleId,
      eligibleRoleName: eligibleRole.name,
      eligibleStrongest: holders.eligibleStrongest,
      grants: holders.grants,
      direct: holders.direct,
      eligibleCount: holders.eligible,
      groups: holders.groups,
      unreadSince: selected.unreadSince,
      signals: holders.signals,
    })
    .from(selected)
    .innerJoin(holders, and(inSnapshot(holders, actor, published), eq(holders.principalId, selected.principalId)))
    .leftJoin(principals, toPrincipal(holders, holders.principalId))
    .leftJoin(roleDefinitions, toRole(holders, selected.roleId))
    .leftJoin(eligibleRole, toRole(holders, holders.eligibleRoleId, eligibleRole))
    .leftJoin(groupNames, toPrincipal(holders, selected.groupId, groupNames))
    .leftJoin(
      connectionGroups,
      and(inSnapshot(connectionGroups, actor, published), eq(connectionGroups.groupId, selected.groupId)),
    )
    .orderBy(asc(selected.place))
    .limit(fetch)
  const { rows, previous, next } = page(found)
  return { rows: rows.map(toRow), previous, next }
}

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

/** Orders by the first characters of a value, so that cursors, which are kept in addresses, stay short. */
const shortened = (value: SQL): SQL => sql`left(${value}, 120)`

/** The columns of the grant that a row shows. */
const STRONGEST = {
  strength: sql<number>`${holders.strongest}`,
  roleId: sql<string>`${holders.roleId}`,
  scope: sql<string>`${holders.scope}`,
  level: sql<ScopeLevel>`${holders.scopeLevel}`,
  kind: sql<AssignmentKind>`${holders.assignmentKind}`,
  groupId: sql<string | null>`${holders.groupId}`,
  unreadSince: sql<Date | null>`${holders.unreadSince}`.mapWith(holders.unreadSince),
}
const MATCHING: typeof STRONGEST = {
  strength: sql`matching.strength`,
  roleId: sql`matching.role_id`,
  scope: sql`matching.scope`,
  level: sql`matching.scope_level`,
  kind: sql`matching.kind`,
  groupId: sql`matching.group_id`,
  unreadSince: sql`matching.read_at`.mapWith(holders.unreadSince),
}

/**
 * The holders of one page with the grant that each shows, as a subselect in the order of `place`. They are found first, so
 * that names, roles and groups are looked up for one page and not for everyone.
 */
async function selectHolderPage(actor: Actor, published: Published, query: HolderQuery, limit: number) {
  const byGrants = asksOfGrants(query)
  const shown = byGrants ? MATCHING : STRONGEST
  const keys = keyset(
    [...sortKeys(shown)[query.sort], holders.sortName, holders.principalId],
    query.direction,
    query.cursor,
    limit,
  )
  const db = await getDb(actor)
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
      unreadSince: shown.unreadSince.as('shown_unread_since'),
    })
    .from(holders)
    .$dynamic()
  if (byGrants)
    select = select.innerJoin(
      sql`(${selectMatchingHolders(actor, published, query)}) as matching`,
      sql`matching.principal_id = ${holders.principalId}`,
    )
  if (query.sort === 'email' || query.search.trim() !== '')
    select = select.leftJoin(principals, toPrincipal(holders, holders.principalId))
  if (query.sort === 'role') select = select.leftJoin(roleDefinitions, toRole(holders, shown.roleId))
  const selected = select
    .where(and(inSnapshot(holders, actor, published), holderMatches(query), keys.beyond))
    .orderBy(...keys.order)
    .limit(keys.fetch)
    .as('selected')
  return { selected, keys }
}

/** In the order of statuses the one that could not be read comes last, after all that are known. */
const STATUSES = PRINCIPAL_STATUSES.filter((status) => status !== 'not_readable')

/** The keys of each sort that come before the name. Roles are ordered by what they amount to, scopes from the widest. */
const sortKeys = (shown: typeof STRONGEST): Record<HolderSort, SQL[]> => ({
  name: [],
  email: [shortened(sql`coalesce(lower(${principals.email}), '')`)],
  status: [sql`${rankIn(holders.status, STATUSES)}::text`],
  role: [shortened(sql`${shown.strength} || coalesce(${roleDefinitions.sortName}, ${shown.roleId})`)],
  scope: [shortened(sql`${rankIn(shown.level, SCOPE_LEVELS)} || lower(${shown.scope})`)],
})
