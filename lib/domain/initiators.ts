import type { PrincipalKind } from './vocabulary'

/**
 * Who made a change, as Microsoft's logs tell it. A person has an object ID and a user principal name. An application may have
 * any of its ids; its name stands in the directory's log only. The kind is null when a log names nobody.
 */
export type Initiator = {
  kind: Extract<PrincipalKind, 'user' | 'service_principal'> | null
  /** The object ID: of an application, that of its service principal. */
  id: string | null
  /** The client ID of an application. */
  clientId: string | null
  name: string | null
}
