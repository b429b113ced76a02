import { createRandom } from './random'
import type { Assignment, RoleAssignmentEvent, Tenant } from './types'
import type { World } from './world'

/** Who made a change: a person by object id, Privileged Identity Management, or null for the first account that is an owner. */
type Actor = RoleAssignmentEvent['by']

/** Notes in the tenant's activity log that a role assignment was made or removed now. */
export function logAssignment(
  world: World,
  tenant: Tenant,
  operation: RoleAssignmentEvent['operation'],
  assignment: Assignment,
  by: Actor = null,
): void {
  const random = createRandom(`${tenant.id}/activity/${tenant.activity.length}`)
  tenant.activity.push({
    at: world.now(),
    operation,
    by,
    // A copy of what the log shows: the assignment itself may be gone or changed when the log is read.
    assignment: {
      id: assignment.id,
      roleId: assignment.roleId,
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      scope: assignment.scope,
    },
    operationId: random.guid(),
    eventIds: [random.guid(), random.guid()],
  })
}
