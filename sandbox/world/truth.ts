import { holdsAt } from './holds-at'
import { findRole } from './rbac'
import { ancestorsOf, levelOf, managementGroupOf, type ScopeLevel, subscriptionOf } from './scopes'
import { statusOf } from './status-of'
import type { PrincipalType, Tenant } from './types'
import type { World } from './world'

export type TruthRow = {
  assignmentId: string
  principalId: string
  principalType: PrincipalType
  name: string | null
  mail: string | null
  userPrincipalName: string | null
  guest: boolean
  status: 'active' | 'disabled' | 'invited' | 'deleted' | null
  roleId: string
  roleName: string | null
  scope: string
  level: ScopeLevel
  condition: string | null
}

function principalFacts(tenant: Tenant, principalId: string, type: PrincipalType) {
  const user = tenant.users.get(principalId) ?? tenant.deletedUsers.get(principalId)
  if (user) {
    return {
      name: user.displayName,
      mail: user.mail,
      userPrincipalName: user.userPrincipalName,
      guest: user.userType === 'Guest',
      status: statusOf(user),
    }
  }
  const other = tenant.groups.get(principalId) ?? tenant.servicePrincipals.get(principalId)
  const status = type === 'User' ? ('deleted' as const) : null
  return { name: other?.displayName ?? null, mail: null, userPrincipalName: null, guest: false, status }
}

/** Every assignment that applies to a subscription: at it, below it, or inherited. By brute force from the world. */
export function truthOf(world: World, subscriptionId: string): TruthRow[] {
  const found = world.findSubscription(subscriptionId)
  if (!found) throw new Error(`There is no subscription ${subscriptionId} in this world.`)
  const { tenant, subscription } = found
  const groups = new Set(ancestorsOf(tenant, subscription.managementGroupId).map((id) => id.toLowerCase()))
  const rows: TruthRow[] = []
  for (const assignment of tenant.assignments.values()) {
    const group = managementGroupOf(assignment.scope)
    const applies =
      assignment.scope === '/' ||
      (group === null ? subscriptionOf(assignment.scope) === subscription.id : groups.has(group.toLowerCase()))
    if (!applies || (assignment.schedule && !holdsAt(assignment.schedule, world.now()))) continue
    rows.push({
      assignmentId: assignment.id,
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      ...principalFacts(tenant, assignment.principalId, assignment.principalType),
      roleId: assignment.roleId,
      roleName: findRole(tenant, assignment.roleId)?.name ?? null,
      scope: assignment.scope,
      level: levelOf(assignment.scope),
      condition: assignment.condition,
    })
  }
  return rows
}
