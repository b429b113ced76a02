import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { directoryGroups, GROUP_AGES, groupMembers, groupNesting } from '@/db/schema/directory'
import { arrayOf } from '@/db/text-array'
import { type IntervalRow, writeIntervals } from '@/db/write-intervals'
import type { DirectoryWrite } from '@/lib/directory/write-groups'
import type { ReadGroup } from '@/lib/domain/access'
import { listOfMember, NO_AGES } from '@/lib/domain/group-coverage'
import { nestingOf } from '@/lib/domain/holders'

/**
 * Brings the nesting of groups to what is stored of an account's directory: which groups lie inside each *root*, a group that holds an
 * assignment or is named in a denial at any node. Only roots that are new, or inside which a group has changed, are looked at, so that a
 * publish costs what it changes and not what the account has. Groups through which no access runs any more end.
 *
 * @param changed the groups that the publish has stored differently than they were
 * @returns the rows written
 */
export async function writeNesting(
  tx: Transaction,
  write: DirectoryWrite,
  changed: readonly string[],
): Promise<number> {
  const roots = new Set(await listRoots(tx, write))
  const stored = await listStoredRoots(tx, write, changed)
  const asBefore = new Set(stored.filter(({ hasChanged }) => !hasChanged).map(({ id }) => id))
  const walked = [...roots.difference(asBefore)].sort()
  const ended = stored.map(({ id }) => id).filter((id) => !roots.has(id))
  let written = 0
  if (walked.length + ended.length > 0) {
    const groups = await readEdges(tx, write, walked)
    const only = sql`t.group_id = any(${arrayOf([...walked, ...ended])})`
    const rows = walked.flatMap((groupId) => toRows(groups, groupId))
    written = (await writeIntervals(tx, write, { table: groupNesting, only }, rows)).written
  }
  return written + (await endUnreached(tx, write))
}

const toRows = (groups: ReadonlyMap<string, ReadGroup>, groupId: string) =>
  nestingOf(groups, groupId).map(
    ({ id: innerId, depth, kind, readAt }): IntervalRow<typeof groupNesting> => ({
      groupId,
      innerId,
      depth: groups.get(innerId)?.state === 'flat' ? null : depth,
      membership: kind,
      readAt,
    }),
  )

/** The groups of which a nesting is stored, and whether one of the changed groups is in it, which may be that group itself. */
async function listStoredRoots(
  tx: Transaction,
  { organisationId, accountId }: DirectoryWrite,
  changed: readonly string[],
): Promise<{ id: string; hasChanged: boolean }[]> {
  return tx
    .select({
      id: groupNesting.groupId,
      hasChanged: sql<boolean>`bool_or(${groupNesting.innerId} = any(${arrayOf(changed)}))`,
    })
    .from(groupNesting)
    .where(
      and(
        eq(groupNesting.organisationId, organisationId),
        eq(groupNesting.accountId, accountId),
        isNull(groupNesting.validTo),
      ),
    )
    .groupBy(groupNesting.groupId)
}

/** Some groups of the account and all that are inside them, with the groups in them. */
async function readEdges(
  tx: Transaction,
  { organisationId, accountId }: DirectoryWrite,
  outermost: string[],
): Promise<Map<string, ReadGroup>> {
  const inside = sql`(with recursive inside (id) as (
    select unnest(${arrayOf(outermost)}) union
    select m.member_id from inside i join group_members m on m.organisation_id = ${organisationId} and m.account_id = ${accountId}
      and m.group_id = i.id and m.member_kind = 'group' and m.valid_to is null)
    select id from inside)`
  const found = await tx
    .select({
      id: directoryGroups.groupId,
      state: directoryGroups.state,
      memberId: groupMembers.memberId,
      membership: groupMembers.membership,
      endsAt: groupMembers.endsAt,
      readAt: groupMembers.readAt,
      ages: GROUP_AGES,
    })
    .from(directoryGroups)
    .leftJoin(
      groupMembers,
      and(
        eq(groupMembers.organisationId, directoryGroups.organisationId),
        eq(groupMembers.accountId, directoryGroups.accountId),
        eq(groupMembers.groupId, directoryGroups.groupId),
        eq(groupMembers.memberKind, 'group'),
        isNull(groupMembers.validTo),
      ),
    )
    .where(
      and(
        eq(directoryGroups.organisationId, organisationId),
        eq(directoryGroups.accountId, accountId),
        isNull(directoryGroups.validTo),
        sql`${directoryGroups.groupId} in ${inside}`,
      ),
    )
  const groups = new Map<string, ReadGroup>()
  for (const { id, state, memberId, membership, endsAt, readAt, ages } of found) {
    const group = groups.get(id) ?? { id, state, members: [], owners: [], ages: NO_AGES }
    groups.set(id, group)
    if (!memberId || !membership) continue
    const age = ages[listOfMember({ kind: 'group', membership })]
    group.members.push({ id: memberId, kind: 'group', agent: false, membership, endsAt, readAt: readAt ?? age })
  }
  return groups
}

/** The groups that hold an assignment, or are named in a denial, at any node of the account. */
async function listRoots(tx: Transaction, { organisationId, accountId }: DirectoryWrite): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select a.principal_id as id from assignments a join nodes n on n.organisation_id = a.organisation_id and n.id = a.node_id
    where n.organisation_id = ${organisationId} and n.account_id = ${accountId} and a.valid_to is null and a.principal_kind = 'group'
    union
    select named.who ->> 'id' from deny_assignments d
    join nodes n on n.organisation_id = d.organisation_id and n.id = d.node_id,
      jsonb_array_elements(d.principals || d.excluded) as named (who)
    where n.organisation_id = ${organisationId} and n.account_id = ${accountId} and d.valid_to is null
      and named.who ->> 'kind' = 'group'`)
  return rows.map(({ id }) => id)
}

const OF_GROUPS = ['directory_groups', 'group_members', 'group_owners'] as const

/**
 * Ends what is stored of groups that no root leads to. They are not read any more, so nothing is said of them. Rows that
 * this same write has begun for such a group are deleted: its run read an assignment that a later reading no longer has.
 */
async function endUnreached(tx: Transaction, { organisationId, accountId, at }: DirectoryWrite): Promise<number> {
  const unreached = await tx.execute<{ id: string }>(sql`
    select g.group_id as id from directory_groups g
    where g.organisation_id = ${organisationId} and g.account_id = ${accountId} and g.valid_to is null
      and not exists (select from group_nesting n where n.organisation_id = g.organisation_id
        and n.account_id = g.account_id and n.inner_id = g.group_id and n.valid_to is null)`)
  if (unreached.rows.length === 0) return 0
  const moment = sql`${at.toISOString()}::timestamptz`
  const isOfThem = sql`t.organisation_id = ${organisationId} and t.account_id = ${accountId} and t.valid_to is null
    and t.group_id = any(${arrayOf(unreached.rows.map(({ id }) => id))})`
  let ended = 0
  for (const table of OF_GROUPS) {
    const name = sql.identifier(table)
    await tx.execute(sql`delete from ${name} t where ${isOfThem} and t.valid_from = ${moment}`)
    const { rows } = await tx.execute<{ rows: number }>(sql`
      with ended as (update ${name} t set valid_to = ${moment} where ${isOfThem} returning 1)
      select count(*)::int as rows from ended`)
    ended += rows[0]?.rows ?? 0
  }
  return ended
}
