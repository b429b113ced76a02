import { findAdministrator } from '../world/lookups'
import type { Tenant } from '../world/types'

/** Who an operation is shown to be made by. */
export type Actor = { name: string; objectId: string }

/** The person behind everything for which the world names nobody. */
export function findDefaultActor(tenant: Tenant): Actor {
  const owner = findAdministrator(tenant)
  return { name: owner?.userPrincipalName ?? `admin@${tenant.domain}`, objectId: owner?.id ?? '' }
}
