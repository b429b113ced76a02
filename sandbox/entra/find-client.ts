import type { Application, Tenant } from '../world/types'
import type { World } from '../world/world'
import { CLIENT_REFUSALS } from './client-refusals'
import { ANY_TENANT } from './discovery'
import type { Refusal } from './entra-error'

/** Where personal accounts sign in, which no application here is registered for (the directory's name is recalled). */
const CONSUMERS = new Set(['consumers', '9188040d-6c67-4c5b-b112-36a304b66dad'])

/** An application at an authority. `tenant` is null at common and organizations. */
export type Client = { app: Application; tenant: Tenant | null }

/** The application a request names, at the tenant of its address; or why not (AADSTS90002, 700016, 50194). */
export function findClient(world: World, authority: string, clientId: string): Client | Refusal {
  if (CONSUMERS.has(authority)) return CLIENT_REFUSALS.appNotFound(clientId, 'Microsoft Accounts')
  const tenant = world.findTenant(authority) ?? null
  if (!tenant && !ANY_TENANT.has(authority)) return CLIENT_REFUSALS.tenantNotFound(authority)
  const app = world.applications.get(clientId.toLowerCase())
  if (!app) return CLIENT_REFUSALS.appNotFound(clientId, tenant?.name ?? authority)
  if (app.homeTenantId === null) return { app, tenant }
  if (!tenant) return CLIENT_REFUSALS.singleTenant(app)
  return tenant.id === app.homeTenantId ? { app, tenant } : CLIENT_REFUSALS.appNotFound(clientId, tenant.name)
}
