import { z } from 'zod'
import type { Azure } from './azure'
import { assignmentKey } from './role-assignments'
import { ScheduleFields, toSchedule } from './schedule-fields'
import { type ScheduleList, scheduleList } from './schedule-list'

const ORIGIN = /^(.*)\/providers\/Microsoft\.Authorization\/roleAssignments\/([^/]+)$/i

const AssignmentScheduleRow = ScheduleFields.extend({
  name: z.string().min(1),
  principalId: z.guid().toLowerCase(),
  scope: z.string().startsWith('/'),
  originRoleAssignmentId: z.string().nullish(),
  assignmentType: z.string().nullish(),
}).transform((row) => ({
  key: assignmentKey(row.scope, row.name),
  scope: row.scope,
  /** The key of the assignment it tells about; null when it names none. */
  originKey: originKey(row.originRoleAssignmentId),
  /** Activated from an eligibility, rather than assigned. */
  activated: row.assignmentType?.toLowerCase() === 'activated',
  principalId: row.principalId,
  ...toSchedule(row),
}))

export type AssignmentSchedule = z.infer<typeof AssignmentScheduleRow>

function originKey(id: string | null | undefined): string | null {
  const [, scope, name] = ORIGIN.exec(id ?? '') ?? []
  return name ? assignmentKey(scope || '/', name) : null
}

/**
 * From when until when each role assignment of a subscription holds, and whether it was activated: what the list of
 * assignments does not tell. At the subscription, below it, and inherited from above.
 */
export function listAssignmentSchedules(
  azure: Azure,
  subscriptionId: string,
): Promise<ScheduleList<AssignmentSchedule>> {
  const instances = azure.authorization(subscriptionId).roleAssignmentScheduleInstances
  const pages = instances.listForScope(`subscriptions/${subscriptionId}`).byPage()
  return scheduleList(subscriptionId, pages, AssignmentScheduleRow)
}
