import type { Cloud } from '../clouds'
import type { Assignment, Subscription, Tenant } from '../world/types'
import type { World } from '../world/world'

/** One authenticated ARM request: whose token it is, and which subscription its address names. */
export type ArmCall = {
  world: World
  cloud: Cloud
  url: URL
  /** The token's tenant. */
  tenant: Tenant
  caller: { objectId: string; name: string; held: Assignment[] }
  subscription: Subscription | null
}
