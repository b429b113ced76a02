import type { Assignment, Eligibility, Tenant } from '../world/types'
import { expandedProperties } from './expanded-properties'
import type { Scheduled, ScheduleKind } from './schedule-kinds'

/** A schedule has an id of its own: its instance's with the first eight digits reversed. */
const scheduleIdOf = (id: string) => [...id.slice(0, 8)].reverse().join('') + id.slice(8)

/** What a row is called in its list. */
export function scheduleName(kind: ScheduleKind, { id }: Scheduled): string {
  return kind.instances ? id : scheduleIdOf(id)
}

/** From when until when it holds; an assignment made outside of Privileged Identity Management holds for good. */
export function windowOf(one: Scheduled): { startDateTime: string; endDateTime: string | null } {
  if ('startDateTime' in one) return one
  return one.schedule ?? { startDateTime: one.createdOn, endDateTime: null }
}

function ofEligibility(kind: ScheduleKind, { id, createdOn }: Eligibility, provider: string) {
  if (!kind.instances) return { updatedOn: createdOn }
  return { roleEligibilityScheduleId: `${provider}/RoleEligibilitySchedules/${scheduleIdOf(id)}` }
}

function ofAssignment(kind: ScheduleKind, { id, createdOn, schedule }: Assignment, provider: string) {
  const from = schedule?.assignmentType === 'Activated' ? schedule.eligibilityId : null
  const common = {
    assignmentType: schedule?.assignmentType ?? 'Assigned',
    linkedRoleEligibilityScheduleId: from === null ? null : scheduleIdOf(from),
  }
  if (!kind.instances) return { ...common, updatedOn: createdOn }
  return {
    ...common,
    linkedRoleEligibilityScheduleInstanceId: from,
    originRoleAssignmentId: `${provider}/roleAssignments/${id}`,
    roleAssignmentScheduleId: `${provider}/RoleAssignmentSchedules/${scheduleIdOf(id)}`,
  }
}

/** `Accepted` for an assigned one is Microsoft's example; `Provisioned` for an activated one is recalled. */
function statusOf(one: Scheduled): string {
  return 'startDateTime' in one || one.schedule?.assignmentType === 'Activated' ? 'Provisioned' : 'Accepted'
}

/** A row of one of the four lists as the wire has it: without an end when it is permanent. Source: the 2020-10-01 examples. */
export function scheduleRow(tenant: Tenant, kind: ScheduleKind, one: Scheduled, memberType: string, prefix: string) {
  const { scope, roleId, principalId, principalType, condition, createdOn } = one
  const { startDateTime, endDateTime } = windowOf(one)
  const provider = `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization`
  const roleDefinitionId = `${prefix}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
  const type = kind.type[0]?.toUpperCase() + kind.type.slice(1)
  const name = scheduleName(kind, one)
  return {
    properties: {
      ...('startDateTime' in one ? ofEligibility(kind, one, provider) : ofAssignment(kind, one, provider)),
      scope,
      roleDefinitionId,
      principalId,
      principalType,
      status: statusOf(one),
      startDateTime,
      ...(endDateTime === null ? {} : { endDateTime }),
      memberType,
      createdOn,
      condition,
      conditionVersion: condition === null ? null : '2.0',
      expandedProperties: expandedProperties(tenant, one, roleDefinitionId),
    },
    name,
    id: `${provider}/${type}/${name}`,
    type: `Microsoft.Authorization/${type}`,
  }
}
