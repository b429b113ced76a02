import type { ChangeHandlers } from './change-handlers'
import { applicationOf } from './named-in-change'

export type PlatformChange =
  | { type: 'expire_secret'; clientId?: string }
  | { type: 'set_secret'; clientId?: string; value: string }
  | { type: 'rotate_keys'; forgetOld?: boolean }
  | { type: 'set_token_lifetime'; seconds: number }
  | { type: 'advance_clock'; ms: number }

/** What can happen to Microsoft's side of it: secrets of applications, signing keys, tokens, time. */
export const changePlatform: ChangeHandlers<PlatformChange> = {
  expire_secret(world, change) {
    for (const secret of applicationOf(world, change.clientId).secrets) secret.expired = true
    return null
  },
  set_secret(world, change) {
    applicationOf(world, change.clientId).secrets = [{ value: change.value, expired: false }]
    return null
  },
  rotate_keys: (world, change) => world.rotateKeys({ forgetOld: change.forgetOld ?? false }),
  set_token_lifetime(world, change) {
    world.tokenSeconds = change.seconds
    return null
  },
  advance_clock(world, change) {
    world.clockOffset += change.ms
    return null
  },
}
