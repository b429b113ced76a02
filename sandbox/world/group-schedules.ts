import { createRandom, type Random } from './random'
import type { GroupSchedule, Tenant } from './types'
import type { World } from './world'

type ScheduleFacts = Pick<GroupSchedule, 'kind' | 'groupId' | 'principalId' | 'startDateTime'> & Partial<GroupSchedule>

/** Adds a membership that Privileged Identity Management keeps; without an end and of a member, unless the facts say otherwise. */
export function addGroupSchedule(tenant: Tenant, random: Random, facts: ScheduleFacts): GroupSchedule {
  const accessId = facts.accessId ?? 'member'
  return tenant.groupSchedules.add({
    id: `${facts.groupId}_${accessId}_${random.guid()}`,
    accessId,
    endDateTime: null,
    eligibilityId: null,
    ...facts,
  })
}

/** Removes everything that an object is to groups, and a group's own members, owners and schedules. */
export function forgetGroupAccess(tenant: Tenant, id: string): void {
  tenant.memberships.forget(id)
  tenant.owners.forget(id)
  forgetSchedules(tenant, id)
}

/** Takes somebody out of all groups who is deleted and can be restored. Schedules end for good. */
export function suspendGroupAccess(tenant: Tenant, id: string): void {
  tenant.memberships.suspend(id)
  tenant.owners.suspend(id)
  forgetSchedules(tenant, id)
}

/** Puts somebody who was restored back into the groups that are still there. */
export function resumeGroupAccess(tenant: Tenant, id: string): void {
  const isThere = (groupId: string) => tenant.groups.has(groupId)
  tenant.memberships.resume(id, isThere)
  tenant.owners.resume(id, isThere)
}

function forgetSchedules(tenant: Tenant, id: string): void {
  for (const one of tenant.groupSchedules.list())
    if (one.groupId === id || one.principalId === id) tenant.groupSchedules.delete(one.id)
}

/** Whether a schedule is in force at a moment (ms). */
export function isScheduledAt({ startDateTime, endDateTime }: GroupSchedule, at: number): boolean {
  return Date.parse(startDateTime) <= at && (endDateTime === null || at < Date.parse(endDateTime))
}

const settled = new WeakMap<Tenant, { revision: number; at: number }>()

/** Lets members and owners come and go whose activated or assigned time has begun or ended at a moment (ms). */
export function settleGroupAccess(tenant: Tenant, at: number): void {
  const { groupSchedules } = tenant
  const known = settled.get(tenant)
  if (!known && groupSchedules.size === 0) return
  if (known?.revision === groupSchedules.revision && known.at === at) return
  settled.set(tenant, { revision: groupSchedules.revision, at })
  const inForce = groupSchedules.list().filter((one) => one.kind !== 'eligible' && isScheduledAt(one, at))
  const pairsOf = (accessId: GroupSchedule['accessId']) =>
    inForce
      .filter((one) => one.accessId === accessId)
      .map(({ groupId, principalId }) => [groupId, principalId] as const)
  tenant.memberships.settle(pairsOf('member'))
  tenant.owners.settle(pairsOf('owner'))
}

/** Adds a schedule by a change: from now, unless the facts say otherwise. */
export function scheduleAccess(
  world: World,
  tenant: Tenant,
  facts: Omit<ScheduleFacts, 'startDateTime'>,
): GroupSchedule {
  const random = createRandom(`${tenant.id}/group schedules/${tenant.groupSchedules.revision}`)
  const startDateTime = `${new Date(world.now()).toISOString().slice(0, 19)}Z`
  return addGroupSchedule(tenant, random, { startDateTime, ...facts })
}

/** What a principal is to a group. */
type GroupAccess = Pick<GroupSchedule, 'groupId' | 'principalId' | 'accessId'>

/** The schedules of one principal in one group, of these kinds. */
export function findSchedules(tenant: Tenant, access: GroupAccess, kinds: readonly GroupSchedule['kind'][]) {
  return tenant.groupSchedules
    .list()
    .filter(
      (one) =>
        one.groupId === access.groupId &&
        one.principalId === access.principalId &&
        one.accessId === access.accessId &&
        kinds.includes(one.kind),
    )
}

/** Removes them. Returns how many there were. */
export function endSchedules(tenant: Tenant, access: GroupAccess, kinds: readonly GroupSchedule['kind'][]): number {
  const found = findSchedules(tenant, access, kinds)
  for (const { id } of found) tenant.groupSchedules.delete(id)
  return found.length
}
