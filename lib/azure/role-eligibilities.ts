import type { z } from 'zod'
import type { Azure } from './azure'
import { AssignmentFields, toAssignment } from './role-assignments'
import { ScheduleFields, toSchedule } from './schedule-fields'
import { type ScheduleList, scheduleList } from './schedule-list'

const RoleEligibilityRow = AssignmentFields.extend(ScheduleFields.shape).transform((row) => {
  const assignment = toAssignment(row)
  return { ...assignment, key: `eligible ${assignment.key}`, ...toSchedule(row) }
})

/** A role that may be activated but is not held; its key cannot be that of an assignment. */
export type RoleEligibility = z.infer<typeof RoleEligibilityRow>

/**
 * Every role that can be activated now and would reach a subscription: at it, below it, and inherited from above.
 * Unfiltered on purpose; `asTarget()` would give the reader's own.
 */
export function listRoleEligibilities(azure: Azure, subscriptionId: string): Promise<ScheduleList<RoleEligibility>> {
  const instances = azure.authorization(subscriptionId).roleEligibilityScheduleInstances
  const pages = instances.listForScope(`subscriptions/${subscriptionId}`).byPage()
  return scheduleList(subscriptionId, pages, RoleEligibilityRow)
}
