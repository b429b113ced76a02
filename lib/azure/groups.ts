import { z } from 'zod'
import type { GroupMember } from '@/lib/domain/access'
import type { PrincipalKind } from '@/lib/domain/vocabulary'
import {
  askForLists,
  type BatchAnswer,
  type CallCount,
  canReadList,
  countBatches,
  GraphPage,
  type ListQuestion,
  PER_PAGE,
  parseAnswer,
  questionsById,
} from './client/batch'
import type { Azure } from './client/clients'
import { cleanText, parseAs, principalKindOf } from './client/rows'
import { callsForFirstLevel } from './group-plan'
import { PERSON_SELECT, type Person, UserPerson } from './people'

/** A group as far as it could be read. */
type Group = {
  id: string
  /** Null when it could not be read. */
  name: string | null
  /** `not_permitted`: its members are hidden from this account. `not_found`: the directory does not know it. */
  state: 'whole' | 'not_permitted' | 'not_found'
  /** Direct members, groups among them. */
  members: GroupMember[]
}

type Options = {
  /** Called with how many groups have been read, and how many are known to be needed so far. */
  onProgress?: (read: number, wanted: number) => void
  /** Kept current: the cost of the next step is added before the step is made. */
  plan?: CallCount
}

/**
 * The given groups and every group inside them, with their direct members, level by level and twenty lists a call. The
 * members come with what is to be known of people, so that nobody is asked about twice. Each group is read once, so
 * groups that contain one another come to an end. A group that is hidden from this account or does not exist fails
 * nothing: its state says so.
 */
export async function readGroups(
  azure: Azure,
  ids: readonly string[],
  { onProgress, plan }: Options = {},
): Promise<{ groups: Map<string, Group>; people: Map<string, Person> }> {
  const wanted = [...new Set(z.array(z.guid().toLowerCase()).parse(ids))]
  // A plan that was given contains the calls for the first level already.
  const calls = plan ?? { predicted: callsForFirstLevel(wanted.length), made: 0 }
  const reading: Reading = { groups: new Map(wanted.map((id) => [id, newGroup(id)])), people: new Map() }

  let level = wanted
  let names = questionsById('/groups', wanted, 'id,displayName').map(
    (question): Asked => ({ about: 'names', question }),
  )
  let read = 0
  while (level.length > 0) {
    if (read > 0) calls.predicted += countBatches(level.length)
    const asked = [...level.map(askForMembers), ...names]
    await askForLists(azure, asked, calls, (one, answer) => take(reading, one, answer))
    read += level.length
    onProgress?.(read, reading.groups.size)
    level = [...reading.groups.values()].slice(read).map(({ id }) => id)
    names = [] // groups further inside come with their names, in the lists of members that they are in
  }
  return reading
}

type Reading = {
  /** In the order in which they were met, which is the order in which they are read. */
  groups: Map<string, Group>
  people: Map<string, Person>
}

/** A question for the members of one group, with those that its earlier pages have shown, or for the names of some. */
type Asked = ListQuestion & ({ about: 'members'; id: string; known: Set<string> } | { about: 'names' })

const newGroup = (id: string, name: string | null = null): Group => ({ id, name, state: 'whole', members: [] })

const askForMembers = (id: string): Asked => ({
  about: 'members',
  id,
  known: new Set(),
  question: { url: `/groups/${id}/members?$select=${PERSON_SELECT}&$top=${PER_PAGE}` },
})

/** Keeps what an answer says; returns the link to its next page, or null. */
function take(reading: Reading, asked: Asked, answer: BatchAnswer): string | null {
  if (asked.about === 'names') return answer.status === 403 ? null : takeNames(reading, answer)

  const group = reading.groups.get(asked.id) as Group
  // On a later page a refusal is a failed read: the group was there and open a moment ago.
  if (!asked.guard && (answer.status === 404 || answer.status === 403)) {
    group.state = answer.status === 404 ? 'not_found' : 'not_permitted'
    group.members = []
    return null
  }
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  for (const { person, name, ...member } of parseAs(z.array(MemberRow), items)) {
    if (person) reading.people.set(person.id, person)
    if (member.kind === 'group') addGroup(reading, member.id, name)
    if (asked.known.has(member.id)) continue // a list that changes while it is read may give somebody twice
    asked.known.add(member.id)
    group.members.push(member)
  }
  return nextLink
}

function addGroup({ groups }: Reading, id: string, name: string | null): void {
  const known = groups.get(id)
  if (known) known.name ??= name
  else groups.set(id, newGroup(id, name))
}

const Names = z.array(z.looseObject({ id: z.guid().toLowerCase(), displayName: z.string().nullish() }))

function takeNames({ groups }: Reading, answer: BatchAnswer): string | null {
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  for (const { id, displayName } of parseAs(Names, items)) {
    const group = groups.get(id)
    if (group) group.name ??= cleanText(displayName)
  }
  return nextLink
}

type Member = {
  id: string
  kind: PrincipalKind
  name: string | null
  /** Null for what is not a user, and for a user of whom this account may know no more than the id. */
  person: Person | null
}

/**
 * A row of a group's members. Members that the permissions do not reach come with id and type alone, every other property
 * null (Graph: "limited information returned for inaccessible member objects").
 */
export const MemberRow = z
  .looseObject({
    id: z.guid().toLowerCase(),
    '@odata.type': z.string().nullish(),
    displayName: z.string().nullish(),
    userPrincipalName: z.string().nullish(),
  })
  .transform((row, context): Member => {
    const kind = principalKindOf(row['@odata.type'])
    const isLimited = kind !== 'user' || (row.displayName == null && row.userPrincipalName == null)
    const person = isLimited ? null : UserPerson.safeParse(row)
    if (person && !person.success) context.addIssue('is not a user')
    return { id: row.id, kind, name: cleanText(row.displayName), person: person?.data ?? null }
  })

/**
 * Whether the account may list groups at all. With `GroupMember.Read.All` a member may, while a guest may not: a
 * permission never gives more than the account itself may do (Microsoft identity platform: permissions overview).
 */
export const canListGroups = (azure: Azure): Promise<boolean> => canReadList(azure, '/groups?$select=id&$top=1')
