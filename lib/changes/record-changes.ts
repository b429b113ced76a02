import { type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { changes } from '@/db/schema/changes'
import { PRIVILEGES, SCOPE_LEVELS } from '@/lib/domain/vocabulary'
import { type Cause, type Causes, findAssignmentCauses, findMembershipCauses, type NodeBefore } from './find-causes'
import { findEffects } from './find-effects'
import { findPersonCauses, findRoleCauses, type RoleBefore } from './find-other-causes'
import { type ChangesWrite, sharedBy } from './moment'
import { type Moved, recordMove } from './record-move'

/** What a publish has changed. */
export type Written = {
  nodes: NodeBefore[]
  /** The ids of the groups that read differently. */
  groupIds: string[]
  /** The nodes whose holders were made anew. */
  made: ReadonlySet<string>
  /** The roles whose definitions read differently, as they were. */
  roles: RoleBefore[]
  /** The nodes that came into the chain of the connection or left it; null at its first result. */
  moved: Moved | null
}

/**
 * Records what a publish has changed in effective access: a row for each cause, and for each node that it reaches how many gained or
 * lost what. Called at the end of a publish, in its transaction, when everything else is written.
 *
 * A cause that gives and takes nothing, because whoever it reaches holds the same in another way, is not recorded, unless it is about
 * what a group holds.
 *
 * @returns the rows written
 */
export async function recordChanges(tx: Transaction, write: ChangesWrite, written: Written): Promise<number> {
  const ofMove = written.moved ? await recordMove(tx, write, written.moved) : 0
  const all = merge([
    await findAssignmentCauses(tx, write, written.nodes),
    await findMembershipCauses(tx, write, written.groupIds),
    await findPersonCauses(tx, write, written.made),
    await findRoleCauses(tx, write, written.roles),
  ])
  if (all.causes.length === 0) return ofMove
  await findEffects(tx, write, all.rows)
  return ofMove + (await storeCauses(tx, write, all.causes))
}

const merge = (some: Causes[]): Causes => ({
  causes: some.flatMap(({ causes }) => causes),
  rows: some.flatMap(({ rows }) => rows),
})

/** Causes that are stored in one statement. */
const STORED_AT_ONCE = 1_000

/** Stores the causes that have an effect, and their effects at each node. */
async function storeCauses(tx: Transaction, write: ChangesWrite, causes: Cause[]): Promise<number> {
  const { rows } = await tx.execute<{ id: string }>(sql`select distinct change_id as id from effects`)
  const effective = new Set(rows.map(({ id }) => id))
  // What a group holds is told of the group itself, also where it reaches nobody.
  const kept = causes.filter(
    ({ id, nodeId, principalKind }) => effective.has(id) || (nodeId && principalKind === 'group'),
  )
  const { organisationId, accountId, at } = write
  for (let from = 0; from < kept.length; from += STORED_AT_ONCE)
    await tx
      .insert(changes)
      .values(kept.slice(from, from + STORED_AT_ONCE).map((one) => ({ ...one, ...sharedBy(write) })))
  if (kept.length === 0) return 0
  await rankEffects(tx, write)
  const reachNobody = sql`
    select c.node_id, c.id, ${ownEffect}, 0, 0, null, 0, ${strength(sql`r.privilege`)}, coalesce(r.privileged, false), c.role_id, c.scope, c.scope_level,
      c.kind = 'eligible', array[c.role_id]
    from changes c left join role_definitions r on r.organisation_id = c.organisation_id and r.tenant_id = c.tenant_id and r.id = c.role_id
    where c.organisation_id = ${organisationId} and c.account_id = ${accountId} and c.at = ${at.toISOString()}::timestamptz
      and c.key is not null and not exists (select from effects e where e.change_id = c.id)`
  const { rows: stored } = await tx.execute<{ rows: number }>(sql`
    with stored as (
      insert into change_effects (organisation_id, at, node_id, change_id, effect, people, others, sole_id, grants, strongest,
        privileged, role_id, scope, scope_level, eligible, role_ids)
      select ${organisationId}::uuid, ${at.toISOString()}::timestamptz, one.* from (${STRONGEST_WITH_COUNTS} union all ${reachNobody}) as one
      returning 1)
    select count(*)::int as rows from stored`)
  return kept.length + (stored[0]?.rows ?? 0)
}

/** What an assignment does for a group itself, where it reaches nobody in it. */
const ownEffect = sql`case c.turn when 'begun' then 'gained' when 'ended' then 'lost' else 'altered' end`

const rank = (value: SQL, list: readonly string[]) =>
  sql`case ${value} ${sql.raw(list.map((word, index) => `when '${word}' then ${index + 1}`).join(' '))} else ${sql.raw(String(list.length + 1))} end`

const strength = (privilege: SQL) => rank(privilege, PRIVILEGES)

/** Puts the effects, as they are to be told and with how strong their roles are, into a temporary table `ranked`. */
async function rankEffects(tx: Transaction, { organisationId, tenantId }: ChangesWrite): Promise<void> {
  await tx.execute(sql`drop table if exists ranked`)
  await tx.execute(sql`
    create temporary table ranked on commit drop as
    select e.*, ${strength(sql`r.privilege`)} as strongest, coalesce(r.privileged, false) as privileged,
      case when c.cause <> 'reading' then e.effect when e.effect = 'gained' then 'seen' else 'unseen' end as told
    from effects e join changes c on c.organisation_id = ${organisationId} and c.id = e.change_id
    left join role_definitions r on r.organisation_id = ${organisationId} and r.tenant_id = ${tenantId} and r.id = e.role_id`)
  await tx.execute(sql`analyze ranked`)
}

/** Of each cause, node and effect the counts, and the strongest role: what is held before what is only eligible. */
const STRONGEST_WITH_COUNTS = sql`
  select s.node_id, s.change_id, s.told, c.people, c.others, c.sole_id, c.grants, s.strongest, c.privileged, s.role_id, s.scope, s.scope_level, s.eligible,
    c.role_ids
  from (
    select distinct on (node_id, change_id, told) * from ranked
    order by node_id, change_id, told, eligible, strongest, ${rank(sql`scope_level`, SCOPE_LEVELS)}, role_id, lower(scope)) as s
  join (
    select node_id, change_id, told, (count(distinct principal_id) filter (where principal_kind = 'user'))::int as people,
      (count(distinct principal_id) filter (where principal_kind <> 'user'))::int as others,
      case when count(distinct principal_id) = 1 then min(principal_id) end as sole_id, count(*)::int as grants,
      bool_or(privileged) as privileged, array_agg(distinct role_id) as role_ids
    from ranked group by node_id, change_id, told) as c using (node_id, change_id, told)`
