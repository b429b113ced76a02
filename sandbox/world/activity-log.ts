import { createRandom } from './random'
import { managementGroupIdIn, subscriptionIdIn } from './scopes'
import type { ActivityEvent, Assignment, RoleDefinition, Tenant } from './types'
import type { World } from './world'

/** Who made a change: an object id, Privileged Identity Management, or null for nobody who is known. */
type Actor = ActivityEvent['by']
type Operation = 'write' | 'delete'

/** Notes in the tenant's activity log that a role assignment was made or removed now. */
export function logAssignment(
  world: World,
  tenant: Tenant,
  operation: Operation,
  assignment: Assignment,
  by: Actor,
): void {
  const { id, roleId, principalId, principalType, scope } = assignment
  // A copy of what the log shows: the assignment itself may be gone or changed when the log is read.
  log(world, tenant, by, { of: 'assignment', operation, assignment: { id, roleId, principalId, principalType, scope } })
}

/** The same for a custom role that was written or deleted now. */
export function logRole(world: World, tenant: Tenant, operation: Operation, role: RoleDefinition, by: Actor): void {
  log(world, tenant, by, { of: 'role', operation, role: structuredClone(role) })
}

/** The same for a Global Administrator who elevated their access now. */
export function logElevation(world: World, tenant: Tenant, by: Actor): void {
  log(world, tenant, by, { of: 'elevation' })
}

type What = ActivityEvent extends infer Event
  ? Event extends ActivityEvent
    ? Omit<Event, 'at' | 'by' | 'operationId' | 'eventIds' | 'turn'>
    : never
  : never

function log(world: World, tenant: Tenant, by: Actor, what: What): void {
  const turn = tenant.activity.length
  const random = createRandom(`${tenant.id}/activity/${turn}`)
  const operationId = random.guid()
  tenant.activity.push({ at: world.now(), by, operationId, eventIds: [random.guid(), random.guid()], turn, ...what })
}

/**
 * The log that has an event: `/` for that of the tenant, else the scope of a subscription or a management group, in lower case. A custom role is
 * logged at the first scope that it can be assigned at, and what is assigned at the root in the tenant's log (both recalled).
 */
export function logOf(event: ActivityEvent): string {
  if (event.of === 'elevation') return '/'
  const scope = event.of === 'role' ? (event.role.assignableScopes[0] ?? '/') : event.assignment.scope
  const subscription = subscriptionIdIn(scope)
  if (subscription !== null) return `/subscriptions/${subscription}`
  return managementGroupIdIn(scope) === null ? '/' : scope.toLowerCase()
}
