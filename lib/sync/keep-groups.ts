import { isAmongOdd } from '@/lib/azure/client/rows'
import type { GroupMember, ReadGroup } from '@/lib/domain/access'
import { earliestOf } from '@/lib/domain/moments'
import type { CoverageLine, Dataset } from '@/lib/domain/vocabulary'
import type { LastGroup, LastResult } from './last-result'
import type { OpenedGroups } from './read-groups'

/**
 * Lets the last result stand in for what could not be read of groups this time: members, service principals among them,
 * eligible ones, and owners. Who was in a group when it could be read last is shown with the age of that reading, because
 * a list that was refused says nothing about who left it. Groups that are inside such a group are brought along.
 *
 * Changes `opened.groups`, and gives the lines of the coverage with what was kept.
 */
export async function keepUnreadGroups(opened: OpenedGroups, last: LastResult): Promise<CoverageLine[]> {
  const { groups, unread, odd } = opened
  const tally = new Map<Dataset, { kept: number; since: Date }>()
  const count = (dataset: Dataset, kept: number, since: Date) => {
    const known = tally.get(dataset)
    if (kept > 0)
      tally.set(dataset, { kept: (known?.kept ?? 0) + kept, since: earliestOf(known?.since ?? null, since) ?? since })
  }
  const lastRead: Record<'services' | 'eligible' | 'owners' | 'groups', Date | null> = {
    services: await last.readAt('services_in_groups'),
    eligible: await last.readAt('eligible_members'),
    owners: await last.readAt('group_owners'),
    groups: await last.readAt('groups'),
  }

  const closed = new Set(unread.get('members'))
  const asked = [...new Set([...[...unread.values()].flatMap((ids) => [...ids]), ...odd.keys()])]
  for (let wanted = asked; wanted.length > 0; ) {
    const met: string[] = []
    for (const stored of await last.listGroups(wanted)) {
      const group = groups.get(stored.id)
      if (!group || !lastRead.groups) continue
      if (closed.has(stored.id)) {
        if (!stored.wasOpened) continue
        keepAll(group, stored, stored.readAt ?? lastRead.groups)
        count('groups', 1, group.readAt ?? lastRead.groups)
        for (const { id } of stored.members.filter(({ kind }) => kind === 'group')) {
          if (groups.has(id)) continue
          groups.set(id, { ...group, id, members: [], owners: [], readAt: null })
          closed.add(id)
          met.push(id)
        }
        continue
      }
      const isUnread = (aspect: 'services' | 'eligible' | 'owners') => unread.get(aspect)?.has(stored.id) ?? false
      if (isUnread('services') && lastRead.services)
        count('services_in_groups', addMembers(group, stored, isService, lastRead.services), lastRead.services)
      if (isUnread('eligible') && lastRead.eligible)
        count('eligible_members', addMembers(group, stored, isEligible, lastRead.eligible), lastRead.eligible)
      if (isUnread('owners') && lastRead.owners) count('group_owners', addOwners(group, stored), lastRead.owners)
      addMembers(group, stored, ({ id }) => isAmongOdd(odd.get(stored.id) ?? [], id), lastRead.groups)
    }
    wanted = met
  }
  return opened.lines.map((line) => {
    const kept = tally.get(line.dataset)
    return kept ? { ...line, kept: kept.kept, keptSince: kept.since.toISOString() } : line
  })
}

function keepAll(group: ReadGroup, { members, owners }: LastGroup, readAt: Date): void {
  group.members = members
  group.owners = owners
  group.readAt = readAt
}

const isService = ({ kind, membership }: GroupMember) => kind === 'service_principal' && membership !== 'eligible'
const isEligible = ({ membership }: GroupMember) => membership === 'eligible'

/** Adds members that are not in the list already; gives how many. */
function addMembers(group: ReadGroup, stored: LastGroup, fits: (one: GroupMember) => boolean, readAt: Date): number {
  const known = new Set(group.members.map(keyOf))
  const more = stored.members.filter((one) => fits(one) && !known.has(keyOf(one)))
  group.members = [...group.members, ...more.map((one) => ({ ...one, readAt }))]
  return more.length
}

function addOwners(group: ReadGroup, stored: LastGroup): number {
  const known = new Set(group.owners.map(({ id, ownership }) => `${id} ${ownership}`))
  const more = stored.owners.filter(({ id, ownership }) => !known.has(`${id} ${ownership}`))
  group.owners = [...group.owners, ...more]
  return more.length
}

const keyOf = ({ id, membership }: GroupMember) => `${id} ${membership === 'eligible' ? 'eligible' : 'held'}`
