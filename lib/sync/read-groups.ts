import type { Azure } from '@/lib/azure/client/clients'
import { refusedBy } from '@/lib/azure/client/lists'
import type { OddRow } from '@/lib/azure/client/rows'
import type { ReadGroups } from '@/lib/azure/group-answers'
import { countUsers, planGroups } from '@/lib/azure/group-plan'
import type { ReadGroupList } from '@/lib/azure/group-questions'
import { readGroups } from '@/lib/azure/groups'
import { readMembershipsOfPeople } from '@/lib/azure/memberships-of-people'
import type { Person } from '@/lib/azure/people'
import { isUnlicensed } from '@/lib/azure/role-assignments'
import type { ServicePrincipal } from '@/lib/azure/service-principals'
import type { ReadGroup } from '@/lib/domain/access'
import { oddIds, refusedLine } from '@/lib/domain/coverage'
import { NO_AGES } from '@/lib/domain/group-coverage'
import type { OptionalScope } from '@/lib/domain/permissions'
import type { ProblemCode } from '@/lib/domain/problems'
import type { CoverageLine, Dataset, GroupPlan } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'

export type OpenedGroups = {
  groups: Map<string, ReadGroup>
  /** Names of groups, where they could be read. */
  names: Map<string, string>
  /** People and service principals met as members, so that nobody is read twice. */
  people: Map<string, Person>
  services: Map<string, ServicePrincipal>
  plan: GroupPlan
  lines: CoverageLine[]
  /** The groups of which a list was not read, although it was asked for or had been read before. */
  unread: ReadonlyMap<ReadGroupList, ReadonlySet<string>>
  /** Rows that could not be understood, by the list that they are in and their groups. */
  odd: ReadonlyMap<ReadGroupList, ReadonlyMap<string, readonly OddRow[]>>
}

/**
 * Opens the groups that access runs through, in the cheapest way that the granted permissions allow: from the groups
 * down, from the directory's people up when it is small, or not at all, which the lines of the coverage then say. No
 * refusal fails the run.
 */
export async function openGroups(
  azure: Azure,
  ids: string[],
  granted: readonly string[],
  report: Report,
): Promise<OpenedGroups> {
  const isGranted = (scope: OptionalScope) => granted.includes(scope)
  const asks = {
    eligible: isGranted('PrivilegedEligibilitySchedule.Read.AzureADGroup'),
    activated: isGranted('PrivilegedAssignmentSchedule.Read.AzureADGroup'),
  }
  const mayOpen = isGranted('GroupMember.Read.All')
  const users = ids.length > 0 && !mayOpen ? await countUsersOrNot(azure) : null
  const plan = planGroups({ granted: mayOpen, groups: ids.length, asksEligible: asks.eligible, users })
  report('reading_groups', { groups: 0, groupsWanted: ids.length })
  if (plan.way === 'members') return openFromGroups(azure, ids, plan, asks, report)
  if (plan.way === 'people') return openFromPeople(azure, ids, plan, report)

  const groups = new Map(ids.map((id): [string, ReadGroup] => [id, newGroup(id, 'not_asked')]))
  const line: CoverageLine =
    plan.way === 'none'
      ? { dataset: 'groups', state: 'whole', read: 0, missing: 0 }
      : { dataset: 'groups', state: 'not_asked', read: 0, missing: ids.length, why: 'groups_not_asked' }
  const lines = [line, ...describeUnasked(plan.way === 'none' ? 0 : ids.length)]
  return {
    groups,
    names: new Map(),
    people: new Map(),
    services: new Map(),
    plan,
    lines,
    unread: allUnread(ids),
    odd: new Map(),
  }
}

const newGroup = (id: string, state: ReadGroup['state'], members: ReadGroup['members'] = []): ReadGroup => ({
  id,
  state,
  members,
  owners: [],
  ages: NO_AGES,
})

const allUnread = (ids: string[]): OpenedGroups['unread'] =>
  new Map((['members', 'services', 'owners', 'eligible', 'activated'] as const).map((list) => [list, new Set(ids)]))

async function countUsersOrNot(azure: Azure): Promise<number | null> {
  try {
    return await countUsers(azure)
  } catch (error) {
    refusedBy('users/$count', error)
    return null
  }
}

type Asks = { eligible: boolean; activated: boolean }

async function openFromGroups(
  azure: Azure,
  ids: string[],
  plan: GroupPlan,
  asks: Asks,
  report: Report,
): Promise<OpenedGroups> {
  const read = await readGroups(azure, ids, {
    plan,
    asksEligible: asks.eligible,
    asksActivated: asks.activated,
    onProgress: (groups, groupsWanted) => report('reading_groups', { groups, groupsWanted }),
  })
  const groups = new Map<string, ReadGroup>()
  const names = new Map<string, string>()
  for (const { id, name, state, members, owners } of read.groups.values()) {
    groups.set(id, { ...newGroup(id, state, [...members.values()]), owners: [...owners.values()] })
    if (name !== null) names.set(id, name)
  }
  const all = new Set(groups.keys())
  const unread = new Map([...read.refusals].map(([list, { groups: refused }]) => [list, refused]))
  if (!asks.eligible) unread.set('eligible', all)
  const { people, services, odd } = read
  return { groups, names, people, services, plan, lines: describeGroups(read, asks), unread, odd }
}

/** What each list of the groups is called in the coverage, and why it may be missing. */
const LISTS: { list: ReadGroupList; dataset: Dataset; forbidden: ProblemCode; unasked: ProblemCode }[] = [
  { list: 'members', dataset: 'groups', forbidden: 'groups_not_permitted', unasked: 'groups_not_asked' },
  {
    list: 'services',
    dataset: 'services_in_groups',
    forbidden: 'services_not_listed',
    unasked: 'services_not_listed',
  },
  {
    list: 'eligible',
    dataset: 'eligible_members',
    forbidden: 'eligible_members_not_permitted',
    unasked: 'eligible_members_not_asked',
  },
  {
    list: 'activated',
    dataset: 'activated_members',
    forbidden: 'eligible_members_not_permitted',
    unasked: 'activated_members_not_asked',
  },
  { list: 'owners', dataset: 'group_owners', forbidden: 'owners_not_permitted', unasked: 'owners_not_asked' },
]

/** The lines of all lists but that of the members, for groups that were not opened from the groups down. */
const describeUnasked = (missing: number): CoverageLine[] =>
  LISTS.filter(({ list }) => list !== 'members').map(({ dataset, unasked }) =>
    missing === 0
      ? { dataset, state: 'whole', read: 0, missing: 0 }
      : { dataset, state: 'not_asked', read: 0, missing, why: unasked },
  )

function describeGroups(read: ReadGroups, asks: Asks): CoverageLine[] {
  return LISTS.map(({ list, dataset, forbidden, unasked }): CoverageLine => {
    const wanted = read.groups.size
    const isAsked = list in asks ? asks[list as keyof Asks] : true
    if (!isAsked && wanted > 0) return { dataset, state: 'not_asked', read: 0, missing: wanted, why: unasked }
    const refusal = read.refusals.get(list)
    const missing = refusal?.groups.size ?? 0
    const odd = read.odd.get(list)
    if (refusal && isUnlicensed(refusal.first))
      return { dataset, state: 'not_licensed', read: 0, missing: 0, why: 'pim_not_licensed' }
    if (refusal && missing === wanted) return { ...refusedLine(dataset, refusal.first, forbidden), missing }
    if (refusal)
      return {
        ...refusedLine(dataset, refusal.first, list === 'members' ? 'group_hidden' : forbidden),
        state: 'partly',
        read: wanted - missing,
        missing,
      }
    if (odd)
      return {
        dataset,
        state: 'partly',
        read: wanted - odd.size,
        missing: odd.size,
        why: 'odd_rows',
        ...oddIds([...odd.values()].flat()),
      }
    return { dataset, state: 'whole', read: wanted, missing: 0 }
  })
}

/** Tells which people are in a group, but neither the group's name nor the groups in between, nor what else is in it. */
async function openFromPeople(azure: Azure, ids: string[], plan: GroupPlan, report: Report): Promise<OpenedGroups> {
  const read = await readMembershipsOrNot(azure, ids, plan)
  report('reading_groups', { groups: ids.length, groupsWanted: ids.length })
  const toGroup = (id: string): ReadGroup => {
    const members = [...(read.membersOf.get(id) ?? [])]
    return newGroup(
      id,
      read.refused ? 'not_readable' : 'flat',
      members.map((member) => ({
        ...{ id: member, kind: 'user', agent: false, membership: 'active', endsAt: null, readAt: null },
      })),
    )
  }
  const missing = ids.length
  const line: CoverageLine = read.refused
    ? { ...refusedLine('groups', read.refused, 'groups_not_permitted'), missing }
    : read.odd.length > 0
      ? { dataset: 'groups', state: 'partly', read: missing, missing: 0, why: 'odd_rows', ...oddIds(read.odd) }
      : { dataset: 'groups', state: 'whole', read: missing, missing: 0 }
  const unread = new Map(allUnread(ids))
  if (!read.refused) unread.delete('members')
  return {
    groups: new Map(ids.map((id) => [id, toGroup(id)])),
    names: new Map(),
    people: read.people,
    services: new Map(),
    plan,
    lines: [line, ...describeUnasked(ids.length)],
    unread,
    odd: new Map(),
  }
}

async function readMembershipsOrNot(azure: Azure, ids: string[], plan: GroupPlan) {
  try {
    return { ...(await readMembershipsOfPeople(azure, new Set(ids), { plan })), refused: null }
  } catch (error) {
    const refused = refusedBy('users/transitiveMemberOf', error)
    return { membersOf: new Map<string, Set<string>>(), people: new Map<string, Person>(), odd: [], refused }
  }
}
