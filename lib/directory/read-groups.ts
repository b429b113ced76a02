import type { CallCount } from '@/lib/azure/client/batch'
import type { Azure } from '@/lib/azure/client/clients'
import { refusedBy } from '@/lib/azure/client/lists'
import type { OddRow } from '@/lib/azure/client/rows'
import type { ReadGroups } from '@/lib/azure/group-answers'
import { countUsers, planGroups } from '@/lib/azure/group-plan'
import type { ReadGroupList } from '@/lib/azure/group-questions'
import { readGroups } from '@/lib/azure/groups'
import { readMembershipsOfPeople } from '@/lib/azure/memberships-of-people'
import type { Person } from '@/lib/azure/people'
import type { ServicePrincipal } from '@/lib/azure/service-principals'
import type { ReadGroup } from '@/lib/domain/access'
import { NO_AGES } from '@/lib/domain/group-coverage'
import type { OptionalScope } from '@/lib/domain/permissions'
import type { Refused } from '@/lib/domain/problems'
import type { GroupPlan } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'
import type { Unchanged } from './remembered'

/** Groups as they were opened together, and what could not be read of them. */
export type OpenedGroups = {
  groups: Map<string, ReadGroup>
  /** Names of groups, where they could be read. */
  names: Map<string, string>
  /** People who are known from the lists of members or have not changed since, so that nobody is read twice; and services. */
  people: Map<string, Person>
  services: Map<string, ServicePrincipal>
  plan: GroupPlan
  /** Whether it was asked who can become a member, and which memberships are activated ones. */
  asks: Asks
  /** Of each list that was asked for and refused: its groups, and the first refusal. */
  refusals: ReadonlyMap<ReadGroupList, { groups: ReadonlySet<string>; first: Refused }>
  /** The groups of which a list was not read, although it was asked for or had been read before. */
  unread: ReadonlyMap<ReadGroupList, ReadonlySet<string>>
  /** Rows that could not be understood, by the list that they are in and their groups. */
  odd: ReadonlyMap<ReadGroupList, ReadonlyMap<string, readonly OddRow[]>>
  /** People whose memberships could not be understood, where groups were opened from the people up. */
  oddPeople: readonly OddRow[]
}

export type Asks = { eligible: boolean; activated: boolean }

/** Groups as they were opened, with the lists of members that were read whole, and links that tell of later changes. */
type OpenedNow = { opened: OpenedGroups } & Pick<ReadGroups, 'listed' | 'links'>

/**
 * Opens the groups that access runs through, in the cheapest way that the granted permissions allow: from the groups
 * down, from the directory's people up when it is small, or not at all, which `plan` says. No refusal fails the run.
 */
export async function openGroups(
  azure: Azure,
  ids: string[],
  granted: readonly string[],
  { report, recall }: { report: Report; recall: (calls: CallCount) => Promise<Unchanged | null> },
): Promise<OpenedNow> {
  const isGranted = (scope: OptionalScope) => granted.includes(scope)
  const asks = {
    eligible: isGranted('PrivilegedEligibilitySchedule.Read.AzureADGroup'),
    activated: isGranted('PrivilegedAssignmentSchedule.Read.AzureADGroup'),
  }
  const mayOpen = isGranted('GroupMember.Read.All')
  const users = ids.length > 0 && !mayOpen ? await countUsersOrNot(azure) : null
  const plan = planGroups({ granted: mayOpen, groups: ids.length, asksEligible: asks.eligible, users })
  report('reading_groups', { groups: 0, groupsWanted: ids.length })
  if (plan.way === 'members') return openFromGroups(azure, ids, plan, { asks, report, unchanged: await recall(plan) })
  if (plan.way === 'people') return { opened: await openFromPeople(azure, ids, plan, report), ...NOTHING_LISTED }

  const groups = new Map(ids.map((id): [string, ReadGroup] => [id, newGroup(id, 'not_asked')]))
  return { opened: { ...nothingOpened(ids, plan), groups }, ...NOTHING_LISTED }
}

const NOTHING_LISTED: Omit<OpenedNow, 'opened'> = { listed: new Map(), links: { people: null, groups: [] } }

const nothingOpened = (ids: string[], plan: GroupPlan): OpenedGroups => ({
  groups: new Map(),
  names: new Map(),
  people: new Map(),
  services: new Map(),
  plan,
  asks: { eligible: false, activated: false },
  refusals: new Map(),
  unread: new Map(LISTS.map((list) => [list, new Set(ids)])),
  odd: new Map(),
  oddPeople: [],
})

const LISTS: readonly ReadGroupList[] = ['members', 'services', 'owners', 'eligible', 'activated']

const newGroup = (id: string, state: ReadGroup['state'], members: ReadGroup['members'] = []): ReadGroup => ({
  id,
  state,
  members,
  owners: [],
  ages: NO_AGES,
})

async function countUsersOrNot(azure: Azure): Promise<number | null> {
  try {
    return await countUsers(azure)
  } catch (error) {
    refusedBy('users/$count', error)
    return null
  }
}

async function openFromGroups(
  azure: Azure,
  ids: string[],
  plan: GroupPlan,
  { asks, report, unchanged }: { asks: Asks; report: Report; unchanged: Unchanged | null },
): Promise<OpenedNow> {
  const linked = new Set(unchanged?.changes.links.groups.flatMap((one) => one.ids))
  const read = await readGroups(azure, ids, {
    plan,
    unchanged: unchanged?.members,
    links: { people: unchanged === null, has: (id) => linked.has(id) },
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
  const { services, odd, refusals, listed, links } = read
  const people = new Map([...(unchanged?.people ?? []), ...read.people])
  const opened = { groups, names, people, services, plan, asks, refusals, unread, odd, oddPeople: [] }
  return { opened, listed, links }
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
  const opened = nothingOpened(ids, plan)
  const unread = new Map(opened.unread)
  if (!read.refused) unread.delete('members')
  return {
    ...opened,
    groups: new Map(ids.map((id) => [id, toGroup(id)])),
    people: read.people,
    refusals: read.refused ? new Map([['members', { groups: new Set(ids), first: read.refused }]]) : new Map(),
    unread,
    oddPeople: read.odd,
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
