import type { Cloud } from '../clouds'
import type { Application, Tenant } from '../world/types'
import type { World } from '../world/world'
import type { Subject } from './mint'
import type { ParsedScopes } from './scopes'

/** A request to /token whose application is who it says it is. */
export type TokenRequest = {
  world: World
  request: Request
  cloud: Cloud
  authority: string
  form: URLSearchParams
  app: Application
  /** Null at common and organizations. */
  tenant: Tenant | null
}

/** What a person's grant, once it was found good, is worth: a token for one resource. */
export type Grant = {
  subject: Subject
  parsed: ParsedScopes
  nonce: string | null
  mfa: boolean
  offline: boolean
  /** When the person signed in, in milliseconds. */
  issuedAt: number
}
