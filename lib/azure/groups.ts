import { z } from 'zod'
import { type CallCount, countBatches, IDS_PER_QUESTION, inChunks } from './client/batch'
import type { Azure } from './client/clients'
import { askForLists, canReadList } from './client/graph-lists'
import { type AskedForChanges, linkIn, questionsForLinks } from './directory-changes'
import {
  newGroup,
  noteWhatIsMissing,
  type OpenedGroup,
  type ReadGroups,
  type Reading,
  takeAnswer,
  takeMembers,
} from './group-answers'
import { type Asked, askAbout, askForNames, questionsAbout } from './group-questions'
import type { ListedMember } from './group-rows'

type Options = {
  /** Whether to ask who can become a member or an owner, and which memberships are activated ones. */
  asksEligible?: boolean
  asksActivated?: boolean
  /** Lists of members that have not changed since they were read whole: they are taken as they are, and not asked for. */
  unchanged?: ReadonlyMap<string, readonly ListedMember[]>
  /** Whether to ask for links that tell of later changes: of people, and of groups for which there is none yet. */
  links?: { people: boolean; has: (groupId: string) => boolean } | null
  /** Called with how many groups have been read, and how many are known to be needed so far. */
  onProgress?: (read: number, wanted: number) => void
  /** Kept current: the cost of the next step is added before the step is made. */
  plan?: CallCount
}

/**
 * The given groups and every group inside them, with their direct members, level by level and twenty lists a call. The
 * members come with what is to be known of people and service principals, so that nobody is asked about twice. Each group
 * is read once, so groups that contain one another come to an end. No refusal fails the reading: a group's state and
 * `refusals` tell it.
 *
 * Service principals, managed identities and agents are asked for apart: Graph v1.0 leaves them out of the members of a
 * group, and gives them for a cast to their type in an advanced query (Graph: group-list-members, "known issue").
 */
export async function readGroups(azure: Azure, ids: readonly string[], options: Options = {}): Promise<ReadGroups> {
  const { unchanged = new Map<string, readonly ListedMember[]>(), links } = options
  const wanted = [...new Set(z.array(z.guid().toLowerCase()).parse(ids))]
  const calls = options.plan ?? { predicted: 0, made: 0 }
  const reading: Reading = {
    groups: new Map(wanted.map((id) => [id, newGroup(id)])),
    listed: new Map(),
    links: { people: null, groups: [] },
    people: new Map(),
    services: new Map(),
    refusals: new Map(),
    odd: new Map(),
    unexpanded: new Set(),
    named: new Set(),
    notFound: [],
  }
  let level = wanted
  let read = 0
  while (level.length > 0) {
    const usual = questionsAbout(level, options.asksEligible)
    const isAsked = (one: Asked) => one.about !== 'members' || !unchanged.has(one.id)
    const forLinks = links
      ? questionsForLinks(
          level.filter((id) => !links.has(id)),
          { people: links.people && read === 0 },
        )
      : []
    const asked: (Asked | AskedForChanges)[] = [...usual.filter(isAsked), ...forLinks]
    calls.predicted += countBatches(asked.length)
    // A plan that was given contains the usual calls for the first level already.
    if (read === 0 && options.plan) calls.predicted -= countBatches(usual.length)
    for (const id of level) {
      const members = unchanged.get(id)
      if (members) takeMembers(reading, id, members)
    }
    await askForLists(azure, asked, calls, (one, answer) => {
      if (one.about !== 'changed_people' && one.about !== 'changed_groups') return takeAnswer(reading, one, answer)
      takeLink(reading.links, one, linkIn(answer))
      return null
    })
    noteWhatIsMissing(reading, level)
    const more = questionsAfter(reading, level, options)
    calls.predicted += countBatches(more.length)
    await askForLists(azure, more, calls, (one, answer) => takeAnswer(reading, one, answer))
    noteWhatIsMissing(reading, [])
    read += level.length
    options.onProgress?.(read, reading.groups.size)
    level = [...reading.groups.keys()].slice(read)
  }
  for (const id of reading.listed.keys())
    if (reading.groups.get(id)?.state !== 'whole' || reading.odd.get('members')?.has(id)) reading.listed.delete(id)
  for (const [list, groups] of reading.odd) {
    // The state of a group is about its members.
    if (list === 'owners') continue
    for (const id of groups.keys()) {
      const group = reading.groups.get(id)
      if (group?.state === 'whole') group.state = 'partly'
    }
  }
  const { unexpanded: _, named: __, notFound: ___, ...groups } = reading
  return groups
}

function takeLink(links: Reading['links'], asked: AskedForChanges, link: string | null): void {
  if (link === null) return
  if (asked.about === 'changed_groups') links.groups.push({ ids: asked.ids, link })
  else links.people = link
}

/**
 * The lists that are only asked for when an earlier answer says that there is something in them: which memberships are
 * activated, of groups of which somebody can activate one, as far as that is known; and all owners, of groups of which not all were given.
 */
function questionsAfter(
  { groups, unexpanded, refusals }: Reading,
  level: string[],
  { asksEligible, asksActivated }: Options,
): Asked[] {
  const bare = level.filter((id) => unexpanded.has(id))
  const lists = level.flatMap((id) => {
    const { members, owners } = groups.get(id) as OpenedGroup
    const mayBeEligible =
      !asksEligible ||
      refusals.get('eligible')?.groups.has(id) ||
      members.values().some(({ membership }) => membership === 'eligible') ||
      owners.values().some(({ ownership }) => ownership === 'eligible')
    return [
      ...(asksActivated && mayBeEligible ? [askAbout('activated', id)] : []),
      ...(owners.size >= MOST_EXPANDED || unexpanded.has(id)
        ? [askAbout('owners', id), askAbout('service_owners', id)]
        : []),
    ]
  })
  return [...lists, ...inChunks(bare, IDS_PER_QUESTION).map((ids) => askForNames(ids, false))]
}

/** The most items that Graph gives for an expanded relationship (Graph: query parameters, `$expand`). */
const MOST_EXPANDED = 20

/**
 * Whether the account may list groups at all. With `GroupMember.Read.All` a member may, while a guest may not: a
 * permission never gives more than the account itself may do (Microsoft identity platform: permissions overview).
 */
export const canListGroups = (azure: Azure): Promise<boolean> => canReadList(azure, '/groups?$select=id&$top=1')
