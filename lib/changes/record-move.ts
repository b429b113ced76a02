import { inArray, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { nodes } from '@/db/schema/access'
import { changes } from '@/db/schema/changes'
import { arrayOf } from '@/db/text-array'
import { type ChangesWrite, sharedBy } from './moment'

/** The nodes that came into a connection's chain and those that left it, by their ids. */
export type Moved = {
  joined: string[]
  left: string[]
  /** When the last result was published: until then those were shown that left. */
  shownUntil: Date
  /** Whether the management groups above the subscription could be read. If not, it may only be that less of them can be seen. */
  isKnown: boolean
}

/**
 * Records that a subscription came under other management groups, or that these can be read now or no longer: everyone there has gained,
 * or lost, what is held there. How many that are is taken from the holders of these nodes. Gives the rows written.
 */
export async function recordMove(tx: Transaction, write: ChangesWrite, moved: Moved): Promise<number> {
  const { organisationId, accountId, connectionId, at } = write
  const ids = [...moved.joined, ...moved.left]
  if (ids.length === 0) return 0
  const known = await tx
    .select({ id: nodes.id, scope: nodes.scope, accountId: nodes.accountId })
    .from(nodes)
    .where(sql`${nodes.organisationId} = ${organisationId} and ${inArray(nodes.id, ids)}`)
  const scopesOf = (some: string[]) => known.filter(({ id }) => some.includes(id)).map(({ scope }) => scope)
  // With another account one is shown other things, whatever has really changed.
  const isSameReader = known.every((node) => node.accountId === accountId)
  const isMove = moved.isKnown && isSameReader
  const id = crypto.randomUUID()
  const moment = sql`${at.toISOString()}::timestamptz`
  await tx.insert(changes).values({
    ...sharedBy(write),
    ...{ id, cause: isMove ? 'move' : 'reading', turn: 'changed', connectionId },
    detail: {
      ...{ left: scopesOf(moved.left), joined: scopesOf(moved.joined) },
      ...(!isMove && { list: isSameReader ? 'scopes' : 'assignments' }),
    },
  })
  // Where a group holds something as well, the strongest role may be the group's alone: then nobody is named as the one who has it.
  const soleId = sql`case when count(*) = 1 and min(h.kind) <> 'group' then min(h.principal_id) end`
  const rolesAt = sql`array(select distinct a.role_id from assignments a where a.organisation_id = h.organisation_id and a.node_id = h.node_id)`
  const count = (some: string[], effect: string, valid: ReturnType<typeof sql>) => sql`
    select ${organisationId}::uuid, h.node_id, ${id}::uuid, ${effect}::text, ${moment},
      (count(*) filter (where h.kind = 'user'))::int, (count(*) filter (where h.kind not in ('user', 'group')))::int, ${soleId}, sum(h.grants)::int,
      min(h.strongest), coalesce(bool_or(r.privileged), false), (array_agg(h.role_id order by h.rank, h.role_id))[1],
      (array_agg(h.scope order by h.rank, h.role_id))[1], (array_agg(h.scope_level order by h.rank, h.role_id))[1],
      (array_agg(h.assignment_kind = 'eligible' order by h.rank, h.role_id))[1], ${rolesAt}
    from holders h left join role_definitions r on r.organisation_id = h.organisation_id and r.tenant_id = h.tenant_id and r.id = h.role_id
    where h.organisation_id = ${organisationId} and h.node_id = any(${arrayOf(some)}::uuid[]) and ${valid}
    group by h.organisation_id, h.node_id`
  const until = sql`${moved.shownUntil.toISOString()}::timestamptz`
  const { rows } = await tx.execute<{ rows: number }>(sql`
    with stored as (
      insert into change_effects (organisation_id, node_id, change_id, effect, at, people, others, sole_id, grants, strongest,
        privileged, role_id, scope, scope_level, eligible, role_ids)
      ${count(moved.joined, isMove ? 'gained' : 'seen', sql`h.valid_to is null`)}
      union all
      ${count(moved.left, isMove ? 'lost' : 'unseen', sql`h.valid_from <= ${until} and (h.valid_to is null or h.valid_to > ${until})`)}
      returning 1)
    select count(*)::int as rows from stored`)
  return 1 + (rows[0]?.rows ?? 0)
}
