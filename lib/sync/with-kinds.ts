import type { AssignmentSchedule, RoleAssignment, RoleEligibility } from '@/lib/azure/role-assignments'
import type { HeldAssignment } from '@/lib/domain/access'

/**
 * What is held and what may be activated, with kinds and times. The list of assignments does not tell an activated role
 * from a standing one, nor when it ends; the schedule that names the assignment as its origin does.
 */
export function withKinds(
  assignments: RoleAssignment[],
  schedules: AssignmentSchedule[],
  eligibilities: RoleEligibility[],
): HeldAssignment[] {
  const byOrigin = new Map(schedules.map((schedule) => [schedule.originKey, schedule]))
  return [
    ...assignments.map((assignment): HeldAssignment => {
      const schedule = byOrigin.get(assignment.key)
      return {
        ...assignment,
        kind: schedule?.activated ? 'activated' : 'active',
        startsAt: schedule?.startsAt ?? null,
        endsAt: schedule?.endsAt ?? null,
      }
    }),
    ...eligibilities.map((eligibility): HeldAssignment => ({ ...eligibility, kind: 'eligible' })),
  ]
}
