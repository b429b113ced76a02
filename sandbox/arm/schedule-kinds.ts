import type { Assignment, Eligibility } from '../world/types'

/** What one of Privileged Identity Management's four lists is made from. An assignment stands for itself and for its schedule. */
export type Scheduled = Assignment | Eligibility

export type ScheduleKind = {
  /** As Azure spells it in addresses and, with a capital, in ids. */
  type: string
  of: 'eligibilities' | 'assignments'
  /** Instances are what holds now; schedules also tell what begins later. */
  instances: boolean
}

const KINDS: readonly ScheduleKind[] = [
  { type: 'roleEligibilityScheduleInstances', of: 'eligibilities', instances: true },
  { type: 'roleEligibilitySchedules', of: 'eligibilities', instances: false },
  { type: 'roleAssignmentScheduleInstances', of: 'assignments', instances: true },
  { type: 'roleAssignmentSchedules', of: 'assignments', instances: false },
]

const BY_TYPE = new Map(KINDS.map((kind) => [kind.type.toLowerCase(), kind]))

/** The list of Privileged Identity Management with this name, in any case. */
export function findScheduleKind(type: string): ScheduleKind | undefined {
  return BY_TYPE.get(type.toLowerCase())
}
