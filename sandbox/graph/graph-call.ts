import type { Cloud } from '../clouds'
import type { Tenant, User } from '../world/types'
import type { World } from '../world/world'

/** One authenticated Graph request. */
export type GraphCall = {
  world: World
  cloud: Cloud
  request: Request
  url: URL
  tenant: Tenant
  /** The signed-in person. */
  caller: User
  /** The delegated permissions of the token. */
  permissions: ReadonlySet<string>
  /** Whether `ConsistencyLevel: eventual` was sent. */
  eventual: boolean
  /** Inside a $batch the limit on the address does not hold. */
  inBatch: boolean
}

/** A guest without a directory role may read themselves only, whatever the application was granted. */
export function isPlainGuest(call: GraphCall): boolean {
  return call.caller.userType === 'Guest' && call.caller.directoryRoles.length === 0
}

export function holdsAny(call: GraphCall, ...permissions: string[]): boolean {
  return permissions.some((permission) => call.permissions.has(permission))
}
