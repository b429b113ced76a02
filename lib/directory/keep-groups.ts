import { matchOdd } from '@/lib/azure/client/rows'
import type { GroupList, GroupMember, GroupOwner, ReadGroup } from '@/lib/domain/access'
import { DATASET_OF_LIST, listOfMember, NO_AGES } from '@/lib/domain/group-coverage'
import { type Dataset, membershipKey } from '@/lib/domain/vocabulary'
import type { OpenedGroups } from './read-groups'
import type { StoredDirectory, StoredGroup } from './stored-directory'

const LISTS = Object.keys(DATASET_OF_LIST) as GroupList[]

/** What was kept of a group's lists that belong to one kind of data: how much, and when it was read. */
export type KeptOfGroup = { groupId: string; dataset: Dataset; kept: number; since: Date }

/**
 * Lets what is stored stand in for each list of a group that could not be read this time, and for that list only. Who was
 * in a group when the list could be read last is shown with the age of that reading, because a list that was refused says
 * nothing about who left it. Groups that an earlier reading knows inside such a group are brought along.
 *
 * Changes `opened.groups`, and gives what was kept.
 */
export async function keepUnreadGroups(opened: OpenedGroups, directory: StoredDirectory): Promise<KeptOfGroup[]> {
  const { groups, unread, odd } = opened
  const all: KeptOfGroup[] = []
  const count = (groupId: string, dataset: Dataset, kept: number, since: Date) => {
    if (kept > 0) all.push({ groupId, dataset, kept, since })
  }
  /** Groups that only an earlier reading knows: nothing was asked about them now. */
  const unasked = new Set<string>()
  const isUnread = (list: GroupList, id: string) => unasked.has(id) || (unread.get(list)?.has(id) ?? false)
  const asked = [...new Set([...unread.values(), ...odd.values()].flatMap((groups) => [...groups.keys()]))]
  for (let wanted = asked; wanted.length > 0; ) {
    const met: string[] = []
    for (const stored of await directory.listGroups(wanted)) {
      const group = groups.get(stored.id)
      if (!group) continue
      for (const list of LISTS) {
        const since = stored.ages[list] ?? stored.readAt
        if (!since || !isUnread(list, stored.id) || (list === 'members' && !stored.wasOpened)) continue
        const kept = list === 'owners' ? keepOwners(group, stored) : keepMembers(group, stored, list, since)
        // A group is counted once for its members, of which there may have been none.
        if (list === 'members') count(stored.id, 'groups', 1, since)
        else if (!unasked.has(stored.id)) count(stored.id, DATASET_OF_LIST[list], kept, since)
        if (list === 'members' || kept > 0) group.ages = { ...group.ages, [list]: since }
      }
      for (const list of LISTS) {
        const isAmongOdd = matchOdd(odd.get(list)?.get(stored.id) ?? [])
        for (const { readAt } of keepOddMembers(group, stored, list, isAmongOdd))
          if (readAt) count(stored.id, DATASET_OF_LIST[list], 1, readAt)
        const since = stored.ages.owners ?? stored.readAt
        const kept = keepOwners(group, stored, (one) => listOfOwner(one) === list && isAmongOdd(one.id))
        if (!since || kept === 0) continue
        count(stored.id, DATASET_OF_LIST[list], kept, since)
        group.ages = { ...group.ages, owners: since }
      }
      if (!isUnread('members', stored.id)) continue
      for (const { id, kind } of group.members) {
        if (kind !== 'group' || groups.has(id)) continue
        groups.set(id, { id, state: group.state, members: [], owners: [], ages: NO_AGES })
        unasked.add(id)
        met.push(id)
      }
    }
    wanted = met
  }
  return all
}

/**
 * Adds what is stored of one list of members, and gives how much that is. If it is anything, all of the list
 * counts as read then: of one that was refused half way nobody can say what it lacks.
 */
function keepMembers(group: ReadGroup, stored: StoredGroup, list: GroupList, since: Date): number {
  const known = new Set(group.members.map(keyOfMember))
  const more = stored.members.filter((one) => listOfMember(one) === list && !known.has(keyOfMember(one)))
  if (more.length > 0)
    group.members = [...group.members, ...more].map((one) =>
      listOfMember(one) === list ? { ...one, readAt: since } : one,
    )
  return more.length
}

/** Adds the members of one list whose rows could not be understood now, as they are stored, and gives them. */
function keepOddMembers(
  group: ReadGroup,
  stored: StoredGroup,
  list: GroupList,
  isAmongOdd: (id: string) => boolean,
): GroupMember[] {
  const known = new Set(group.members.map(keyOfMember))
  const more = stored.members
    .filter((one) => listOfMember(one) === list && isAmongOdd(one.id) && !known.has(keyOfMember(one)))
    .map((one) => ({ ...one, readAt: one.readAt ?? stored.ages[list] ?? stored.readAt }))
  group.members = [...group.members, ...more]
  return more
}

/** Adds the owners that are stored, or those of them that are wanted, and gives how many that is. */
function keepOwners(group: ReadGroup, stored: StoredGroup, isWanted = (_: GroupOwner) => true): number {
  const known = new Set(group.owners.map(keyOfOwner))
  const more = stored.owners.filter((one) => isWanted(one) && !known.has(keyOfOwner(one)))
  group.owners = [...group.owners, ...more]
  return more.length
}

/** The list that an ownership is read from. */
const listOfOwner = ({ ownership }: GroupOwner): GroupList => (ownership === 'eligible' ? 'eligible' : 'owners')

const keyOfMember = ({ id, membership }: GroupMember) => membershipKey(id, membership)

const keyOfOwner = ({ id, ownership }: GroupOwner) => membershipKey(id, ownership)
