import { addAssignment, addServicePrincipal } from './build'
import type { Random } from './random'
import type { Application, Tenant } from './types'

export type MadeApplication = { clientId: string; clientSecret: string; objectId: string }

/** An application of the tenant's own that reads its directory, and everything at these scopes, by itself; gives what to register. */
export function addApplication(
  tenant: Tenant,
  random: Random,
  scopes: string[],
): { application: MadeApplication; register: Application } {
  const name = `${tenant.name} Reader`
  const [clientId, clientSecret, objectId] = [random.guid(), random.guid(), random.guid()]
  const register: Application = {
    clientId,
    name,
    secrets: [{ value: clientSecret, expired: false }],
    redirectUris: [],
    registeredScopes: [],
    homeTenantId: tenant.id,
    publicClient: false,
    preauthorized: false,
  }
  addServicePrincipal(tenant, { id: objectId, appId: clientId, displayName: name })
  const permissions = ['Directory.Read.All', 'User.Read.All', 'GroupMember.Read.All', 'Application.Read.All']
  tenant.appRoles.set(clientId, new Set(permissions.map((one) => `graph/${one}`)))
  for (const scope of scopes) addAssignment(tenant, random, { principalId: objectId, role: 'Reader', scope })
  return { application: { clientId, clientSecret, objectId }, register }
}
