import { addServicePrincipal } from './build'
import { flatString } from './flat-string'
import type { Random } from './random'
import type { Tenant } from './types'

/** The tenant Microsoft's own applications belong to (Microsoft Learn, "Verify first-party Microsoft applications"). */
const MICROSOFT_SERVICES = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'

/** Service principals in turn: an application of the tenant's, a managed identity, an application, one of the platform's. */
export function addWorkloads(tenant: Tenant, random: Random, count: number): string[] {
  const [subscriptionId] = tenant.subscriptions.keys()
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const name = flatString(`workload-${index + 1}`)
    const managed = index % 4 === 1
    const { id } = addServicePrincipal(tenant, {
      id: random.guid(),
      appId: random.guid(),
      displayName: name,
      servicePrincipalType: managed ? 'ManagedIdentity' : 'Application',
      ...(index % 4 === 3 ? { appOwnerOrganizationId: MICROSOFT_SERVICES } : {}),
      ...(managed && subscriptionId
        ? {
            alternativeNames: [
              'isExplicit=True',
              `/subscriptions/${subscriptionId}/resourcegroups/rg-0/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
            ],
          }
        : {}),
    })
    ids.push(id)
  }
  return ids
}

/** Devices joined to the tenant; gives their object ids. */
export function addDevices(tenant: Tenant, random: Random, count: number): string[] {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const id = random.guid()
    tenant.devices.add({
      id,
      displayName: flatString(`LAPTOP-${String(index + 1).padStart(4, '0')}`),
      deviceId: random.guid(),
      accountEnabled: index % 10 !== 9,
    })
    ids.push(id)
  }
  return ids
}
