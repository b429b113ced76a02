import type { ArmCall } from './arm-call'
import { paged } from './paged'

/** `GET /tenants`: the caller's own, and those that know them as a guest. */
export function listTenants(call: ArmCall): Response {
  const { world, tenant, caller } = call
  const self = tenant.users.get(caller.objectId)
  const home = self?.home ?? { tenantId: tenant.id, objectId: caller.objectId }
  const known = [...world.tenants.values()].filter(
    (one) =>
      one.id === home.tenantId ||
      [...one.users.values()].some(
        (user) => user.home?.objectId === home.objectId && user.home.tenantId === home.tenantId,
      ),
  )
  const value = known.map((one) => ({
    id: `/tenants/${one.id}`,
    tenantId: one.id,
    countryCode: 'NO',
    displayName: one.name,
    domains: [one.domain],
    tenantCategory: 'Home',
    defaultDomain: one.domain,
    tenantType: 'AAD',
  }))
  return paged(call.url, value, call.tenant.pageSizes.subscriptions)
}
