import type { World } from '../world/world'
import { grant } from './consent'
import type { Subject } from './mint'
import type { RefreshGrant } from './refresh-token'

/**
 * The sandbox forgets consents when it stops, a portal's tokens do not. A token of an earlier run brings back what was
 * consented when it was issued, unless consent was withdrawn in this run.
 */
export function relearnConsent(world: World, token: RefreshGrant, subject: Subject): void {
  const { tenant, user } = subject
  if (token.bootId === world.bootId || token.tenantId !== tenant.id) return
  if (world.withdrawn.has(`${tenant.id}/${token.clientId}`)) return
  grant(tenant, token.clientId, token.forAll ? null : user.id, token.consented)
}
