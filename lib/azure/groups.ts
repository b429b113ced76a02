import { z } from 'zod'
import type { GroupMember, GroupOwner } from '@/lib/domain/access'
import type { Refused } from '@/lib/domain/problems'
import type { AssignmentKind, GroupState } from '@/lib/domain/vocabulary'
import {
  askForLists,
  type BatchAnswer,
  type CallCount,
  canReadList,
  countBatches,
  GraphPage,
  IDS_PER_QUESTION,
  inChunks,
  parseAnswer,
} from './client/batch'
import type { Azure } from './client/clients'
import { refusedBy } from './client/lists'
import { keepReadable, type OddRow, parseAs } from './client/rows'
import { type Asked, askAbout, askForNames, type GroupAspect, type GroupList, questionsAbout } from './group-questions'
import { ExpandedOwners, MemberRow, OwnerRow, PimRow } from './group-rows'
import type { Person } from './people'
import { type ServicePrincipal, ServicePrincipalRow } from './service-principals'

/** A group as far as it could be read. */
export type OpenedGroup = {
  id: string
  /** Null when it could not be read. */
  name: string | null
  state: Extract<GroupState, 'whole' | 'partly' | 'not_permitted' | 'not_readable' | 'not_found'>
  /** Direct members, groups among them, and those who can become so through Privileged Identity Management. */
  members: OnceEach<GroupMember>
  owners: OnceEach<GroupOwner>
}

/** By id and whether they are only eligible: somebody can be both, and a list that changes while it is read may give a row twice. */
type OnceEach<One> = Map<string, One>

type Options = {
  /** Whether to ask who can become a member or an owner, and which memberships are activated ones. */
  asksEligible?: boolean
  asksActivated?: boolean
  /** Called with how many groups have been read, and how many are known to be needed so far. */
  onProgress?: (read: number, wanted: number) => void
  /** Kept current: the cost of the next step is added before the step is made. */
  plan?: CallCount
}

export type ReadGroups = {
  /** In the order in which they were met, which is the order in which they are read. */
  groups: Map<string, OpenedGroup>
  people: Map<string, Person>
  services: Map<string, ServicePrincipal>
  /** Of each list: the groups of which it was refused, and the first refusal. */
  refusals: Map<GroupAspect, { groups: Set<string>; first: Refused }>
  /** Rows of members that could not be understood, by their groups. */
  odd: Map<string, OddRow[]>
  /** Groups whose owners Graph did not expand, so that names and owners are asked for apart. */
  unexpanded: Set<string>
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
  const reading: ReadGroups = {
    groups: new Map(wanted.map((id) => [id, newGroup(id)])),
    people: new Map(),
    services: new Map(),
    refusals: new Map(),
    odd: new Map(),
    unexpanded: new Set(),
  }
  let level = wanted
  let read = 0
  while (level.length > 0) {
    const asked = questionsAbout(level, options.asksEligible)
    // A plan that was given contains the calls for the first level already.
    if (read > 0 || !options.plan) calls.predicted += countBatches(asked.length)
    await askForLists(azure, asked, calls, (one, answer) => take(reading, one, answer))
    const more = questionsAfter(reading, level, options)
    calls.predicted += countBatches(more.length)
    await askForLists(azure, more, calls, (one, answer) => take(reading, one, answer))
    read += level.length
    options.onProgress?.(read, reading.groups.size)
    level = [...reading.groups.keys()].slice(read)
  }
  for (const id of reading.odd.keys()) {
    const group = reading.groups.get(id)
    if (group?.state === 'whole') group.state = 'partly'
  }
  return reading
}

/**
 * The lists that are only asked for when an earlier answer says that there is something in them: which memberships are
 * activated, of groups of which somebody can activate one, as far as that is known; and all owners, of groups of which not all were given.
 */
function questionsAfter(
  { groups, unexpanded, refusals }: ReadGroups,
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

const newGroup = (id: string, name: string | null = null): OpenedGroup => ({
  id,
  name,
  state: 'whole',
  members: new Map(),
  owners: new Map(),
})

/** Keeps what an answer says; returns the link to its next page, or null. */
function take(reading: ReadGroups, asked: Asked, answer: BatchAnswer): string | null {
  if (asked.about === 'names') return takeNames(reading, asked, answer)
  const { about, id } = asked
  // On a later page a refusal is a failed read: the group was there and open a moment ago.
  const isLater = asked.guard !== undefined
  if (answer.status === 404 && !isLater) {
    // Only the list of members tells that a group is not there; its other lists are then refused for no other reason.
    if (about === 'members') (reading.groups.get(id) as OpenedGroup).state = 'not_found'
    return null
  }
  try {
    const { items, nextLink } = parseAnswer(GraphPage, answer)
    TAKE[about](reading, id, items)
    return nextLink
  } catch (error) {
    const aspect = about === 'service_owners' ? 'owners' : about
    noteRefusal(reading, aspect, id, refusedBy(REQUESTS[aspect], error))
    if (isLater && aspect === 'members') (reading.groups.get(id) as OpenedGroup).state = 'not_readable'
    return null
  }
}

/** A question of this kind that is refused as unsupported (400) is asked again in parts; any other refusal is one of the owners. */
function takeNames(reading: ReadGroups, { ids, expands }: Extract<Asked, { about: 'names' }>, answer: BatchAnswer) {
  try {
    const { items, nextLink } = parseAnswer(GraphPage, answer)
    takeNamesAndOwners(reading, items)
    return nextLink
  } catch (error) {
    const refused = refusedBy(REQUESTS.owners, error)
    for (const id of ids) {
      if (!expands) continue
      if (answer.status === 400) reading.unexpanded.add(id)
      else noteRefusal(reading, 'owners', id, refused)
    }
    return null
  }
}

const REQUESTS: Record<GroupAspect, string> = {
  members: 'groups/members',
  services: 'groups/members/microsoft.graph.servicePrincipal',
  owners: 'groups/owners',
  eligible: 'privilegedAccess/group/eligibilityScheduleInstances',
  activated: 'privilegedAccess/group/assignmentScheduleInstances',
}

function noteRefusal({ groups, refusals }: ReadGroups, about: GroupAspect, id: string, refused: Refused): void {
  const known = refusals.get(about)
  if (known) known.groups.add(id)
  else refusals.set(about, { groups: new Set([id]), first: refused })
  const group = groups.get(id)
  if (about !== 'members' || !group) return
  group.state = refused.refusal.status === 403 ? 'not_permitted' : 'not_readable'
  group.members.clear()
}

const TAKE: Record<GroupList, (reading: ReadGroups, id: string, items: unknown[]) => void> = {
  members(reading, id, items) {
    const { rows, odd } = keepReadable(MemberRow, items)
    noteOdd(reading, id, odd)
    for (const { person, name, ...member } of rows) {
      if (person) reading.people.set(person.id, person)
      if (member.kind === 'group') addGroup(reading, member.id, name)
      addMember(reading, id, { ...member, membership: 'active', endsAt: null, readAt: null })
    }
  },
  services(reading, id, items) {
    const { rows, odd } = keepReadable(ServicePrincipalRow, items)
    noteOdd(reading, id, odd)
    for (const service of rows) {
      reading.services.set(service.id, service)
      const agent = service.variety === 'agent'
      addMember(reading, id, {
        id: service.id,
        kind: 'service_principal',
        agent,
        membership: 'active',
        endsAt: null,
        readAt: null,
      })
    }
  },
  owners({ groups }, id, items) {
    const group = groups.get(id)
    for (const { name: _, ...owner } of parseAs(z.array(OwnerRow), items))
      if (group) addOwner(group, { ...owner, ownership: 'active', endsAt: null })
  },
  service_owners({ groups, services }, id, items) {
    const group = groups.get(id)
    for (const service of parseAs(z.array(ServicePrincipalRow), items)) {
      services.set(service.id, service)
      const owner = { id: service.id, kind: 'service_principal', agent: service.variety === 'agent' } as const
      if (group) addOwner(group, { ...owner, ownership: 'active', endsAt: null })
    }
  },
  eligible: (reading, id, items) => takePim(reading, id, items, 'eligible'),
  activated: (reading, id, items) => takePim(reading, id, items, 'activated'),
}

function takeNamesAndOwners({ groups }: ReadGroups, items: unknown[]): void {
  for (const { id, name, owners } of parseAs(z.array(ExpandedOwners), items)) {
    const group = groups.get(id)
    if (!group) continue
    group.name ??= name
    for (const owner of owners) addOwner(group, { ...owner, ownership: 'active', endsAt: null })
  }
}

function takePim(reading: ReadGroups, id: string, items: unknown[], kind: Exclude<AssignmentKind, 'active'>): void {
  const { rows, odd } = keepReadable(PimRow, items)
  noteOdd(reading, id, odd)
  for (const { access, activated, principal, endsAt } of rows) {
    if (kind === 'activated' && !activated) continue
    const { name, ...one } = principal
    const group = reading.groups.get(id)
    if (access === 'owner') {
      if (group) addOwner(group, { ...one, ownership: kind, endsAt })
      continue
    }
    if (one.kind === 'group') addGroup(reading, one.id, name)
    addMember(reading, id, { ...one, membership: kind, endsAt, readAt: null })
  }
}

function noteOdd({ odd }: ReadGroups, id: string, more: OddRow[]): void {
  if (more.length > 0) odd.set(id, [...(odd.get(id) ?? []), ...more])
}

/** Adds a member. An activated membership takes the place of the plain one that it appears as in the list of members. */
function addMember({ groups }: ReadGroups, groupId: string, member: GroupMember): void {
  const key = keyOf(member.id, member.membership)
  const members = groups.get(groupId)?.members
  if (members && (member.membership === 'activated' || !members.has(key))) members.set(key, member)
}

function addOwner({ owners }: OpenedGroup, owner: GroupOwner): void {
  const key = keyOf(owner.id, owner.ownership)
  if (owner.ownership === 'activated' || !owners.has(key)) owners.set(key, owner)
}

const keyOf = (id: string, kind: AssignmentKind) => `${id} ${kind === 'eligible' ? 'eligible' : 'held'}`

function addGroup({ groups }: ReadGroups, id: string, name: string | null): void {
  const known = groups.get(id)
  if (known) known.name ??= name
  else groups.set(id, newGroup(id, name))
}

/**
 * Whether the account may list groups at all. With `GroupMember.Read.All` a member may, while a guest may not: a
 * permission never gives more than the account itself may do (Microsoft identity platform: permissions overview).
 */
export const canListGroups = (azure: Azure): Promise<boolean> => canReadList(azure, '/groups?$select=id&$top=1')
