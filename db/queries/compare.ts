import { and, eq, ne, not, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { directoryGroups, groupMembers, groupNesting, principals } from '@/db/schema/directory'
import { findIncomparable, type Incomparable } from '@/lib/domain/comparable'
import type { CompareFilter, Cursor } from '@/lib/domain/views'
import {
  ASSIGNMENT_KINDS,
  type AssignmentKind,
  type CoverageLine,
  type Dataset,
  DIFFERENCES,
  type Difference,
  type GroupState,
  type PrincipalKind,
  type PrincipalStatus,
  type PrincipalVariety,
  type Privilege,
  type ScopeLevel,
} from '@/lib/domain/vocabulary'
import { ageOfMembership } from './holder-filters'
import { EMPTY_PAGE, keyset, type Page, readPageOrFirst } from './keyset'
import { inSnapshot, type Published, rankIn, statusOfPrincipal, toPrincipal, toRole, weakestKindOf } from './snapshot'

/** A result, as far as it is compared: its snapshot, and how far it was read. */
export type Compared = { snapshot: Published; coverage: readonly CoverageLine[] }

/** A role that somebody or something has at a scope in one of two results and not in the other. */
export type DifferenceRow = {
  change: Difference
  /** The result that has it. */
  side: 'from' | 'to'
  principalId: string
  kind: PrincipalKind
  name: string | null
  email: string | null
  status: PrincipalStatus
  variety: PrincipalVariety | null
  role: { id: string; name: string | null; privilege: Privilege | null; custom: boolean; privileged: boolean }
  scope: string
  level: ScopeLevel
  assignmentKind: AssignmentKind
  /** A group that it comes through, in the result that has it; null when it is held directly. */
  group: { id: string; name: string | null } | null
  /** Why it is not comparable: the list that one of the two lacks, and the group where it is one group's. */
  why: { dataset: Dataset; group: { id: string; name: string | null; state: GroupState | null } | null } | null
}

type CompareQuery = CompareFilter & { cursor: Cursor | null }

/**
 * A page of what differs between two results of a connection, by the name of who has it: a role at a scope, active, activated or
 * eligible, held directly or through groups as far as they were opened. A group is listed for what it holds itself.
 *
 * What one of the two results could not know is not comparable: it is never called gained or lost.
 */
export async function listDifferences(
  actor: Actor,
  from: Compared,
  to: Compared,
  query: CompareQuery,
  limit = 50,
): Promise<Page<DifferenceRow>> {
  if (isSameResult(from, to)) return EMPTY_PAGE
  return readPageOrFirst(query.cursor, (cursor) => readDifferences(actor, from, to, { ...query, cursor }, limit))
}

/** How many differences of each kind there are between two results, as far as a filter leaves them. */
export async function countDifferences(
  actor: Actor,
  from: Compared,
  to: Compared,
  filter: Omit<CompareFilter, 'change'>,
): Promise<Record<Difference, number>> {
  const counts = Object.fromEntries(DIFFERENCES.map((change) => [change, 0])) as Record<Difference, number>
  if (isSameResult(from, to)) return counts
  const db = await getDb(actor)
  const { rows } = await db.execute<{ change: Difference; count: number }>(sql`
    ${withDifferences(actor, from, to)}
    select change, count(*)::int as count from differences
    join ${connections} on ${isConnection(actor, to)}
    left join ${roleDefinitions} on ${toRole(connections, sql`role_id`)}
    where ${matches({ ...filter, change: null })} group by change`)
  for (const { change, count } of rows) counts[change] = count
  return counts
}

const isSameResult = ({ snapshot: one }: Compared, { snapshot: other }: Compared) =>
  one.publishedAt.getTime() === other.publishedAt.getTime()

const isConnection = ({ organisationId }: Actor, { snapshot }: Compared) =>
  and(eq(connections.organisationId, organisationId), eq(connections.id, snapshot.id))

const KINDS = {
  people: sql`differences.kind = 'user'`,
  others: sql`differences.kind not in ('user', 'group')`,
  groups: sql`differences.kind = 'group'`,
}

/** A filter as a condition on `differences`, with the roles joined. */
function matches({ who, privileged, change }: CompareFilter): SQL {
  return sql`${who ? KINDS[who] : sql`true`}
    and ${privileged ? sql`coalesce(${roleDefinitions.privileged}, false)` : sql`true`}
    and ${change ? sql`change = ${change}` : sql`true`}`
}

async function readDifferences(actor: Actor, from: Compared, to: Compared, query: CompareQuery, limit: number) {
  const keys = keyset(
    [
      sql`coalesce(${principals.sortName}, principal_id)`,
      ...['principal_id', 'role_id', 'at_scope', 'assignment_kind'].map((name) => sql.raw(name)),
    ],
    'asc',
    query.cursor,
    limit,
  )
  const db = await getDb(actor)
  const { rows } = await db.execute<Found>(sql`
    ${withDifferences(actor, from, to)}
    select ${keys.at} as at, change, side, principal_id as "principalId", differences.kind, ${principals.name}, ${principals.email},
      ${statusOfPrincipal} as status, ${principals.variety}, role_id as "roleId", ${roleDefinitions.name} as "roleName",
      ${roleDefinitions.privilege}, coalesce(${roleDefinitions.custom}, false) as custom,
      coalesce(${roleDefinitions.privileged}, false) as privileged,
      differences.scope, level, assignment_kind as "assignmentKind", group_id as "groupId", through.name as "groupName", why,
      closed_id as "closedId", closed.name as "closedName", closed_state as "closedState"
    from differences
    join ${connections} on ${isConnection(actor, to)}
    left join ${principals} on ${toPrincipal(connections, sql`principal_id`)}
    left join ${roleDefinitions} on ${toRole(connections, sql`role_id`)}
    left join lateral (${nameOf(sql`group_id`)}) through on true
    left join lateral (${nameOf(sql`closed_id`)}) closed on true
    where ${and(matches(query), keys.beyond)}
    order by ${sql.join(keys.order, sql`, `)} limit ${keys.fetch}`)
  const { rows: shown, ...around } = keys.page(rows)
  return { rows: shown.map(toRow), ...around }
}

/** The name of a group, by its id; the tables are written out, because the query joins `principals` already. */
const nameOf = (id: SQL) => sql`select named.name from principals named
  where named.organisation_id = ${connections.organisationId} and named.tenant_id = ${connections.tenantId} and named.id = ${id}`

type Found = Omit<DifferenceRow, 'role' | 'group' | 'why'> & {
  at: string[]
  roleId: string
  roleName: string | null
  privilege: Privilege | null
  custom: boolean
  privileged: boolean
  groupId: string | null
  groupName: string | null
  why: Dataset | null
  closedId: string | null
  closedName: string | null
  closedState: GroupState | null
}

function toRow(found: Omit<Found, 'at'>): DifferenceRow {
  const { roleId, roleName, privilege, custom, privileged, groupId, groupName, ...rest } = found
  const { why, closedId, closedName, closedState, ...row } = rest
  const closed = closedId === null ? null : { id: closedId, name: closedName, state: closedState }
  return {
    ...row,
    role: { id: roleId, name: roleName, privilege, custom, privileged },
    group: groupId === null ? null : { id: groupId, name: groupName },
    why: why && { dataset: why, group: closed },
  }
}

/**
 * The differences as tables of a `with`, of which the last is `differences`. Nothing is expanded that both results have: what one
 * of them has and the other has not runs through at least one row (an assignment, a nesting, a membership) that only the one has,
 * so that the work grows with what has changed.
 */
function withDifferences(actor: Actor, from: Compared, to: Compared): SQL {
  const lists = findIncomparable(from.coverage, to.coverage)
  return sql`with
    ${ofSide(actor, { name: 'from', present: from.snapshot, absent: to.snapshot, lists })},
    ${ofSide(actor, { name: 'to', present: to.snapshot, absent: from.snapshot, lists })},
    differences as materialized (
      select * from from_judged union all select * from to_judged
    )`
}

type Side = {
  /** The result that has what is looked for. */
  name: 'from' | 'to'
  present: Published
  absent: Published
  lists: Incomparable
}

/** The tables for what one of the results has and the other has not; the last is called `…_judged`. */
function ofSide(actor: Actor, { name, present, absent, lists }: Side): SQL {
  const table = (what: string) => sql.raw(`${name}_${what}`)
  return sql`
    ${table('changed')} as materialized (${selectChanged(actor, present, absent)}),
    ${table('found')} as materialized (
      select principal_id, role_id, at_scope, assignment_kind, min(kind) as kind, min(scope) as scope, min(level) as level,
        case when bool_or(group_id is null) then null else min(group_id) end as group_id, bool_or(is_read) as is_read
      from ${table('changed')} group by principal_id, role_id, at_scope, assignment_kind
    ),
    ${table('others')} as materialized (${selectHeld(actor, absent, table('found'))}),
    ${table('hidden')} as materialized (${selectHidden(actor, absent, present)}),
    ${table('groups')} as materialized (
      select distinct ${assignments.roleId}, lower(${assignments.scope}) as at_scope from ${assignments}
      where ${and(inSnapshot(assignments, actor, absent), eq(assignments.principalKind, 'group'))}
    ),
    ${table('judged')} as materialized (
      select ${judge(name, lists, table)}, '${sql.raw(name)}' as side, found.*
      from ${table('found')} found
      left join lateral (
        select hidden.group_id as closed_id, hidden.state as closed_state from ${table('hidden')} hidden
        where hidden.role_id = found.role_id and hidden.at_scope = found.at_scope
          and ${rankIn(sql`hidden.assignment_kind`, ASSIGNMENT_KINDS)} <= ${rankIn(sql`found.assignment_kind`, ASSIGNMENT_KINDS)}
          and (hidden.state is distinct from 'flat' or found.kind <> 'user')
        order by hidden.group_id limit 1
      ) closed on true
      where not exists (select from ${table('others')} other where ${isSame(sql`other`, sql`found`)}
        and other.assignment_kind = found.assignment_kind)
    )`
}

const isSame = (
  one: SQL,
  other: SQL,
) => sql`${one}.principal_id = ${other}.principal_id and ${one}.role_id = ${other}.role_id
  and ${one}.at_scope = ${other}.at_scope`

/** The columns of what is held directly, from `assignments`. */
const DIRECT = sql`${assignments.principalId} as principal_id, ${assignments.principalKind} as kind, ${assignments.roleId} as role_id,
  lower(${assignments.scope}) as at_scope, ${assignments.scope} as scope, ${assignments.scopeLevel} as level,
  ${assignments.kind} as assignment_kind, null::text as group_id, true as is_read`

/** The same of what is held through a group. It is read where no earlier reading stands in for a membership on the way. */
const THROUGH = sql`${groupMembers.memberId}, ${groupMembers.memberKind}, ${assignments.roleId}, lower(${assignments.scope}),
  ${assignments.scope}, ${assignments.scopeLevel},
  ${weakestKindOf(assignments.kind, weakestKindOf(groupNesting.membership, groupMembers.membership))}, ${assignments.principalId},
  ${ageOfMembership} is null and ${groupNesting.readAt} is null`

/** The ways through groups in a snapshot. Members that are groups stand for nobody: those inside them have ways of their own. */
const waysThrough = (actor: Actor, published: Published, more: SQL | undefined) => sql`from ${assignments}
  join ${groupNesting} on ${groupNesting.groupId} = ${assignments.principalId}
  join ${groupMembers} on ${groupMembers.groupId} = ${groupNesting.innerId}
  join ${directoryGroups} on ${directoryGroups.groupId} = ${groupNesting.innerId}
  where ${and(
    inSnapshot(assignments, actor, published),
    inSnapshot(groupNesting, actor, published),
    inSnapshot(groupMembers, actor, published),
    inSnapshot(directoryGroups, actor, published),
    ne(groupMembers.memberKind, 'group'),
    more,
  )}`

/** All ways of a snapshot on which something lies that another snapshot does not have. */
function selectChanged(actor: Actor, present: Published, absent: Published): SQL {
  const isNotInOther = (table: Parameters<typeof inSnapshot>[0]) =>
    not(sql`coalesce(${inSnapshot(table, actor, absent)}, false)`)
  const through = [assignments, groupNesting, groupMembers].map(
    (table) => sql`select ${THROUGH} ${waysThrough(actor, present, isNotInOther(table))}`,
  )
  return sql`
    select ${DIRECT} from ${assignments} where ${and(inSnapshot(assignments, actor, present), isNotInOther(assignments))}
    union ${sql.join(through, sql` union `)}`
}

/** What those who are found have in a snapshot. */
function selectHeld(actor: Actor, published: Published, found: SQL): SQL {
  const isFound = (id: SQL) => sql`${id} in (select principal_id from ${found})`
  return sql`
    select distinct principal_id, role_id, at_scope, assignment_kind from (
      select ${DIRECT} from ${assignments}
      where ${and(inSnapshot(assignments, actor, published), isFound(sql`${assignments.principalId}`))}
      union select ${THROUGH} ${waysThrough(actor, published, isFound(sql`${groupMembers.memberId}`))}
    ) as held`
}

/** Groups of which it is known who is in them; of a flat one only which people are. */
const OPENED = sql`('whole', 'flat')`

/**
 * The roles at scopes that somebody may have in a snapshot without being shown: through a group that was not opened, or only in
 * part, or of which an earlier reading stands in; or through what may be a group. What was as closed in the other snapshot is left
 * out, since neither tells anything of it.
 */
function selectHidden(actor: Actor, published: Published, other: Published): SQL {
  const sameState = sql`exists (select from directory_groups before where before.organisation_id = ${actor.organisationId}
    and before.account_id = ${other.accountId} and before.group_id = ${directoryGroups.groupId}
    and before.valid_from <= ${other.publishedAt.toISOString()} and (before.valid_to is null or before.valid_to > ${other.publishedAt.toISOString()})
    and (before.state = ${directoryGroups.state} or (before.state not in ('whole', 'flat', 'partly') and ${directoryGroups.state} not in ('whole', 'flat', 'partly')))
    and before.read_at is null)`
  return sql`
    select ${assignments.roleId}, lower(${assignments.scope}) as at_scope,
      ${weakestKindOf(assignments.kind, groupNesting.membership)} as assignment_kind, ${directoryGroups.groupId}, ${directoryGroups.state}
    from ${directoryGroups}
    join ${groupNesting} on ${groupNesting.innerId} = ${directoryGroups.groupId}
    join ${assignments} on ${assignments.principalId} = ${groupNesting.groupId}
    where ${and(
      inSnapshot(directoryGroups, actor, published),
      inSnapshot(groupNesting, actor, published),
      inSnapshot(assignments, actor, published),
      sql`(${directoryGroups.readAt} is not null
        or ((${directoryGroups.state} not in ${OPENED} or ${directoryGroups.state} = 'flat') and not ${sameState}))`,
    )}
    union
    select ${assignments.roleId}, lower(${assignments.scope}), ${assignments.kind}, ${assignments.principalId}, null
    from ${assignments} where ${and(inSnapshot(assignments, actor, published), eq(assignments.principalKind, 'other'))}`
}

/** Judges what is found: `why` it is not comparable, and the `change` that it is. */
function judge(name: Side['name'], lists: Incomparable, table: (what: string) => SQL): SQL {
  const absent = name === 'from' ? 'to' : 'from'
  const isDelegate = sql`found.kind = 'delegate'`
  const otherwise = sql`exists (select from ${table('others')} other where ${isSame(sql`other`, sql`found`)})`
  const byGroup = sql`exists (select from ${table('groups')} held where held.role_id = found.role_id and held.at_scope = found.at_scope)`
  const when = (condition: boolean, test: SQL, why: Dataset) =>
    condition ? sql`when ${test} then ${why}::text` : sql``
  const cases = [
    when(lists.delegations, isDelegate, 'delegations'),
    when(lists.assignments, sql`not ${isDelegate}`, 'assignments'),
    when(lists.eligible, sql`not ${isDelegate} and (found.assignment_kind <> 'active' or ${otherwise})`, 'eligible'),
    when(true, sql`not found.is_read or closed.closed_id is not null`, 'groups'),
    when(lists.services[absent], sql`found.kind = 'service_principal' and ${byGroup}`, 'services_in_groups'),
    when(lists.eligibleMembers[absent], sql`found.assignment_kind = 'eligible' and ${byGroup}`, 'eligible_members'),
    when(lists.activatedMembers, otherwise, 'activated_members'),
  ]
  const why = sql`case ${sql.join(cases, sql` `)} end`
  const change = name === 'to' ? 'gained' : 'lost'
  return sql`case when (${why}) is null then ${change} else 'not_comparable' end as change, ${why} as why, closed.closed_id, closed.closed_state`
}
