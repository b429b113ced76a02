import type { GroupMember, GroupOwner } from '@/lib/domain/access'
import type { Refused } from '@/lib/domain/problems'
import { type AssignmentKind, type GroupState, membershipKey } from '@/lib/domain/vocabulary'
import { type BatchAnswer, failureOf, parseAnswer } from './client/batch'
import { GraphPage } from './client/graph-lists'
import { refusedBy } from './client/lists'
import { addOdd, keepReadable, type OddRow } from './client/rows'
import type { LinkOfGroups } from './directory-changes'
import type { Asked, GroupQuestion, ReadGroupList } from './group-questions'
import { ExpandedOwners, type ListedMember, MemberRow, OwnerRow, PimRow } from './group-rows'
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

export type ReadGroups = {
  /** In the order in which they were met, which is the order in which they are read. */
  groups: Map<string, OpenedGroup>
  people: Map<string, Person>
  services: Map<string, ServicePrincipal>
  /** The lists of members that were read whole, as Graph gave them. */
  listed: Map<string, ListedMember[]>
  /** Links that tell of later changes, where they were asked for and given. */
  links: { people: string | null; groups: LinkOfGroups[] }
  /** Of each list: the groups of which it was refused, and the first refusal. */
  refusals: Map<ReadGroupList, { groups: Set<string>; first: Refused }>
  /** Rows that could not be understood, by the list that they are in and their groups. */
  odd: Map<ReadGroupList, Map<string, OddRow[]>>
}

/** What was read so far, and what is left to be asked or judged. */
export type Reading = ReadGroups & {
  /** Groups whose owners Graph did not expand, so that names and owners are asked for apart. */
  unexpanded: Set<string>
  /** Groups of which the answer about names and owners said something. */
  named: Set<string>
  /** Lists that Graph did not find: it may be the list alone, or its group. */
  notFound: { list: ReadGroupList; id: string; refused: Refused }[]
}

/** A group of which nothing is known yet. */
export const newGroup = (id: string, name: string | null = null): OpenedGroup => ({
  id,
  name,
  state: 'whole',
  members: new Map(),
  owners: new Map(),
})

/** Keeps what an answer says; returns the link to its next page, or null. */
export function takeAnswer(reading: Reading, asked: Asked, answer: BatchAnswer): string | null {
  if (asked.about === 'names') return takeNames(reading, asked, answer)
  const { about, id } = asked
  // On a later page a refusal is a failed read: the group was there and open a moment ago.
  const isLater = asked.guard !== undefined
  const list = about === 'service_owners' ? 'owners' : about
  if (answer.status === 404 && !isLater) {
    // Only the list of members tells that a group is not there.
    if (about === 'members') (reading.groups.get(id) as OpenedGroup).state = 'not_found'
    else reading.notFound.push({ list, id, refused: refusedBy(REQUESTS[list], failureOf(answer)) })
    return null
  }
  try {
    const { items, nextLink } = parseAnswer(GraphPage, answer)
    TAKE[about](reading, id, items)
    return nextLink
  } catch (error) {
    noteRefusal(reading, list, id, refusedBy(REQUESTS[list], error))
    if (isLater && list === 'members') (reading.groups.get(id) as OpenedGroup).state = 'not_readable'
    return null
  }
}

/** A question of this kind that is refused as unsupported (400) is asked again in parts; any other refusal is one of the owners. */
function takeNames(reading: Reading, { ids, expands }: Extract<Asked, { about: 'names' }>, answer: BatchAnswer) {
  try {
    const { items, nextLink } = parseAnswer(GraphPage, answer)
    takeNamesAndOwners(reading, items, expands)
    return nextLink
  } catch (error) {
    const refused = refusedBy(REQUESTS.owners, error)
    for (const id of ids) {
      if (!expands) continue
      reading.named.add(id)
      if (answer.status === 400) reading.unexpanded.add(id)
      else noteRefusal(reading, 'owners', id, refused)
    }
    return null
  }
}

const REQUESTS: Record<ReadGroupList, string> = {
  members: 'groups/members',
  services: 'groups/members/microsoft.graph.servicePrincipal',
  owners: 'groups/owners',
  eligible: 'privilegedAccess/group/eligibilityScheduleInstances',
  activated: 'privilegedAccess/group/assignmentScheduleInstances',
}

function noteRefusal({ groups, refusals }: ReadGroups, list: ReadGroupList, id: string, refused: Refused): void {
  const known = refusals.get(list)
  if (known) known.groups.add(id)
  else refusals.set(list, { groups: new Set([id]), first: refused })
  const group = groups.get(id)
  if (list !== 'members' || !group) return
  group.state = refused.refusal.status === 403 ? 'not_permitted' : 'not_readable'
  // A part of this list is not kept. Service principals and those who are eligible are lists of their own, which stay.
  for (const [key, { kind, membership }] of group.members)
    if (membership === 'active' && kind !== 'service_principal') group.members.delete(key)
}

const TAKE: Record<GroupQuestion, (reading: ReadGroups, id: string, items: unknown[]) => void> = {
  members(reading, id, items) {
    const { rows, odd } = keepReadable(MemberRow, items)
    noteOdd(reading, 'members', id, odd)
    for (const { person } of rows) if (person) reading.people.set(person.id, person)
    takeMembers(
      reading,
      id,
      rows.map(({ person: _, ...member }) => member),
    )
  },
  services(reading, id, items) {
    const { rows, odd } = keepReadable(ServicePrincipalRow, items)
    noteOdd(reading, 'services', id, odd)
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
  owners: takeOwners,
  service_owners(reading, id, items) {
    const group = reading.groups.get(id)
    const { rows, odd } = keepReadable(ServicePrincipalRow, items)
    noteOdd(reading, 'owners', id, odd)
    for (const service of rows) {
      reading.services.set(service.id, service)
      const owner = { id: service.id, kind: 'service_principal', agent: service.variety === 'agent' } as const
      if (group) addOwner(group, { ...owner, ownership: 'active', endsAt: null })
    }
  },
  eligible: (reading, id, items) => takePim(reading, id, items, 'eligible'),
  activated: (reading, id, items) => takePim(reading, id, items, 'activated'),
}

function takeNamesAndOwners(reading: Reading, items: unknown[], expands: boolean): void {
  for (const { id, name, owners } of keepReadable(ExpandedOwners, items).rows) {
    const group = reading.groups.get(id)
    if (!group) continue
    group.name ??= name
    if (!expands || owners === null) continue
    reading.named.add(id)
    takeOwners(reading, id, owners)
  }
}

function takeOwners(reading: ReadGroups, id: string, items: unknown[]): void {
  const group = reading.groups.get(id)
  const { rows, odd } = keepReadable(OwnerRow, items)
  noteOdd(reading, 'owners', id, odd)
  for (const { name: _, ...owner } of rows) if (group) addOwner(group, { ...owner, ownership: 'active', endsAt: null })
}

function takePim(reading: ReadGroups, id: string, items: unknown[], kind: Exclude<AssignmentKind, 'active'>): void {
  const { rows, odd } = keepReadable(PimRow, items)
  noteOdd(reading, kind, id, odd)
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

function noteOdd(reading: ReadGroups, list: ReadGroupList, id: string, more: OddRow[]): void {
  if (more.length === 0) return
  const ofList = reading.odd.get(list) ?? new Map<string, OddRow[]>()
  const known = ofList.get(id) ?? []
  addOdd(known, more)
  reading.odd.set(list, ofList.set(id, known))
}

/** Takes members of a group as its list names them, now or when it was read last and has not changed since. */
export function takeMembers(reading: ReadGroups, id: string, members: readonly ListedMember[]): void {
  const listed = reading.listed.get(id) ?? []
  reading.listed.set(id, listed)
  for (const member of members) {
    const { name, ...one } = member
    listed.push(member)
    if (one.kind === 'group') addGroup(reading, one.id, name)
    addMember(reading, id, { ...one, membership: 'active', endsAt: null, readAt: null })
  }
}

/** Adds a member. An activated membership takes the place of the plain one that it appears as in the list of members. */
function addMember({ groups }: ReadGroups, groupId: string, member: GroupMember): void {
  const key = membershipKey(member.id, member.membership)
  const members = groups.get(groupId)?.members
  if (members && (member.membership === 'activated' || !members.has(key))) members.set(key, member)
}

function addOwner({ owners }: OpenedGroup, owner: GroupOwner): void {
  const key = membershipKey(owner.id, owner.ownership)
  if (owner.ownership === 'activated' || !owners.has(key)) owners.set(key, owner)
}

function addGroup({ groups }: ReadGroups, id: string, name: string | null): void {
  const known = groups.get(id)
  if (known) known.name ??= name
  else groups.set(id, newGroup(id, name))
}

/**
 * Notes the lists that Graph did not find although it knows the group, and the owners of the groups of this level about
 * which it said nothing. A group that is not there has its state for that.
 */
export function noteWhatIsMissing(reading: Reading, level: string[]): void {
  const isThere = (id: string) => reading.groups.get(id)?.state !== 'not_found'
  for (const { list, id, refused } of reading.notFound.splice(0))
    if (isThere(id)) noteRefusal(reading, list, id, refused)
  for (const id of level) if (isThere(id) && !reading.named.has(id)) noteRefusal(reading, 'owners', id, NOT_NAMED)
}

/** The refusal of a group's owners of which the answer said nothing that can be understood. */
const NOT_NAMED: Refused = {
  code: 'bad_answer',
  refusal: { request: REQUESTS.owners, status: 200, microsoftCode: null },
}
