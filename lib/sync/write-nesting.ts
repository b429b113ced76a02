import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { directoryGroups, GROUP_AGES, groupMembers, groupNesting } from '@/db/schema/directory'
import { type IntervalRow, writeIntervals } from '@/db/write-intervals'
import type { DirectoryWrite } from '@/lib/directory/write-groups'
import type { ReadGroup } from '@/lib/domain/access'
import { listOfMember, NO_AGES } from '@/lib/domain/group-coverage'
import { nestingOf } from '@/lib/domain/holders'

/**
 * Brings the nesting of groups to what is stored of an account's directory: of each group that holds an assignment or is named in
 * a denial at any node, which groups are inside it. Groups through which no access runs any more end. Gives the rows written.
 */
export async function writeNesting(tx: Transaction, write: DirectoryWrite): Promise<number> {
  const groups = await readEdges(tx, write)
  const rows = (await listRoots(tx, write)).values().flatMap((groupId) =>
    nestingOf(groups, groupId).map(
      ({ id: innerId, depth, kind, readAt }): IntervalRow<typeof groupNesting> => ({
        groupId,
        innerId,
        depth: groups.get(innerId)?.state === 'flat' ? null : depth,
        membership: kind,
        readAt,
      }),
    ),
  )
  const { written } = await writeIntervals(tx, write, { table: groupNesting }, rows)
  return written + (await endUnreached(tx, write))
}

/** The groups of the account with the groups in them. */
async function readEdges(
  tx: Transaction,
  { organisationId, accountId }: DirectoryWrite,
): Promise<Map<string, ReadGroup>> {
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
  return rows.map(({ id }) => id).sort()
}

const OF_GROUPS = ['directory_groups', 'group_members', 'group_owners'] as const

/**
 * Ends what is stored of groups that no root leads to. They are not read any more, so nothing is said of them. Rows that
 * this same write has begun for such a group are deleted: its run read an assignment that a later reading no longer has.
 */
async function endUnreached(tx: Transaction, { organisationId, accountId, at }: DirectoryWrite): Promise<number> {
  const moment = sql`${at.toISOString()}::timestamptz`
  const isUnreached = sql`t.organisation_id = ${organisationId} and t.account_id = ${accountId} and t.valid_to is null
    and not exists (select from group_nesting n where n.organisation_id = t.organisation_id
      and n.account_id = t.account_id and n.inner_id = t.group_id and n.valid_to is null)`
  let ended = 0
  for (const table of OF_GROUPS) {
    const name = sql.identifier(table)
    await tx.execute(sql`delete from ${name} t where ${isUnreached} and t.valid_from = ${moment}`)
    const { rows } = await tx.execute<{ rows: number }>(sql`
      with ended as (update ${name} t set valid_to = ${moment} where ${isUnreached} returning 1)
      select count(*)::int as rows from ended`)
    ended += rows[0]?.rows ?? 0
  }
  return ended
}
