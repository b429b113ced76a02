import { and, eq, inArray, notInArray, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { assignments, holders, roleDefinitions } from '@/db/schema/access'
import { directoryGroups, groupMembers, groupNesting, principals } from '@/db/schema/directory'
import { isAnyOf } from '@/db/text-array'
import { unquoteSearch } from '@/lib/domain/typed-filter'
import type { GrantFilter, HolderFilter } from '@/lib/domain/views'
import { ASSIGNMENT_KINDS, PRINCIPAL_KINDS, type PrincipalKind, SIGNALS, type Signal } from '@/lib/domain/vocabulary'
import { searchText } from './input'
import { inSnapshot, type Published, rankIn, strengthOfRole, toRole, weakestKindOf, widthOfScope } from './snapshot'

/** Whether a filter asks for anything that only the grants can answer. */
export const asksOfGrants = ({ roleIds, scope, level, how, held }: GrantFilter): boolean =>
  roleIds.length > 0 || [scope, level, how, held].some((value) => value !== null)

/**
 * A filter as a condition on assignments, whoever holds them. How they are held, and whether they are held or eligible,
 * depends on the holder's memberships too and is not in it: see {@link kindMatches}.
 */
export function grantMatches(actor: Actor, connectionId: string, filter: GrantFilter): SQL | undefined {
  const { roleIds, scope, level } = filter
  return and(
    roleIds.length > 0 ? inArray(assignments.roleId, roleIds) : undefined,
    level ? eq(assignments.scopeLevel, level) : undefined,
    scope ? actsAt(actor, connectionId, scope.toLowerCase()) : undefined,
  )
}

/** What a filter asks of the kind in which somebody has a role, memberships counted in. */
export function kindMatches(kind: SQLWrapper, held: GrantFilter['held']): SQL | undefined {
  if (held === null) return undefined
  return held === 'held' ? sql`${kind} <> 'eligible'` : sql`${kind} = ${held}`
}

const MANAGEMENT_GROUP = '/providers/microsoft.management/managementgroups/'

/** Assignments at a scope or above it. Every management group named by an assignment of a subscription is above the subscription. */
function actsAt(actor: Actor, connectionId: string, scope: string): SQL | undefined {
  const heldAt = sql`lower(${assignments.scope})`
  if (scope === '/') return eq(assignments.scopeLevel, 'root')
  if (scope.startsWith(MANAGEMENT_GROUP))
    return or(
      eq(assignments.scopeLevel, 'root'),
      sql`${heldAt} = ${scope}`,
      sql`${heldAt} in (${managementGroupsAbove(actor, connectionId, scope)})`,
    )
  return or(
    inArray(assignments.scopeLevel, ['root', 'management_group']),
    sql`${heldAt} = ${scope}`,
    sql`starts_with(${scope}, ${heldAt} || '/')`,
  )
}

/** The scopes of the management groups above one of them; none when the chain could not be read. */
const managementGroupsAbove = (actor: Actor, connectionId: string, scope: string): SQL => sql`
  with chain as (
    select ${MANAGEMENT_GROUP} || lower(entry.value ->> 'id') as scope, entry.place
    from connections,
      jsonb_array_elements(coalesce(connections.management_groups, '[]')) with ordinality as entry (value, place)
    where connections.organisation_id = ${actor.organisationId} and connections.id = ${connectionId}
  )
  select above.scope from chain above join chain own on own.scope = ${scope} and above.place < own.place`

/** The kinds of principals that a list is about. */
export const KINDS: Record<HolderFilter['who'], PrincipalKind[]> = {
  people: ['user'],
  groups: ['group'],
  others: PRINCIPAL_KINDS.filter((kind) => kind !== 'user' && kind !== 'group'),
}

/** A filter as a condition on the holders themselves, without what it asks of their grants. A search needs `principals` joined. */
export function holderMatches(filter: HolderFilter): SQL | undefined {
  return and(nameMatches(filter), factsMatch(filter))
}

/** What is typed into the search field, as a condition on `principals`. */
export const nameMatches = ({ search }: HolderFilter): SQL | undefined =>
  searchText(unquoteSearch(search), [principals.name, principals.email], holders.principalId)

/** What a filter asks of the columns of a holder. */
export function factsMatch({ who, status, notStatus, guest, signal }: HolderFilter): SQL | undefined {
  return and(
    inArray(holders.kind, KINDS[who]),
    status ? eq(holders.status, status) : undefined,
    notStatus.length > 0 ? notInArray(holders.status, notStatus) : undefined,
    guest ? eq(holders.guest, guest === 'only') : undefined,
    signal ? showsSignal(signal) : undefined,
  )
}

/** Whether a mask of signals has one of them. */
export const hasSignal = (mask: SQLWrapper, signal: Signal): SQL =>
  sql`${mask} & ${sql.raw(String(1 << SIGNALS.indexOf(signal)))} <> 0`

/** Whether a holder shows a signal. */
export const showsSignal = (signal: Signal): SQL => hasSignal(holders.signals, signal)

/** The signals of a bit mask, in the order of `SIGNALS`. */
export const signalsOf = (mask: number): Signal[] => SIGNALS.filter((_, bit) => mask & (1 << bit))

/** When a membership of a group was read last, by its own row or by the list that it is from (`listOfMember` in SQL). */
export const ageOfMembership = sql`coalesce(${groupMembers.readAt}, case
  when ${groupMembers.membership} = 'eligible' then ${directoryGroups.eligibleReadAt}
  when ${groupMembers.memberKind} = 'service_principal' then ${directoryGroups.servicesReadAt}
  else ${directoryGroups.readAt} end)`

const PLACES = 1_000_000 // more than the assignments of any subscription, so that a rank and a place fit into one number

/**
 * A select of everyone and everything with a grant that a filter asks for, directly or through groups, each once, with the
 * grant to show: held before eligible, then the strongest, the widest, direct before through a group.
 *
 * Its columns: `principal_id, strength, role_id, scope, scope_level, kind, group_id, read_at`. The best grant of each group
 * is found before its members are read, so that the work grows with the members of groups and not with members times
 * grants. It is found once for each kind of membership, since that decides what the group's grants are to a member.
 *
 * @param only the ids of those who are wanted; null for everyone
 */
export function selectMatchingHolders(
  actor: Actor,
  published: Published,
  filter: GrantFilter,
  only: string[] | null = null,
): SQL {
  const kind = weakestKindOf(assignments.kind, sql`passed.membership`)
  const direct = sql`select principal_id, at, null::timestamptz as read_at from best where membership = 'active'`
  const through = sql`
    select ${groupMembers.memberId} as principal_id, through.at, least(through.read_at, ${ageOfMembership}) as read_at
    from through join ${groupMembers} on ${groupMembers.groupId} = through.inner_id and ${groupMembers.membership} = through.last
    join ${directoryGroups} on ${directoryGroups.groupId} = through.inner_id
    where ${and(inSnapshot(groupMembers, actor, published), only ? isAnyOf(groupMembers.memberId, only) : undefined)}
      and ${groupMembers.memberKind} <> 'group' and ${inSnapshot(directoryGroups, actor, published)}`
  const ways = { direct, group: through, any: sql`${direct} union all ${through}` }
  const memberships = sql.raw(`(values ${ASSIGNMENT_KINDS.map((one) => `('${one}')`).join(', ')})`)

  return sql`
    with found as materialized (
      select ${assignments.principalId}, ${assignments.roleId}, ${assignments.scope}, ${assignments.scopeLevel},
        passed.membership, ${kind} as kind, ${strengthOfRole} as strength, ${assignments.readAt},
        dense_rank() over (order by ${kind} = 'eligible', ${strengthOfRole}, ${rankIn(kind, ASSIGNMENT_KINDS)}, ${widthOfScope}) as rank,
        row_number() over (order by ${assignments.readAt} is not null, ${assignments.roleId}, lower(${assignments.scope}), ${assignments.key}, passed.membership) as place
      from ${assignments} cross join ${memberships} as passed (membership)
      left join ${roleDefinitions} on ${toRole(assignments, assignments.roleId)}
      where ${and(
        inSnapshot(assignments, actor, published),
        grantMatches(actor, published.id, filter),
        kindMatches(kind, filter.held),
        only ? or(eq(assignments.principalKind, 'group'), isAnyOf(assignments.principalId, only)) : undefined,
      )}
    ),
    best as materialized (
      select principal_id, membership, min(rank * ${sql.raw(String(2 * PLACES))} + place) as at
      from found group by principal_id, membership
    ),
    through as materialized (
      select distinct on (${groupNesting.innerId}, last.membership) ${groupNesting.innerId}, last.membership as last,
        best.at + ${sql.raw(String(PLACES))} as at, ${groupNesting.readAt}
      from ${groupNesting} cross join ${memberships} as last (membership)
      join best on best.principal_id = ${groupNesting.groupId}
        and best.membership = ${weakestKindOf(groupNesting.membership, sql`last.membership`)}
      where ${inSnapshot(groupNesting, actor, published)}
      order by ${groupNesting.innerId}, last.membership, best.at, ${groupNesting.readAt} nulls first
    )
    select shown.principal_id, found.strength, found.role_id, found.scope, found.scope_level, found.kind,
      case when shown.at / ${sql.raw(String(PLACES))} % 2 = 1 then found.principal_id end as group_id,
      least(shown.read_at, found.read_at) as read_at
    from (
      select distinct on (principal_id) principal_id, at, read_at from (${ways[filter.how ?? 'any']}) ways
      order by principal_id, at, read_at nulls first
    ) shown
    join found on found.place = shown.at % ${sql.raw(String(PLACES))}`
}
