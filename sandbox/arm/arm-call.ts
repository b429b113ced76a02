import type { Cloud } from '../clouds'
import type { Assignment, Subscription, Tenant } from '../world/types'
import type { World } from '../world/world'

/** Who asks: a person or an application, with what it holds at this moment. */
export type ArmCaller = {
  objectId: string
  /** The user principal name, or an application's client id. */
  name: string
  held: Assignment[]
  /** Itself and every group that holds it. */
  principals: ReadonlySet<string>
}

/** One authenticated ARM request: whose token it is, and which subscription its address names. */
export type ArmCall = {
  world: World
  cloud: Cloud
  url: URL
  apiVersion: string
  /** The token's tenant. */
  tenant: Tenant
  caller: ArmCaller
  subscription: Subscription | null
  /** What was found out about the caller's permissions during this request. */
  decisions: Map<string, boolean>
}
