import { can, isDenied } from '../world/rbac'
import type { ArmCall } from './arm-call'

/** Whether the caller may do an action at a scope: some role allows it and no deny assignment cuts it. Asked once per scope and request. */
export function may({ tenant, caller, decisions }: ArmCall, action: string, scope: string): boolean {
  const key = `${action} ${scope}`.toLowerCase()
  const known = decisions.get(key)
  if (known !== undefined) return known
  const allowed = can(tenant, caller.held, action, scope) && !isDenied(tenant, caller.principals, action, scope)
  decisions.set(key, allowed)
  return allowed
}
