import { and, asc, eq, type SQLWrapper } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectionGroups, holders, principals, roleDefinitions } from '@/db/schema'
import type {
  AssignmentKind,
  GroupState,
  PersonStatus,
  PrincipalKind,
  PrincipalVariety,
  Privilege,
  ScopeLevel,
  Signal,
} from '@/lib/domain/vocabulary'
import { type Published, privilegeOfStrength, publishedOf, type Snapshot } from './access-rows'
import { signalsOf, toHolder } from './holder-filter'
import { inSnapshot } from './in-snapshot'
import type { Page } from './keyset'
import { type HolderQuery, selectHolderPage } from './select-holder-page'

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

const eligibleRole = alias(roleDefinitions, 'eligible_role')
const groupNames = alias(principals, 'group_names')

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
  const {
    selected,
    keys: { fetch, page },
  } = await selectHolderPage(actor, published, query, limit)
  const db = await getDb()
  const found = await db
    .select({
      at: selected.at,
      principalId: holders.principalId,
      kind: holders.kind,
      name: principals.name,
      email: principals.email,
      status: holders.status,
      guest: holders.guest,
      variety: principals.variety,
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
      signals: holders.signals,
    })
    .from(selected)
    .innerJoin(holders, and(inSnapshot(holders, actor, published), eq(holders.principalId, selected.principalId)))
    .leftJoin(principals, toHolder)
    .leftJoin(roleDefinitions, roleOf(roleDefinitions, selected.roleId))
    .leftJoin(eligibleRole, roleOf(eligibleRole, holders.eligibleRoleId))
    .leftJoin(
      groupNames,
      and(
        eq(groupNames.organisationId, holders.organisationId),
        eq(groupNames.tenantId, holders.tenantId),
        eq(groupNames.id, selected.groupId),
      ),
    )
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
  const waits = eligibleRoleId && eligibleStrongest && row.assignmentKind !== 'eligible'
  return {
    ...row,
    role: { id: roleId, name: roleName, privilege: privilegeOfStrength(strength), custom: custom ?? false },
    group: groupId ? { id: groupId, name: groupName, state: groupState } : null,
    eligible: waits
      ? { roleId: eligibleRoleId, roleName: eligibleRoleName, privilege: privilegeOfStrength(eligibleStrongest) }
      : null,
    signals: signalsOf(row.signals),
  }
}

const roleOf = (role: typeof roleDefinitions | typeof eligibleRole, id: SQLWrapper) =>
  and(eq(role.organisationId, holders.organisationId), eq(role.tenantId, holders.tenantId), eq(role.id, id))
