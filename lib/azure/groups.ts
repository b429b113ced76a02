import { z } from 'zod'
import { askForLists, type CallCount, canReadList, countBatches, IDS_PER_QUESTION, inChunks } from './client/batch'
import type { Azure } from './client/clients'
import {
  newGroup,
  noteWhatIsMissing,
  type OpenedGroup,
  type ReadGroups,
  type Reading,
  takeAnswer,
} from './group-answers'
import { type Asked, askAbout, askForNames, questionsAbout } from './group-questions'

type Options = {
  /** Whether to ask who can become a member or an owner, and which memberships are activated ones. */
  asksEligible?: boolean
  asksActivated?: boolean
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
  const wanted = [...new Set(z.array(z.guid().toLowerCase()).parse(ids))]
  const calls = options.plan ?? { predicted: 0, made: 0 }
  const reading: Reading = {
    groups: new Map(wanted.map((id) => [id, newGroup(id)])),
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
    const asked = questionsAbout(level, options.asksEligible)
    // A plan that was given contains the calls for the first level already.
    if (read > 0 || !options.plan) calls.predicted += countBatches(asked.length)
    await askForLists(azure, asked, calls, (one, answer) => takeAnswer(reading, one, answer))
    noteWhatIsMissing(reading, level)
    const more = questionsAfter(reading, level, options)
    calls.predicted += countBatches(more.length)
    await askForLists(azure, more, calls, (one, answer) => takeAnswer(reading, one, answer))
    noteWhatIsMissing(reading, [])
    read += level.length
    options.onProgress?.(read, reading.groups.size)
    level = [...reading.groups.keys()].slice(read)
  }
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
