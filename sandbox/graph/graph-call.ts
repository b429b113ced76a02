import type { Cloud } from '../clouds'
import type { Tenant, User } from '../world/types'
import type { World } from '../world/world'

/** One authenticated Graph request. */
export type GraphCall = {
  world: World
  cloud: Cloud
  request: Request
  url: URL
  /** `v1.0` or `beta`. */
  version: string
  tenant: Tenant
  /** The signed-in person; null for an application by itself. */
  user: User | null
  appOnly: boolean
  clientId: string
  /** The delegated permissions of the token, or the application's own. */
  permissions: ReadonlySet<string>
  /** The query options by name in lower case: `$filter`, `$orderby` and so on. */
  options: ReadonlyMap<string, string>
  /** `ConsistencyLevel: eventual` was sent. */
  eventual: boolean
  /** `ConsistencyLevel: eventual` was sent and `$count=true` asked. */
  advanced: boolean
  /** Inside a $batch the limit on the address does not hold. */
  inBatch: boolean
}

/** A guest without a directory role may read themselves only, whatever the application was granted. */
export function isPlainGuest(call: GraphCall): boolean {
  return call.user?.userType === 'Guest' && call.user.directoryRoles.length === 0
}

export function holdsAny(call: GraphCall, permissions: readonly string[]): boolean {
  return permissions.some((permission) => call.permissions.has(permission))
}

/** Whether a person named by id or user principal name is the signed-in one. */
export function isSelf(call: GraphCall, name: string): boolean {
  const wanted = name.toLowerCase()
  return call.user !== null && (call.user.id === wanted || call.user.userPrincipalName.toLowerCase() === wanted)
}

/** `@odata.context` of something. */
export function contextOf(call: GraphCall, name: string): string {
  return `https://${call.cloud.graph}/${call.version}/$metadata#${name}`
}
