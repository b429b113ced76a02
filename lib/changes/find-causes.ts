import { and, eq, inArray, or } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { assignments } from '@/db/schema/access'
import type { changes } from '@/db/schema/changes'
import { directoryGroups, groupMembers } from '@/db/schema/directory'
import { isAnyOf } from '@/db/text-array'
import type { GroupList } from '@/lib/domain/access'
import { DATASET_OF_LIST, listOfMember } from '@/lib/domain/group-coverage'
import type { AssignmentKind, ChangeCause, ChangeDetail, ChangeTurn, NodeList } from '@/lib/domain/vocabulary'
import type { CauseRow } from './find-effects'
import type { Moment } from './moment'

/** A change as it is to be stored, without what all changes of a publish share. */
export type Cause = { id: string; cause: ChangeCause; turn: ChangeTurn } & Partial<
  Pick<
    typeof changes.$inferInsert,
    | 'nodeId'
    | 'key'
    | 'principalId'
    | 'principalKind'
    | 'groupId'
    | 'roleId'
    | 'scope'
    | 'scopeLevel'
    | 'kind'
    | 'detail'
    | 'byId'
    | 'byAt'
  >
>

/** Causes with the rows that belong to each. */
export type Causes = { causes: Cause[]; rows: CauseRow[] }

/** A node that changed: the lists that had never been read of it before, and whether no result had shown it. */
export type NodeBefore = { id: string; isNew: boolean; unknownBefore: readonly NodeList[] }

type Row = typeof assignments.$inferSelect

/**
 * What began, ended or went on as something else among the assignments of some nodes. Everything that is read of a list for the first
 * time is one cause, a reading: it was not necessarily assigned just now. A node in its first result causes no changes.
 */
export async function findAssignmentCauses(tx: Transaction, moment: Moment, nodes: NodeBefore[]): Promise<Causes> {
  const known = new Map(nodes.filter(({ isNew }) => !isNew).map((node) => [node.id, node]))
  if (known.size === 0) return NOTHING
  const found = await tx
    .select()
    .from(assignments)
    .where(
      and(
        eq(assignments.organisationId, moment.organisationId),
        inArray(assignments.nodeId, [...known.keys()]),
        or(eq(assignments.validFrom, moment.at), eq(assignments.validTo, moment.at)),
      ),
    )
  const all: Causes = { causes: [], rows: [] }
  const readings = new Map<string, Cause>()
  for (const [, versions] of Map.groupBy(found, ({ nodeId, key }) => `${nodeId} ${key}`)) {
    const before = versions.find(({ validTo }) => validTo?.getTime() === moment.at.getTime()) ?? null
    const after = versions.find(({ validFrom }) => validFrom.getTime() === moment.at.getTime()) ?? null
    const one = after ?? before
    if (!one) continue
    const { nodeId, key } = one
    const list = listOf(one)
    if (!before && list && known.get(nodeId)?.unknownBefore.includes(list)) {
      const reading = readings.get(`${nodeId} ${list}`) ?? {
        ...{ id: crypto.randomUUID(), cause: 'reading', turn: 'begun', nodeId, detail: { list } },
      }
      readings.set(`${nodeId} ${list}`, reading)
      all.rows.push({ changeId: reading.id, nodeId, key })
      continue
    }
    const detail = before && after ? compare(before, after) : {}
    if (detail === null) continue
    const turn = before && after ? 'changed' : after ? 'begun' : 'ended'
    const cause: Cause = {
      ...{ id: crypto.randomUUID(), cause: causeOf(one), turn, nodeId, key, detail },
      ...{ principalId: one.principalId, principalKind: one.principalKind, roleId: one.roleId },
      ...{ scope: one.scope, scopeLevel: one.scopeLevel, kind: one.kind },
      ...(turn === 'begun' && { byId: one.createdBy, byAt: one.createdOn }),
    }
    all.causes.push(cause)
    all.rows.push({ changeId: cause.id, nodeId, key, alters: turn === 'changed' })
  }
  all.causes.push(...readings.values())
  return all
}

const NOTHING: Causes = { causes: [], rows: [] }

/** The list that an assignment is read from, if it is one that can be refused by itself. */
const listOf = ({ key, kind }: Row): NodeList | null =>
  key.startsWith('delegated ') ? 'delegations' : kind === 'eligible' ? 'eligible' : null

const causeOf = ({ key, kind }: Row): ChangeCause => (key.startsWith('delegated ') ? 'delegation' : CAUSE_OF_KIND[kind])

const CAUSE_OF_KIND: Record<AssignmentKind, ChangeCause> = {
  active: 'assignment',
  activated: 'activation',
  eligible: 'eligibility',
}

/** What is different about an assignment that goes on; null when only what it is known by is: the kind of its principal, say. */
function compare(before: Row, after: Row): ChangeDetail | null {
  const detail: ChangeDetail = {}
  if (before.condition !== after.condition) detail.condition = { before: before.condition, after: after.condition }
  if (before.endsAt?.getTime() !== after.endsAt?.getTime())
    detail.endsAt = { before: before.endsAt?.toISOString() ?? null, after: after.endsAt?.toISOString() ?? null }
  if (before.kind !== after.kind) detail.kind = { before: before.kind, after: after.kind }
  const isOther = before.roleId !== after.roleId || before.principalId !== after.principalId
  return isOther || Object.keys(detail).length > 0 ? detail : null
}

type MemberRow = Pick<
  typeof groupMembers.$inferSelect,
  'groupId' | 'memberId' | 'memberKind' | 'membership' | 'validFrom' | 'validTo'
>

/**
 * Who joined and left the groups that read differently. A group through which access begins or ceases to run is left out: the cause is
 * what brought it in or took it away. The cause is a reading where a list was never read before, and where a group is known in another
 * way than before (its people with or without the groups between). Where a group was deleted or restored, that is the cause.
 */
export async function findMembershipCauses(tx: Transaction, moment: Moment, groupIds: string[]): Promise<Causes> {
  if (groupIds.length === 0) return NOTHING
  const groups = await readGroupsAround(tx, moment, groupIds)
  if (groups.size === 0) return NOTHING
  const rows = await listMemberRows(tx, moment, [...groups.keys()])
  const all: Causes = { causes: [], rows: [] }
  const shared = new Map<string, Cause>()
  for (const [, versions] of Map.groupBy(rows, heldAs)) {
    const row = versions[0]
    if (!row || versions.length > 1) continue // goes on, with another end say
    const group = groups.get(row.groupId)
    if (!group) continue
    const isBegun = row.validFrom.getTime() === moment.at.getTime()
    const list = listOfMember({ kind: row.memberKind, membership: row.membership })
    const turn = isBegun ? 'begun' : 'ended'
    const membership = { groupId: row.groupId, memberId: row.memberId, membership: row.membership }
    const joint = jointCause(group, list)
    if (joint) {
      const name = `${joint} ${list} ${turn} ${row.groupId}`
      const one = shared.get(name) ?? {
        ...{ id: crypto.randomUUID(), cause: joint, turn, groupId: row.groupId },
        detail: { list: DATASET_OF_LIST[list] },
      }
      shared.set(name, one)
      all.rows.push({ changeId: one.id, ...membership })
      continue
    }
    const id = crypto.randomUUID()
    all.causes.push({
      ...{ id, cause: 'membership', turn, groupId: row.groupId, principalId: row.memberId },
      ...{ principalKind: row.memberKind, kind: row.membership },
    })
    all.rows.push({ changeId: id, ...membership })
  }
  all.causes.push(...shared.values())
  return all
}

/** Activated and lasting members are one here: somebody whose membership only became of the other kind has not joined or left. */
const heldAs = ({ groupId, memberId, membership }: MemberRow) =>
  `${groupId} ${memberId} ${membership === 'eligible' ? 'eligible' : 'held'}`

type Version = Pick<typeof directoryGroups.$inferSelect, 'state' | 'neverRead'>
type GroupAround = { before: Version; after: Version }

/** The groups of some that were stored just before the moment and are so now, as they were and are. */
async function readGroupsAround(
  tx: Transaction,
  moment: Moment,
  groupIds: string[],
): Promise<Map<string, GroupAround>> {
  const { groupId, state, neverRead, validFrom, validTo } = directoryGroups
  const found = await tx
    .select({ groupId, state, neverRead, validFrom, validTo })
    .from(directoryGroups)
    .where(and(ofAccount(directoryGroups, moment), isAnyOf(groupId, groupIds)))
  const around = new Map<string, GroupAround>()
  for (const [id, versions] of Map.groupBy(found, (one) => one.groupId)) {
    const before = versions.find(
      (one) => one.validFrom < moment.at && (one.validTo === null || one.validTo >= moment.at),
    )
    const after = versions.find(
      (one) => one.validFrom <= moment.at && (one.validTo === null || one.validTo > moment.at),
    )
    if (before && after) around.set(id, { before, after })
  }
  return around
}

const listMemberRows = (tx: Transaction, moment: Moment, groupIds: string[]): Promise<MemberRow[]> =>
  tx
    .select({
      groupId: groupMembers.groupId,
      memberId: groupMembers.memberId,
      memberKind: groupMembers.memberKind,
      membership: groupMembers.membership,
      validFrom: groupMembers.validFrom,
      validTo: groupMembers.validTo,
    })
    .from(groupMembers)
    .where(
      and(
        ofAccount(groupMembers, moment),
        isAnyOf(groupMembers.groupId, groupIds),
        or(eq(groupMembers.validFrom, moment.at), eq(groupMembers.validTo, moment.at)),
      ),
    )

const ofAccount = (table: typeof groupMembers | typeof directoryGroups, { organisationId, accountId }: Moment) =>
  and(eq(table.organisationId, organisationId), eq(table.accountId, accountId))

/** What all memberships of a list of a group share as their cause, if they do not come and go one by one. */
function jointCause({ before, after }: GroupAround, list: GroupList): 'reading' | 'group' | null {
  if (before.neverRead.includes(list) || after.neverRead.includes(list)) return 'reading'
  if (before.state === after.state) return null
  if (before.state === 'not_found' || after.state === 'not_found') return 'group'
  return (before.state === 'flat') !== (after.state === 'flat') ? 'reading' : null
}
