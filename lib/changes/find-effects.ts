import { type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { jsonChunks } from '@/db/json-records'
import type { Moment } from './moment'

/**
 * The rows that belong to a cause: an assignment at a node (`nodeId`, `key`), a membership (`groupId`, `memberId`, `membership`), or
 * everything that a principal holds (`principalId`). A cause may have many of them.
 */
export type CauseRow = {
  changeId: string
  nodeId?: string
  key?: string
  groupId?: string
  memberId?: string
  membership?: string
  principalId?: string
  /** Whether what is held as before is changed by it all the same: by another condition, say. */
  alters?: boolean
}

/**
 * Finds what causes do to (principal, role, scope), and puts it into a temporary table `effects`, which ends with the transaction:
 * a row for each cause, node, principal, role, scope and whether it is only eligible, with `effect`.
 *
 * Gained is what is held at the moment and was not just before it, in whatever way; lost is the reverse. A role that is activated and
 * one that is assigned outright are the same here: both are held. It is asked from the causes outwards: whom they reach and what they
 * lead to, and then of these alone what they hold in other ways. So it costs what the causes reach, not what a subscription holds.
 */
export async function findEffects(tx: Transaction, moment: Moment, rows: Iterable<CauseRow>): Promise<void> {
  await writeCauses(tx, rows)
  await findInside(tx, moment)
  await findCandidates(tx, moment)
  await compare(tx, moment)
}

async function writeCauses(tx: Transaction, rows: Iterable<CauseRow>): Promise<void> {
  const columns = sql.raw(
    'change_id uuid, node_id uuid, key text, group_id text, member_id text, membership text, principal_id text, alters boolean',
  )
  await makeTable(tx, 'causes', columns)
  for (const chunk of jsonChunks(rows))
    await tx.execute(sql`insert into causes select "changeId", "nodeId", key, "groupId", "memberId", membership, "principalId", coalesce(alters, false)
      from jsonb_to_recordset(${chunk}::jsonb) as record("changeId" uuid, "nodeId" uuid, key text, "groupId" text, "memberId" text,
        membership text, "principalId" text, alters boolean)`)
  await tx.execute(sql`analyze causes`)
}

async function makeTable(tx: Transaction, name: string, columns: SQL): Promise<void> {
  await tx.execute(sql`drop table if exists ${sql.identifier(name)}`)
  await tx.execute(sql`create temporary table ${sql.identifier(name)} (${columns}) on commit drop`)
}

/** Whether a row, by its name in the statement, is valid at the moment or was so just before it. */
const beforeOrNow = (row: string, { at }: Moment): SQL =>
  sql`(${column(row, 'valid_from')} <= ${time(at)} and (${column(row, 'valid_to')} is null or ${column(row, 'valid_to')} >= ${time(at)}))`

const column = (row: string, name: string) => sql.raw(`${row}.${name}`)
const time = (at: Date) => sql`${at.toISOString()}::timestamptz`

const ofAccount = (row: string, { organisationId, accountId }: Moment): SQL =>
  sql`${column(row, 'organisation_id')} = ${organisationId} and ${column(row, 'account_id')} = ${accountId}`

const ELIGIBLE = sql.raw(`'eligible'`)

/** Whom the memberships of causes bring along: the member, or everyone inside it if that is a group, groups not counted. */
async function findInside(tx: Transaction, moment: Moment): Promise<void> {
  await makeTable(
    tx,
    'inside',
    sql.raw('change_id uuid, group_id text, principal_id text, principal_kind text, eligible boolean, alters boolean'),
  )
  const row = sql`${ofAccount('m', moment)} and ${beforeOrNow('m', moment)}`
  await tx.execute(sql`
    insert into inside
    with recursive started as (
      select c.change_id, c.group_id, m.member_id, m.member_kind, m.membership = ${ELIGIBLE} as eligible, c.alters
      from causes c join group_members m on ${row} and m.group_id = c.group_id and m.member_id = c.member_id and m.membership = c.membership
    ), below (change_id, group_id, inner_id, eligible, alters) as (
      select change_id, group_id, member_id, eligible, alters from started where member_kind = 'group'
      union
      select b.change_id, b.group_id, m.member_id, b.eligible or m.membership = ${ELIGIBLE}, b.alters
      from below b join group_members m on ${row} and m.group_id = b.inner_id where m.member_kind = 'group')
    select change_id, group_id, member_id, member_kind, eligible, alters from started where member_kind <> 'group'
    union
    select b.change_id, b.group_id, m.member_id, m.member_kind, b.eligible or m.membership = ${ELIGIBLE}, b.alters
    from below b join group_members m on ${row} and m.group_id = b.inner_id where m.member_kind <> 'group'`)
  await tx.execute(sql`analyze inside`)
}

/** What each cause may have given or taken: everything that it leads to, whether or not that is held in other ways. */
async function findCandidates(tx: Transaction, moment: Moment): Promise<void> {
  const { organisationId } = moment
  await makeTable(
    tx,
    'candidates',
    sql.raw(`change_id uuid, alters boolean, node_id uuid, principal_id text, principal_kind text, role_id text, scope text,
      scope_level text, eligible boolean`),
  )
  const insert = (rows: SQL) =>
    tx.execute(sql`insert into candidates select distinct on (1, 3, 4, 6, lower(scope), 9) * from (${rows}) as found`)
  const assignment = sql`a.organisation_id = ${organisationId} and ${beforeOrNow('a', moment)}`
  const nesting = sql`${ofAccount('n', moment)} and ${beforeOrNow('n', moment)}`
  const member = sql`${ofAccount('m', moment)} and ${beforeOrNow('m', moment)} and m.member_kind <> 'group'`
  await insert(sql`
    select c.change_id, c.alters, a.node_id, a.principal_id, a.principal_kind, a.role_id, a.scope, a.scope_level, a.kind = ${ELIGIBLE}
    from causes c join assignments a on ${assignment} and a.node_id = c.node_id and a.key = c.key where a.principal_kind <> 'group'
    union all
    select c.change_id, c.alters, a.node_id, m.member_id, m.member_kind, a.role_id, a.scope, a.scope_level,
      a.kind = ${ELIGIBLE} or n.membership = ${ELIGIBLE} or m.membership = ${ELIGIBLE}
    from causes c join assignments a on ${assignment} and a.node_id = c.node_id and a.key = c.key and a.principal_kind = 'group'
    join group_nesting n on ${nesting} and n.group_id = a.principal_id
    join group_members m on ${member} and m.group_id = n.inner_id`)
  await insert(sql`
    select i.change_id, i.alters, a.node_id, i.principal_id, i.principal_kind, a.role_id, a.scope, a.scope_level,
      a.kind = ${ELIGIBLE} or n.membership = ${ELIGIBLE} or i.eligible
    from inside i join group_nesting n on ${nesting} and n.inner_id = i.group_id
    join assignments a on ${assignment} and a.principal_id = n.group_id and a.node_id = any(${nodesOf(moment)})`)
  await insert(sql`
    select c.change_id, c.alters, a.node_id, a.principal_id, a.principal_kind, a.role_id, a.scope, a.scope_level, a.kind = ${ELIGIBLE}
    from causes c join assignments a on ${assignment} and a.principal_id = c.principal_id and a.node_id = any(${nodesOf(moment)})
    union all
    select c.change_id, c.alters, a.node_id, m.member_id, m.member_kind, a.role_id, a.scope, a.scope_level,
      a.kind = ${ELIGIBLE} or n.membership = ${ELIGIBLE} or m.membership = ${ELIGIBLE}
    from causes c join group_members m on ${member} and m.member_id = c.principal_id
    join group_nesting n on ${nesting} and n.inner_id = m.group_id
    join assignments a on ${assignment} and a.principal_id = n.group_id and a.node_id = any(${nodesOf(moment)})`)
  await tx.execute(sql`analyze candidates`)
}

const nodesOf = ({ organisationId, accountId }: Moment): SQL =>
  sql`array(select nodes.id from nodes where nodes.organisation_id = ${organisationId} and nodes.account_id = ${accountId})`

/** Compares what the candidates hold at the moment, in any way, with what they held just before it. */
async function compare(tx: Transaction, moment: Moment): Promise<void> {
  const { organisationId, at } = moment
  await makeTable(tx, 'reached', sql.raw('node_id uuid, principal_id text'))
  await tx.execute(sql`insert into reached select distinct node_id, principal_id from candidates`)
  await tx.execute(sql`analyze reached`)
  const isNow = (...rows: string[]) =>
    sql.join(
      rows.map((row) => sql`(${column(row, 'valid_to')} is null or ${column(row, 'valid_to')} > ${time(at)})`),
      sql` and `,
    )
  const wasBefore = (...rows: string[]) =>
    sql.join(
      rows.map((row) => sql`${column(row, 'valid_from')} < ${time(at)}`),
      sql` and `,
    )
  await makeTable(
    tx,
    'held',
    sql.raw('node_id uuid, principal_id text, role_id text, scope text, eligible boolean, now boolean, before boolean'),
  )
  await tx.execute(sql`
    insert into held
    select node_id, principal_id, role_id, scope, eligible, bool_or(now), bool_or(before) from (
      select r.node_id, r.principal_id, a.role_id, lower(a.scope) as scope, a.kind = ${ELIGIBLE} as eligible,
        ${isNow('a')} as now, ${wasBefore('a')} as before
      from reached r join assignments a on a.organisation_id = ${organisationId} and a.principal_id = r.principal_id
        and a.node_id = r.node_id and ${beforeOrNow('a', moment)}
      union all
      select r.node_id, r.principal_id, a.role_id, lower(a.scope), a.kind = ${ELIGIBLE} or n.membership = ${ELIGIBLE} or m.membership = ${ELIGIBLE},
        ${isNow('a', 'n', 'm')}, ${wasBefore('a', 'n', 'm')}
      from reached r
      join group_members m on ${ofAccount('m', moment)} and m.member_id = r.principal_id and m.member_kind <> 'group' and ${beforeOrNow('m', moment)}
      join group_nesting n on ${ofAccount('n', moment)} and n.inner_id = m.group_id and ${beforeOrNow('n', moment)}
      join assignments a on a.organisation_id = ${organisationId} and a.principal_id = n.group_id and a.node_id = r.node_id
        and ${beforeOrNow('a', moment)}) as ways
    group by node_id, principal_id, role_id, scope, eligible`)
  await tx.execute(sql`analyze held`)
  await tx.execute(sql`drop table if exists effects`)
  await tx.execute(sql`
    create temporary table effects on commit drop as
    select c.*, case when h.before is not true then 'gained' when h.now is not true then 'lost' else 'altered' end as effect
    from candidates c join held h on h.node_id = c.node_id and h.principal_id = c.principal_id and h.role_id = c.role_id
      and h.scope = lower(c.scope) and h.eligible = c.eligible
    where h.now <> h.before or (c.alters and h.now)`)
  await tx.execute(sql`analyze effects`)
}
