import { isKnownObject, type Membership, requireMembership } from './change-directory'
import { endSchedules, findSchedules, isScheduledAt, scheduleAccess } from './group-schedules'
import { type ChangeHandlers, WorldRefusal } from './lookups'
import type { GroupSchedule, Tenant } from './types'
import type { World } from './world'

/** Names a membership, or with `accessId` an ownership, of a group. */
type Access = Membership & { accessId?: GroupSchedule['accessId'] }

export type GroupScheduleChange =
  | ({ type: 'make_eligible_member'; startDateTime?: string; endDateTime?: string | null } & Access)
  | ({ type: 'remove_eligible_member' } & Access)
  | ({ type: 'activate_membership'; endDateTime?: string } & Access)
  | ({ type: 'deactivate_membership' } & Access)

const EIGHT_HOURS_MS = 8 * 3_600_000 // the longest activation, unless a policy says otherwise

/** The changes of memberships that Privileged Identity Management keeps. All of them need the licence P2. */
export const changeGroupSchedules: ChangeHandlers<GroupScheduleChange> = {
  make_eligible_member(world, change) {
    const { tenant, ...access } = requireAccess(world, change)
    if (!isKnownObject(tenant, access.principalId))
      throw new WorldRefusal(`There is nobody with the id ${access.principalId}.`)
    if (access.principalId === access.groupId) throw new WorldRefusal('A group cannot be a member of itself.')
    if (findSchedules(tenant, access, ['eligible']).length > 0)
      throw new WorldRefusal(`${access.principalId} is eligible for that group already.`)
    const { startDateTime, endDateTime = null } = change
    const start = startDateTime === undefined ? {} : { startDateTime }
    const { id } = scheduleAccess(world, tenant, { kind: 'eligible', ...access, ...start, endDateTime })
    return { id }
  },
  remove_eligible_member(world, change) {
    const { tenant, ...access } = requireAccess(world, change)
    if (endSchedules(tenant, access, ['eligible']) === 0) throw notEligible(access)
    endSchedules(tenant, access, ['activated'])
  },
  activate_membership(world, change) {
    const { tenant, ...access } = requireAccess(world, change)
    const now = world.now()
    const eligibility = findSchedules(tenant, access, ['eligible']).find((one) => isScheduledAt(one, now))
    if (!eligibility) throw notEligible(access)
    const end = change.endDateTime === undefined ? now + EIGHT_HOURS_MS : Date.parse(change.endDateTime)
    if (end <= now) throw new WorldRefusal('endDateTime is over already.')
    const kept = access.accessId === 'member' ? tenant.memberships : tenant.owners
    const isActivated = endSchedules(tenant, access, ['activated']) > 0
    // Azure refuses it too: RoleAssignmentExists.
    if (!isActivated && kept.membersOf(access.groupId).has(access.principalId))
      throw new WorldRefusal(`${access.principalId} is what would be activated already.`)
    const endDateTime = `${new Date(end).toISOString().slice(0, 19)}Z`
    const { id } = scheduleAccess(world, tenant, {
      kind: 'activated',
      ...access,
      endDateTime,
      eligibilityId: eligibility.id,
    })
    return { id }
  },
  deactivate_membership(world, change) {
    const { tenant, ...access } = requireAccess(world, change)
    if (endSchedules(tenant, access, ['activated']) === 0)
      throw new WorldRefusal(`${access.principalId} has not activated that group.`)
  },
}

const notEligible = ({ principalId }: { principalId: string }) =>
  new WorldRefusal(`${principalId} is not eligible for that group.`)

type Found = { tenant: Tenant } & Pick<GroupSchedule, 'groupId' | 'principalId' | 'accessId'>

function requireAccess(world: World, change: Access): Found {
  const { tenant, groupId, memberId } = requireMembership(world, change)
  if (tenant.licence !== 'p2') throw new WorldRefusal('Eligible memberships need a tenant with the licence p2.')
  return { tenant, groupId, principalId: memberId, accessId: change.accessId ?? 'member' }
}
