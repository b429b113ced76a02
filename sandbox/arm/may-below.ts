import { isAtOrUnder } from '../world/scopes'
import type { ArmCall } from './arm-call'
import { may } from './may'

/** Says of scopes whether they lie at or under one and the caller may do an action there; each spelling is looked at once. */
export function mayBelow(call: ArmCall, action: string, under: string): (item: { scope: string }) => boolean {
  const known = new Map<string, boolean>()
  return ({ scope }) => {
    const decided = known.get(scope)
    if (decided !== undefined) return decided
    const allowed = isAtOrUnder(scope, under) && may(call, action, scope)
    known.set(scope, allowed)
    return allowed
  }
}
