import { findGuest } from '../world/find-guest'
import type { Tenant } from '../world/types'
import type { ArmCall } from './arm-call'
import { paged } from './paged'

/** `GET /tenants`: the caller's own, and those that know them as a guest. */
export function listTenants(call: ArmCall): Response {
  const { world, tenant, caller } = call
  const self = tenant.users.get(caller.objectId)
  const home = self?.home ?? { tenantId: tenant.id, objectId: caller.objectId }
  const known = [...world.tenants.values()].filter(
    (one) => one.id === home.tenantId || one.id === tenant.id || findGuest(one, home) !== undefined,
  )
  const show = (one: Tenant) => ({
    id: `/tenants/${one.id}`,
    tenantId: one.id,
    countryCode: 'NO',
    displayName: one.name,
    domains: [one.domain],
    tenantCategory: one.id === home.tenantId ? 'Home' : 'ProjectedBy',
    defaultDomain: one.domain,
    tenantType: 'AAD',
  })
  return paged(call.url, { items: known, size: tenant.pageSizes.subscriptions, keyOf: (one) => one.id, show })
}
