import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import { issueFederatedToken } from '../entra/federated-tokens'
import { PERMISSIONS_OF } from '../graph/routes'
import { type ChangeHandlers, requireApplication, requireTenant, WorldRefusal } from './lookups'
import { addServicePrincipal } from './tenant'
import type { Application, ServicePrincipal, Tenant } from './types'
import type { World } from './world'

/** What a command line or an administrator does to an application that signs in without a person. */
export type ApplicationChange =
  | { type: 'add_application'; tenantId: string; displayName: string; managedIdentity?: boolean }
  | { type: 'set_application_enabled'; tenantId: string; clientId: string; enabled: boolean }
  | { type: 'grant_app_roles'; tenantId: string; clientId: string; roles: string[] }
  | { type: 'add_certificate'; clientId?: string; certificate: string }
  | { type: 'remove_certificates'; clientId?: string }
  | ({ type: 'add_federated_credential'; clientId?: string; afterSeconds?: number } & Federation)
  | ({ type: 'issue_federated_token'; seconds?: number } & Federation)
  | { type: 'set_machine'; tenantId: string; systemAssigned?: string | null; userAssigned?: string[] }

type Federation = { issuer: string; subject: string; audience?: string }

/** The one audience of a token that is exchanged. Source: Microsoft's "Workload identity federation considerations". */
const EXCHANGE = 'api://AzureADTokenExchange'

/** The changes of applications, their credentials and managed identities. */
export const changeApplications: ChangeHandlers<ApplicationChange> = {
  add_application(world, { tenantId, displayName, managedIdentity = false }) {
    const tenant = requireTenant(world, tenantId)
    const [clientId, objectId] = [randomUUID(), randomUUID()]
    world.applications.set(clientId, {
      clientId,
      name: displayName,
      secrets: [],
      redirectUris: [],
      registeredScopes: [],
      homeTenantId: tenant.id,
      publicClient: false,
      preauthorized: false,
    })
    const servicePrincipalType = managedIdentity ? 'ManagedIdentity' : 'Application'
    addServicePrincipal(tenant, { id: objectId, appId: clientId, displayName, servicePrincipalType })
    return { clientId, objectId }
  },
  set_application_enabled(world, { tenantId, clientId, enabled }) {
    const { tenant, principal } = requireServicePrincipal(world, tenantId, clientId)
    principal.accountEnabled = enabled
    tenant.servicePrincipals.markChanged()
    return null
  },
  /** What the application was granted before goes, as when a list of assignments is replaced. */
  grant_app_roles(world, { tenantId, clientId, roles }) {
    const { tenant, principal } = requireServicePrincipal(world, tenantId, clientId)
    const known = new Set(Object.values(PERMISSIONS_OF).flat())
    const unknown = roles.find((role) => !known.has(role))
    if (unknown !== undefined) throw new WorldRefusal(`There is no permission ${unknown}.`)
    tenant.appRoles.set(principal.appId, new Set(roles.map((role) => `graph/${role}`)))
    return null
  },
  add_certificate(world, { clientId, certificate }) {
    const app = requireOwnApplication(world, clientId)
    const read = readCertificate(certificate)
    app.certificates = [...(app.certificates ?? []), read]
    return { sha256: read.sha256 }
  },
  remove_certificates(world, { clientId }) {
    requireOwnApplication(world, clientId).certificates = []
    return null
  },
  add_federated_credential(world, { clientId, issuer, subject, audience = EXCHANGE, afterSeconds = 0 }) {
    const app = requireOwnApplication(world, clientId)
    const others = app.federatedCredentials ?? []
    if (others.some((one) => one.issuer === issuer && one.subject === subject))
      throw new WorldRefusal('The application has a federated credential with this issuer and subject.')
    const knownFrom = world.now() + afterSeconds * 1_000
    app.federatedCredentials = [...others, { issuer, subject, audience, knownFrom }]
    return null
  },
  issue_federated_token(world, { issuer, subject, audience = EXCHANGE, seconds = 3_600 }) {
    return { token: issueFederatedToken(world, { issuer, subject, audience, seconds }) }
  },
  set_machine(world, { tenantId, systemAssigned = null, userAssigned = [] }) {
    const tenant = requireTenant(world, tenantId)
    for (const id of [systemAssigned, ...userAssigned])
      if (id !== null && tenant.servicePrincipals.get(id)?.servicePrincipalType !== 'ManagedIdentity')
        throw new WorldRefusal(`There is no managed identity ${id}.`)
    world.machine = { tenantId: tenant.id, systemAssigned, userAssigned }
    return null
  },
}

/** An application that is not one of Microsoft's. */
function requireOwnApplication(world: World, clientId?: string): Application {
  const app = requireApplication(world, clientId)
  if (app.publicClient) throw new WorldRefusal('A public client has no credentials.')
  return app
}

function requireServicePrincipal(
  world: World,
  tenantId: string,
  clientId: string,
): { tenant: Tenant; principal: ServicePrincipal } {
  const tenant = requireTenant(world, tenantId)
  const app = requireApplication(world, clientId)
  const principal = tenant.servicePrincipals.list().find(({ appId }) => appId === app.clientId)
  if (!principal) throw new WorldRefusal(`The tenant ${tenant.name} has no service principal of ${clientId}.`)
  return { tenant, principal }
}

function readCertificate(pem: string) {
  try {
    const read = new X509Certificate(pem)
    return {
      publicKey: read.publicKey,
      sha256: createHash('sha256').update(read.raw).digest('base64url'),
      sha1: createHash('sha1').update(read.raw).digest('base64url'),
      validFrom: Date.parse(read.validFrom),
      validTo: Date.parse(read.validTo),
    }
  } catch {
    throw new WorldRefusal('The certificate is not one in PEM.')
  }
}
