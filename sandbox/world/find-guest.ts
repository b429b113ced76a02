import type { Tenant, User } from './types'

/** The guest a tenant knows an account of elsewhere as. */
export function findGuest(tenant: Tenant, home: { tenantId: string; objectId: string }): User | undefined {
  return tenant.users
    .by('home', (one) => one.home && `${one.home.tenantId}/${one.home.objectId}`)
    .get(`${home.tenantId}/${home.objectId}`)
}
