import type { Azure } from '@/lib/azure/client/clients'
import { countUsers, planGroups } from '@/lib/azure/group-plan'
import { readGroups } from '@/lib/azure/groups'
import { readMembershipsOfPeople } from '@/lib/azure/memberships-of-people'
import type { Person } from '@/lib/azure/people'
import type { ReadGroup } from '@/lib/domain/access'
import type { CoverageLine, GroupPlan } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'

export type OpenedGroups = {
  groups: Map<string, ReadGroup>
  /** Names of groups, where they could be read. */
  names: Map<string, string>
  /** People met as members, so that nobody is read twice. */
  people: Map<string, Person>
  plan: GroupPlan
  line: CoverageLine
}

/**
 * Opens the groups that access runs through, in the cheapest way that the granted permissions allow: from the groups
 * down, from the directory's people up when it is small, or not at all, which the line of the coverage then says.
 *
 * @param granted whether the tenant grants reading the members of groups
 */
export async function openGroups(azure: Azure, ids: string[], granted: boolean, report: Report): Promise<OpenedGroups> {
  const users = ids.length > 0 && !granted ? await countUsers(azure) : null
  const plan = planGroups({ granted, groups: ids.length, users })
  report('reading_groups', { groups: 0, groupsWanted: ids.length })
  if (plan.way === 'members') return openFromGroups(azure, ids, plan, report)
  if (plan.way === 'people') return openFromPeople(azure, ids, plan, report)

  const groups = new Map(ids.map((id): [string, ReadGroup] => [id, { id, state: 'not_asked', members: [] }]))
  const line: CoverageLine =
    plan.way === 'none'
      ? { dataset: 'groups', state: 'whole', read: 0, missing: 0 }
      : { dataset: 'groups', state: 'not_asked', read: 0, missing: ids.length, why: 'groups_not_asked' }
  return { groups, names: new Map(), people: new Map(), plan, line }
}

async function openFromGroups(azure: Azure, ids: string[], plan: GroupPlan, report: Report): Promise<OpenedGroups> {
  const read = await readGroups(azure, ids, {
    plan,
    onProgress: (groups, groupsWanted) => report('reading_groups', { groups, groupsWanted }),
  })
  const groups = new Map<string, ReadGroup>()
  const names = new Map<string, string>()
  for (const { id, name, state, members } of read.groups.values()) {
    groups.set(id, { id, state, members })
    if (name !== null) names.set(id, name)
  }
  return { groups, names, people: read.people, plan, line: describeGroups(groups) }
}

function describeGroups(groups: Map<string, ReadGroup>): CoverageLine {
  const hidden = [...groups.values()].filter(({ state }) => state === 'not_permitted').length
  const line = { dataset: 'groups' as const, read: groups.size - hidden, missing: hidden }
  if (hidden === 0) return { ...line, state: 'whole' }
  return hidden === groups.size
    ? { ...line, state: 'not_permitted', why: 'groups_not_permitted' }
    : { ...line, state: 'partly', why: 'group_hidden' }
}

/** Tells who is in a group, but neither the group's name nor the groups in between. */
async function openFromPeople(azure: Azure, ids: string[], plan: GroupPlan, report: Report): Promise<OpenedGroups> {
  const { membersOf, people } = await readMembershipsOfPeople(azure, new Set(ids), { plan })
  report('reading_groups', { groups: ids.length, groupsWanted: ids.length })
  const groups = new Map(
    ids.map((id): [string, ReadGroup] => [
      id,
      { id, state: 'flat', members: [...(membersOf.get(id) ?? [])].map((member) => ({ id: member, kind: 'user' })) },
    ]),
  )
  const line: CoverageLine = { dataset: 'groups', state: 'whole', read: ids.length, missing: 0 }
  return { groups, names: new Map(), people, plan, line }
}
