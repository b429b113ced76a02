import { and, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { assignments, groupMembers, groupNesting, roleDefinitions } from '@/db/schema'
import { assignmentsOf, type Published, strengthOfRole, toRole, widthOfScope } from './access-rows'
import { type GrantFilter, grantMatches } from './grant-filter'
import { inSnapshot } from './in-snapshot'

/** More than the assignments that can apply to a subscription, so that a place and a strength fit into one number. */
const PLACES = 1_000_000

/**
 * Everyone and everything that a filter's grants reach, directly or through groups, each once, with the grant to show:
 * what is held before what is eligible, then strongest, widest, direct before through a group.
 *
 * A select of `principal_id, strength, role_id, scope, scope_level, kind, group_id`. The best grant is found for each group
 * before its members are looked at, so that the work grows with the members of groups, not with members times grants.
 */
export function matchingHolders(actor: Actor, published: Published, filter: GrantFilter): SQL {
  const direct = sql`select principal_id, at from best`
  const through = sql`
    select ${groupMembers.memberId} as principal_id, through.at
    from through join ${groupMembers} on ${groupMembers.groupId} = through.inner_id
    where ${inSnapshot(groupMembers, actor, published)} and ${groupMembers.memberKind} <> 'group'`
  const ways = { direct, group: through, any: sql`${direct} union all ${through}` }

  return sql`
    with found as materialized (
      select ${assignments.principalId}, ${assignments.roleId}, ${assignments.scope}, ${assignments.scopeLevel}, ${assignments.kind},
        ${strengthOfRole} as strength,
        dense_rank() over (order by ${assignments.kind} = 'eligible', ${strengthOfRole}, ${assignments.kind}, ${widthOfScope}) as rank,
        row_number() over (order by ${assignments.roleId}, lower(${assignments.scope}), ${assignments.key}) as place
      from ${assignments} left join ${roleDefinitions} on ${toRole}
      where ${and(assignmentsOf(actor, published), grantMatches(actor, published.id, filter))}
    ),
    best as materialized (
      select principal_id, min(rank * ${sql.raw(String(2 * PLACES))} + place) as at from found group by principal_id
    ),
    through as materialized (
      select ${groupNesting.innerId}, min(best.at) + ${sql.raw(String(PLACES))} as at
      from best join ${groupNesting} on ${groupNesting.groupId} = best.principal_id
      where ${inSnapshot(groupNesting, actor, published)}
      group by ${groupNesting.innerId}
    )
    select shown.principal_id, found.strength, found.role_id, found.scope, found.scope_level, found.kind,
      case when shown.at / ${sql.raw(String(PLACES))} % 2 = 1 then found.principal_id end as group_id
    from (select principal_id, min(at) as at from (${ways[filter.how ?? 'any']}) ways group by principal_id) shown
    join found on found.place = shown.at % ${sql.raw(String(PLACES))}`
}
