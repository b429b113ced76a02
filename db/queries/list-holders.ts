import { and, eq, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import {
  type AssignmentKind,
  connectionGroups,
  type GroupState,
  holders,
  type PersonStatus,
  type PrincipalKind,
  type PrincipalVariety,
  type Privilege,
  principals,
  roleDefinitions,
  type ScopeLevel,
  type Signal,
} from '@/db/schema'
import { type Published, privilegeOfStrength, publishedOf, type Snapshot } from './access-rows'
import { narrowsGrants } from './grant-filter'
import { type HolderFilter, holderMatches, signalsOf, toHolder } from './holder-filter'
import { inSnapshot } from './in-snapshot'
import { type Cursor, type Direction, keyset, type Page } from './keyset'
import { matchingHolders } from './matching-holders'

export type { HolderFilter } from './holder-filter'

export type HolderSort = 'name' | 'email' | 'status' | 'role' | 'scope'

export type HolderQuery = HolderFilter & { sort: HolderSort; direction: Direction; cursor: Cursor | null }

/** One who has access. Role, scope and group are of the strongest grant; of the strongest matching one in a list filtered by grants. */
export type HolderRow = {
  principalId: string
  kind: PrincipalKind
  name: string | null
  email: string | null
  status: PersonStatus
  guest: boolean
  variety: PrincipalVariety | null
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
  signals: Signal[]
}

/** Characters of a value that decide the order, so that the cursor, and so the address, stays short. */
const ordering = (value: SQL): SQL => sql`left(${value}, 120)`

const eligibleRole = alias(roleDefinitions, 'eligible_role')
const groupNames = alias(principals, 'group_names')

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
 * A page of those who have access in a snapshot, one row each, directly or through groups. A cursor that lies beyond the
 * list gives its first page. Filters that ask nothing of the grants read no grants.
 */
export async function listHolders(
  actor: Actor,
  snapshot: Snapshot,
  query: HolderQuery,
  limit = 50,
): Promise<Page<HolderRow>> {
  const published = publishedOf(snapshot)
  if (!published) return { rows: [], previous: null, next: null }
  const page = await readHolders(actor, published, query, limit)
  return page.rows.length === 0 && query.cursor
    ? readHolders(actor, published, { ...query, cursor: null }, limit)
    : page
}

async function readHolders(
  actor: Actor,
  published: Published,
  query: HolderQuery,
  limit: number,
): Promise<Page<HolderRow>> {
  const narrowed = narrowsGrants(query)
  const shown = narrowed ? MATCHING : STRONGEST
  const keys = [...sortKeys(shown)[query.sort], holders.sortName, holders.principalId]
  const { beyond, order, fetch, at, page } = keyset(keys, query.direction, query.cursor, limit)
  const db = await getDb()
  let select = db
    .select({
      at,
      principalId: holders.principalId,
      kind: holders.kind,
      name: principals.name,
      email: principals.email,
      status: holders.status,
      guest: holders.guest,
      variety: principals.variety,
      lastSignInAt: principals.lastSignInAt,
      shown: { ...shown },
      roleName: roleDefinitions.name,
      custom: roleDefinitions.custom,
      groupName: groupNames.name,
      groupState: connectionGroups.state,
      eligibleRoleId: holders.eligibleRoleId,
      eligibleRoleName: eligibleRole.name,
      eligibleStrongest: holders.eligibleStrongest,
      grants: holders.grants,
      direct: holders.direct,
      eligibleCount: holders.eligible,
      groups: holders.groups,
      signals: holders.signals,
    })
    .from(holders)
    .$dynamic()
  if (narrowed)
    select = select.innerJoin(
      sql`(${matchingHolders(actor, published, query)}) as matching`,
      sql`matching.principal_id = ${holders.principalId}`,
    )
  const found = await select
    .leftJoin(principals, toHolder)
    .leftJoin(roleDefinitions, roleOf(roleDefinitions, shown.roleId))
    .leftJoin(eligibleRole, roleOf(eligibleRole, holders.eligibleRoleId))
    .leftJoin(
      groupNames,
      and(
        eq(groupNames.organisationId, holders.organisationId),
        eq(groupNames.tenantId, holders.tenantId),
        eq(groupNames.id, shown.groupId),
      ),
    )
    .leftJoin(
      connectionGroups,
      and(inSnapshot(connectionGroups, actor, published), eq(connectionGroups.groupId, shown.groupId)),
    )
    .where(and(inSnapshot(holders, actor, published), holderMatches(query), beyond))
    .orderBy(...order)
    .limit(fetch)
  const { rows, previous, next } = page(found)
  return { rows: rows.map(toRow), previous, next }
}

type Found = Omit<HolderRow, 'role' | 'scope' | 'level' | 'assignmentKind' | 'group' | 'eligible' | 'signals'> & {
  shown: {
    strength: number
    roleId: string
    scope: string
    level: ScopeLevel
    kind: AssignmentKind
    groupId: string | null
  }
  roleName: string | null
  custom: boolean | null
  groupName: string | null
  groupState: GroupState | null
  eligibleRoleId: string | null
  eligibleRoleName: string | null
  eligibleStrongest: number | null
  signals: number
}

function toRow(found: Found): HolderRow {
  const {
    shown,
    roleName,
    custom,
    groupName,
    groupState,
    eligibleRoleId,
    eligibleRoleName,
    eligibleStrongest,
    ...row
  } = found
  const waits = eligibleRoleId && eligibleStrongest && shown.kind !== 'eligible'
  return {
    ...row,
    role: { id: shown.roleId, name: roleName, privilege: privilegeOfStrength(shown.strength), custom: custom ?? false },
    scope: shown.scope,
    level: shown.level,
    assignmentKind: shown.kind,
    group: shown.groupId ? { id: shown.groupId, name: groupName, state: groupState } : null,
    eligible: waits
      ? { roleId: eligibleRoleId, roleName: eligibleRoleName, privilege: privilegeOfStrength(eligibleStrongest) }
      : null,
    signals: signalsOf(row.signals),
  }
}

const roleOf = (role: typeof roleDefinitions | typeof eligibleRole, id: SQL | typeof holders.eligibleRoleId) =>
  and(eq(role.organisationId, holders.organisationId), eq(role.tenantId, holders.tenantId), eq(role.id, id))

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
