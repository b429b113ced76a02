import type { Application, Tenant } from '../world/types'
import type { World } from '../world/world'
import { ANY_TENANT } from './discovery'
import type { Refusal } from './entra-error'
import { REFUSALS } from './refusals'

/** An application at an authority. `tenant` is null at common and organizations. */
export type Client = { app: Application; tenant: Tenant | null }

/** The application a request names, at the tenant of its address; or why not (AADSTS90002, 700016, 50194). */
export function findClient(world: World, authority: string, clientId: string): Client | Refusal {
  const tenant = world.findTenant(authority) ?? null
  if (!tenant && !ANY_TENANT.has(authority)) return REFUSALS.tenantNotFound(authority)
  const app = world.applications.get(clientId.toLowerCase())
  if (!app) return REFUSALS.appNotFound(clientId, tenant?.name ?? authority)
  if (app.homeTenantId === null) return { app, tenant }
  if (!tenant) return REFUSALS.singleTenant(app)
  return tenant.id === app.homeTenantId ? { app, tenant } : REFUSALS.appNotFound(clientId, tenant.name)
}
