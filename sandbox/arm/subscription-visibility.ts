import { isDenied } from '../world/rbac'
import { ancestorsOf, managementGroupOf, subscriptionOf } from '../world/scopes'
import type { Subscription } from '../world/types'
import type { ArmCall } from './arm-call'

const READ = 'Microsoft.Resources/subscriptions/read'

/**
 * Says of each subscription whether the caller sees it: any role at, above or below one shows it (recalled), unless a
 * deny assignment cuts reading it. Prepared once for a list of a thousand.
 */
export function subscriptionVisibility({ tenant, caller }: ArmCall): (subscription: Subscription) => boolean {
  const places = new Set<string>()
  for (const { scope } of caller.held)
    places.add(subscriptionOf(scope) ?? managementGroupOf(scope)?.toLowerCase() ?? scope)
  const groups = new Map<string, boolean>()
  const underHeld = (groupId: string): boolean => {
    const known = groups.get(groupId)
    if (known !== undefined) return known
    const held = ancestorsOf(tenant, groupId).some((id) => places.has(id.toLowerCase()))
    groups.set(groupId, held)
    return held
  }
  return ({ id, managementGroupId }) =>
    (places.has('/') || places.has(id.toLowerCase()) || underHeld(managementGroupId)) &&
    !isDenied(tenant, caller.principals, READ, `/subscriptions/${id}`)
}
