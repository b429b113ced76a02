import { createHash } from 'node:crypto'
import { and, eq, gt, isNull, ne, or, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { directoryGroups, directoryReadings, GROUP_AGES, groupMembers, groupOwners } from '@/db/schema/directory'
import { arrayOf, isAnyOf } from '@/db/text-array'
import { type Common, type IntervalRow, type Told, writeIntervals } from '@/db/write-intervals'
import type { GroupList, ReadGroup } from '@/lib/domain/access'
import { listOfMember } from '@/lib/domain/group-coverage'
import { isLargeGroup } from '@/lib/domain/holders'
import { membershipKey } from '@/lib/domain/vocabulary'
import type { DirectoryPart } from './directory'
import type { DirectoryReading } from './read-directory'

/** The account whose directory is written, and the run that writes. */
export type DirectoryWrite = Common & { accountId: string }

/** What a write changed of the groups of an account. */
export type StoredGroups = {
  /** The ids of the groups that read differently than stored. */
  changed: string[]
  /** Those of them that were not stored, or of which something changed that bears on everyone inside them. */
  wholly: string[]
  /** The memberships that began, ended or are known differently; null for more than can be told one by one. */
  memberships: Told<'groupId' | 'memberId' | 'memberKind'>
  /** Rows of interval tables. */
  written: number
}

/**
 * Brings the groups that a connection needs to what was read, by differences: each group of a reading once, however many
 * connections publish it, and none of which a reading that began later is stored already.
 *
 * @param again whether to look at every group, also at those that this reading has stored before
 */
export async function writeGroups(
  tx: Transaction,
  write: DirectoryWrite,
  part: DirectoryPart,
  again: boolean,
): Promise<StoredGroups> {
  const all: StoredGroups = { changed: [], wholly: [], memberships: [], written: 0 }
  for (const reading of new Set(part.readingOf.values())) {
    const own = [...part.groups.values()].filter(
      ({ id }) => part.readingOf.get(id) === reading && (again || !reading.stored.groups.has(id)),
    )
    if (own.length === 0) continue
    const newer = await listReadSince(tx, write, reading)
    const differing = await findDiffering(tx, write, reading, own, newer)
    if (differing.length > 0) {
      const { memberships, written } = await writeDiffering(tx, write, reading, differing)
      all.changed.push(...differing.map(({ group }) => group.id))
      all.wholly.push(...differing.filter(({ isWholly }) => isWholly).map(({ group }) => group.id))
      all.memberships = all.memberships && memberships && [...all.memberships, ...memberships]
      all.written += written
    }
    await noteReading(tx, write, reading, own)
  }
  return all
}

/** The groups of which a reading is stored that began later than this one. */
async function listReadSince(tx: Transaction, write: DirectoryWrite, { id, beganAt }: DirectoryReading) {
  const found = await tx
    .select({ groupIds: directoryReadings.groupIds })
    .from(directoryReadings)
    .where(and(ofAccount(write), gt(directoryReadings.beganAt, beganAt), ne(directoryReadings.id, id)))
  return new Set(found.flatMap(({ groupIds }) => groupIds))
}

const ofAccount = ({ organisationId, accountId }: DirectoryWrite) =>
  and(eq(directoryReadings.organisationId, organisationId), eq(directoryReadings.accountId, accountId))

type Digested = { group: ReadGroup; digest: string; neverRead: GroupList[]; isWholly: boolean }

async function findDiffering(
  tx: Transaction,
  { organisationId, accountId }: DirectoryWrite,
  { sizes, opened }: DirectoryReading,
  groups: ReadGroup[],
  newer: ReadonlySet<string>,
): Promise<Digested[]> {
  const stored = await tx
    .select({
      id: directoryGroups.groupId,
      digest: directoryGroups.digest,
      state: directoryGroups.state,
      size: directoryGroups.members,
      neverRead: directoryGroups.neverRead,
      ages: GROUP_AGES,
    })
    .from(directoryGroups)
    .where(
      and(
        eq(directoryGroups.organisationId, organisationId),
        eq(directoryGroups.accountId, accountId),
        isNull(directoryGroups.validTo),
        isAnyOf(
          directoryGroups.groupId,
          groups.map(({ id }) => id),
        ),
      ),
    )
  const known = new Map(stored.map((one) => [one.id, one]))
  // A group in a later reading may have no stored rows, when no access ran through it for a while.
  const isNewer = ({ id }: ReadGroup) => newer.has(id) && known.has(id)
  return groups
    .filter((group) => !isNewer(group))
    .map((group) => {
      const [size, stored] = [sizes.get(group.id), known.get(group.id)]
      const neverRead = listNeverRead(opened, group.id, stored)
      return { group, size, neverRead, digest: digestOf(group, size, neverRead) }
    })
    .filter(({ group, digest }) => known.get(group.id)?.digest !== digest)
    .map(({ size, ...one }) => ({ ...one, isWholly: differsWholly(one.group, size, known.get(one.group.id)) }))
}

/** The lists of members that were not read now and never before: what stands in for one that was is known all the same. */
const listNeverRead = (
  { unread }: DirectoryReading['opened'],
  groupId: string,
  stored: { neverRead: GroupList[] } | undefined,
): GroupList[] =>
  MEMBER_LISTS.filter((list) => unread.get(list)?.has(groupId) && (!stored || stored.neverRead.includes(list)))

const MEMBER_LISTS = ['members', 'services', 'eligible'] as const

/** What bears on everyone inside a group, at any depth: how it is known, from when each list is, and whether it is a large one. */
function differsWholly(
  { state, ages }: ReadGroup,
  size: number | undefined,
  stored: (Pick<ReadGroup, 'state' | 'ages'> & { size: number | null }) | undefined,
): boolean {
  if (!stored || stored.state !== state || isLargeGroup(stored.size) !== isLargeGroup(size ?? null)) return true
  return MEMBER_LISTS.some((list) => stored.ages[list]?.getTime() !== ages[list]?.getTime())
}

/** The digest of a group with its members, owners and ages, whatever order they came in. */
function digestOf(
  { id, state, members, owners, ages }: ReadGroup,
  size: number | undefined,
  neverRead: readonly GroupList[],
): string {
  const said = {
    ...{ id, state, size, ages, neverRead },
    members: members
      .map(
        (one) => `${membershipKey(one.id, one.membership)} ${one.kind} ${momentOf(one.endsAt)} ${momentOf(one.readAt)}`,
      )
      .sort(),
    owners: owners.map((one) => `${membershipKey(one.id, one.ownership)} ${one.kind} ${momentOf(one.endsAt)}`).sort(),
  }
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url')
}

const momentOf = (moment: Date | null) => moment?.getTime() ?? ''

async function writeDiffering(
  tx: Transaction,
  write: DirectoryWrite,
  { sizes }: DirectoryReading,
  differing: Digested[],
): Promise<Pick<StoredGroups, 'memberships' | 'written'>> {
  const only = sql`t.group_id = any(${arrayOf(differing.map(({ group }) => group.id))})`
  const groupRows = differing.values().map(
    ({ group: { id, state, members, ages }, neverRead, digest }): IntervalRow<typeof directoryGroups> => ({
      groupId: id,
      state,
      directMembers:
        state === 'whole' || state === 'partly' || ages.members !== null
          ? members.filter(({ membership }) => membership !== 'eligible').length
          : null,
      members: sizes.get(id) ?? null,
      readAt: ages.members,
      servicesReadAt: ages.services,
      eligibleReadAt: ages.eligible,
      ownersReadAt: ages.owners,
      neverRead,
      digest,
    }),
  )
  const memberRows = differing.values().flatMap(({ group: { id, members, ages } }) =>
    members.values().map(
      (member): IntervalRow<typeof groupMembers> => ({
        groupId: id,
        memberId: member.id,
        memberKind: member.kind,
        membership: member.membership,
        endsAt: member.endsAt,
        // A row has an age of its own only where its list has none.
        readAt: ages[listOfMember(member)] ? null : member.readAt,
      }),
    ),
  )
  const ownerRows = differing.values().flatMap(({ group: { id, owners } }) =>
    owners.values().map(
      (owner): IntervalRow<typeof groupOwners> => ({
        groupId: id,
        ownerId: owner.id,
        ownerKind: owner.kind,
        ownership: owner.ownership,
        endsAt: owner.endsAt,
      }),
    ),
  )
  const ofGroups = await writeIntervals(tx, write, { table: directoryGroups, refreshed: ['digest'], only }, groupRows)
  const ofMembers = await writeIntervals(
    tx,
    write,
    { table: groupMembers, refreshed: ['readAt'], only, tell: ['groupId', 'memberId', 'memberKind'] },
    memberRows,
  )
  const ofOwners = await writeIntervals(tx, write, { table: groupOwners, only }, ownerRows)
  return { memberships: ofMembers.told, written: ofGroups.written + ofMembers.written + ofOwners.written }
}

/** Writes down which groups a reading was about, and forgets earlier readings that were about no others. */
async function noteReading(
  tx: Transaction,
  write: DirectoryWrite,
  { id, beganAt, stored }: DirectoryReading,
  own: ReadGroup[],
): Promise<void> {
  const { organisationId, accountId, at } = write
  const groupIds = [...new Set([...stored.groups, ...own.map((group) => group.id)])]
  const noted = await tx
    .insert(directoryReadings)
    .values({ organisationId, accountId, id, beganAt, storedAt: at, groupIds })
    .onConflictDoNothing()
    .returning({ id: directoryReadings.id })
  if (noted.length === 0) {
    await tx
      .update(directoryReadings)
      .set({
        groupIds: sql`(select jsonb_agg(distinct one.id)
          from jsonb_array_elements(${directoryReadings.groupIds} || ${JSON.stringify(groupIds)}::jsonb) as one (id))`,
      })
      .where(and(ofAccount(write), eq(directoryReadings.id, id)))
  }
  await tx.delete(directoryReadings).where(
    and(
      ofAccount(write),
      sql`${directoryReadings.beganAt} < ${beganAt.toISOString()}`,
      or(
        sql`${directoryReadings.groupIds} <@ ${JSON.stringify(groupIds)}::jsonb`,
        // Groups that are gone keep no reading: nothing older is published any more after a day.
        and(
          sql`${directoryReadings.beganAt} < ${at.toISOString()}::timestamptz - interval '1 day'`,
          sql`not exists (select from directory_groups g where g.organisation_id = ${organisationId} and g.account_id = ${accountId}
              and g.valid_to is null and ${directoryReadings.groupIds} ? g.group_id)`,
        ),
      ),
    ),
  )
}
