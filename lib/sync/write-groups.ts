import type { Transaction } from '@/db/database'
import type { Access } from '@/lib/domain/access'
import { nestingOf } from '@/lib/domain/holders'
import type { ClaimedRun } from './claim-run'
import { writeIntervals } from './write-intervals'

/** Brings the stored groups, their direct members and which lies in which, to what was read, by differences. Gives the rows written. */
export async function writeGroups(
  tx: Transaction,
  run: ClaimedRun,
  { groups, roots, sizes }: Pick<Access, 'groups' | 'roots' | 'sizes'>,
  at: Date,
): Promise<number> {
  const groupRows = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'connection_groups',
      columns: {
        group_id: { type: 'text', part: 'key' },
        state: { type: 'text', part: 'compared' },
        direct_members: { type: 'integer', part: 'compared' },
        members: { type: 'integer', part: 'compared' },
      },
    },
    groups.values().map(({ id, state, members }) => ({
      group_id: id,
      state,
      direct_members: state === 'whole' ? members.length : null,
      members: sizes.get(id) ?? null,
    })),
  )
  const memberRows = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'group_members',
      columns: {
        group_id: { type: 'text', part: 'key' },
        member_id: { type: 'text', part: 'key' },
        member_kind: { type: 'text', part: 'compared' },
      },
    },
    groups
      .values()
      .flatMap(({ id, members }) =>
        members.values().map((member) => ({ group_id: id, member_id: member.id, member_kind: member.kind })),
      ),
  )
  const nestingRows = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'group_nesting',
      columns: {
        group_id: { type: 'text', part: 'key' },
        inner_id: { type: 'text', part: 'key' },
        depth: { type: 'integer', part: 'compared' },
      },
    },
    roots.values().flatMap((groupId) =>
      nestingOf(groups, groupId)
        .entries()
        .map(([id, depth]) => ({
          group_id: groupId,
          inner_id: id,
          depth: groups.get(id)?.state === 'flat' ? null : depth,
        })),
    ),
  )
  return groupRows.written + memberRows.written + nestingRows.written
}
