import type { CallCount } from '@/lib/azure/client/batch'
import type { Azure } from '@/lib/azure/client/clients'
import { type ChangeLinks, type DirectoryChanges, readChanges, readGroupsOf } from '@/lib/azure/directory-changes'
import type { ReadGroups } from '@/lib/azure/group-answers'
import type { ListedMember } from '@/lib/azure/group-rows'
import type { Person } from '@/lib/azure/people'
import { LISTED_HOURS } from '@/lib/domain/retention'

/**
 * Minutes by which a list of Microsoft Graph may lag behind a change that its delta query has told already. A link that was taken
 * this long before the lists were read tells of every change that they may lack.
 */
const LAG_MINUTES = 5

/** Links that are kept at most. One that is old enough is needed, and one that will be. */
const MOST_LINKS = 3

/** What earlier readings of a directory have listed, with the links by which Graph tells what has changed since. */
export type Remembered = {
  /** When everything was listed last. */
  listedAt: Date
  /** The last reading, at which all of it was right. */
  rightAt: Date
  members: ReadonlyMap<string, readonly ListedMember[]>
  /** People whom the directory knew. */
  people: ReadonlyMap<string, Person>
  /** The oldest first. */
  links: { takenAt: Date; links: ChangeLinks }[]
}

/** What of it has not changed, and what Graph has told. */
export type Unchanged = Pick<Remembered, 'members' | 'people'> & { changes: DirectoryChanges }

/**
 * Why everything is to be listed: somebody wants it, no link is old enough yet, the lists are too old, or there is nothing to go by,
 * because nothing is remembered or Graph does not tell what has changed.
 */
type NothingRecalled = 'not_wanted' | 'too_early' | 'too_old' | 'nothing'

/**
 * What of the things remembered is still right, or why that cannot be said.
 *
 * @param calls kept current
 */
export async function recallUnchanged(
  azure: Azure,
  remembered: Remembered | null,
  now: Date,
  calls: CallCount,
): Promise<Unchanged | NothingRecalled> {
  if (!remembered) return 'nothing'
  if (now.getTime() - remembered.listedAt.getTime() > LISTED_HOURS * 3_600_000) return 'too_old'
  const usable = remembered.links.findLast((one) => isOldEnough(one, remembered.rightAt))
  if (!usable) return 'too_early'
  const changes = await readChanges(azure, usable.links, calls)
  if (!changes) return 'nothing'
  const stale = await findStale(azure, remembered, changes, calls)
  if (!stale) return 'too_old'
  const told = new Set(usable.links.groups.flatMap(({ ids }) => ids))
  return {
    changes,
    members: new Map([...remembered.members].filter(([id]) => told.has(id) && !stale.has(id))),
    people: new Map([...remembered.people].filter(([id]) => !changes.people.has(id))),
  }
}

/**
 * The groups to be listed again: those that have changed, and those of which a member was deleted or restored, because Graph tells no
 * change of these. Null when too much has changed to look at it one by one.
 */
async function findStale(
  azure: Azure,
  { members, people }: Remembered,
  changes: DirectoryChanges,
  calls: CallCount,
): Promise<ReadonlySet<string> | null> {
  const appeared = [...changes.people].filter((id) => !people.has(id))
  if (appeared.length > MOST_APPEARED || [...changes.groups].some((id) => !members.has(id))) return null
  const groupsOf = await readGroupsOf(azure, appeared, calls)
  if (!groupsOf) return null
  const isGone = ({ id }: ListedMember) => changes.gone.has(id)
  const left = changes.gone.size === 0 ? [] : [...members].filter(([, listed]) => listed.some(isGone)).map(([id]) => id)
  return new Set([...changes.groups, ...groupsOf, ...left])
}

/** The most people, new or restored, for whom Graph is asked which groups they are in. With more of them everything is listed. */
const MOST_APPEARED = 200

const isOldEnough = ({ takenAt }: { takenAt: Date }, at: Date) =>
  takenAt.getTime() + LAG_MINUTES * 60_000 <= at.getTime()

/** What a reading has listed of groups and read of people, and the links that it was given, the last of them before `takenAt`. */
type Listed = { beganAt: Date; takenAt: Date; people: ReadonlyMap<string, Person> } & Pick<
  ReadGroups,
  'listed' | 'links'
>

/**
 * What is to be remembered after a reading. A reading of some groups, made before the links are old enough to tell of the others,
 * leaves what is remembered as it is.
 */
export function remember(
  remembered: Remembered | null,
  recalled: Unchanged | NothingRecalled,
  { beganAt, takenAt, listed, links, people }: Listed,
): Remembered | null {
  const known = [...people].filter(([, { status }]) => status !== 'deleted' && status !== 'not_found')
  const before = remembered?.links ?? []
  if (typeof recalled !== 'string' && remembered) {
    const told = recalled.changes.links
    return {
      listedAt: remembered.listedAt,
      rightAt: beganAt,
      members: new Map([...recalled.members, ...listed]),
      people: new Map([...recalled.people, ...known]),
      links: keepLinks(before, beganAt, takenAt, { people: told.people, groups: [...told.groups, ...links.groups] }),
    }
  }
  // Nothing was asked of groups, or of some of them only.
  if (listed.size === 0 && recalled === 'nothing' && links.groups.length === 0 && links.people === null)
    return remembered
  const isOfSome = remembered?.members.keys().some((id) => !listed.has(id))
  if ((recalled === 'too_early' || recalled === 'not_wanted') && isOfSome) return remembered
  if (links.people === null) return null
  return {
    ...{ listedAt: beganAt, rightAt: beganAt, members: listed, people: new Map(known) },
    links: keepLinks(recalled === 'nothing' ? [] : before, beganAt, takenAt, {
      people: links.people,
      groups: links.groups,
    }),
  }
}

/** The newest links that are old enough for the next reading, with those that came after them. */
function keepLinks(before: Remembered['links'], rightAt: Date, takenAt: Date, links: ChangeLinks): Remembered['links'] {
  const all = [...before, { takenAt, links }]
  const usable = all.findLastIndex((one) => isOldEnough(one, rightAt))
  const [first, ...later] = all.slice(Math.max(usable, 0))
  return first ? [first, ...later.slice(-(MOST_LINKS - 1))] : []
}
