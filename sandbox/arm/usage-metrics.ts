import { isInForceAt } from '../world/rbac'
import type { Assignment } from '../world/types'
import { type ArmCall, isAllowed, refuseAction } from './arm-call'
import { authorizationAt } from './protocol'

const READ = 'Microsoft.Authorization/roleAssignmentsUsageMetrics/read'

/** How many role assignments a subscription may have, those below it included ("Azure RBAC limits"). */
const MOST_ASSIGNMENTS = 4000

/**
 * `GET /subscriptions/{id}/providers/Microsoft.Authorization/roleAssignmentsUsageMetrics`, 2019-08-01-preview: how many role
 * assignments there are at and below a subscription, whoever may list them. The properties are those of Microsoft's list of
 * versions (azure-rest-api-specs); which action it asks for is recalled, and that assignments of Privileged Identity
 * Management count while they are in force.
 */
export function countRoleAssignments(call: ArmCall, scope: string): Response | null {
  const { subscription, tenant, world } = call
  if (!subscription || scope.toLowerCase() !== `/subscriptions/${subscription.id}`.toLowerCase()) return null
  if (!isAllowed(call, READ, scope))
    return refuseAction(call, READ, `${authorizationAt(scope)}/roleAssignmentsUsageMetrics`)
  const now = world.now()
  const isCounted = ({ schedule }: Assignment) => schedule === null || isInForceAt(schedule, now)
  const count = tenant.assignments.inSubscription(subscription.id).filter(isCounted).length
  return Response.json({
    subscriptionId: subscription.id,
    roleAssignmentsLimit: MOST_ASSIGNMENTS,
    roleAssignmentsCurrentCount: count,
    roleAssignmentsRemainingCount: Math.max(0, MOST_ASSIGNMENTS - count),
  })
}
