import { createHash } from 'node:crypto'
import { Registry } from '../world/collections'
import type { Application } from '../world/types'
import type { World } from '../world/world'
import { plainPropertiesOf } from './directory-properties'
import type { GraphCall } from './graph-call'
import { type Kind, SERVICE_PRINCIPAL, throwNoRegistry } from './kinds'
import { listObjects, showObject } from './lists'

/** `GET /applications`: those that the tenant registered itself. */
export function listApplications(call: GraphCall): Response {
  const registry = applicationsOf(call.world, call.tenant.id)
  return listObjects(call, APPLICATION, { items: registry.list(), registry })
}

/** `GET /applications/{id}`. */
export function getApplication(call: GraphCall, id: string): Response {
  return showObject(call, APPLICATION, id, applicationsOf(call.world, call.tenant.id).get(id.toLowerCase()))
}

/** An application in its home tenant; `id` is its object id, which differs from its client id. */
type RegisteredApplication = Application & { id: string }

/** The applications that a tenant registered, without those of which it only has a service principal. */
export function applicationsOf(world: World, tenantId: string): Registry<RegisteredApplication> {
  const found = new Registry<RegisteredApplication>()
  for (const one of world.applications.values())
    if (one.homeTenantId === tenantId) found.add({ ...one, id: objectIdOf(one.clientId) })
  return found
}

function objectIdOf(clientId: string): string {
  const hex = createHash('sha256').update(`application/${clientId}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

/** Applications. The properties are recalled, not verified, after Microsoft Graph "application resource type". */
const APPLICATION: Kind<RegisteredApplication> = {
  name: 'application',
  set: 'applications',
  registryOf: throwNoRegistry,
  readers: ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  basicReaders: [],
  basic: new Set(),
  defaults: [
    'id',
    'deletedDateTime',
    'appId',
    'displayName',
    'createdDateTime',
    'description',
    'identifierUris',
    'publisherDomain',
    'signInAudience',
    'tags',
    'appRoles',
    'keyCredentials',
    'passwordCredentials',
    'requiredResourceAccess',
    'web',
    'spa',
    'publicClient',
  ],
  properties: {
    ...plainPropertiesOf('application'),
    id: (one) => one.id,
    appId: (one) => one.clientId,
    displayName: (one) => one.name,
    createdDateTime: () => '2024-03-12T10:00:00Z',
    signInAudience: () => 'AzureADMyOrg',
    web: (one) => ({ redirectUris: one.redirectUris.filter((uri) => !one.spaRedirectUris?.includes(uri)) }),
    spa: (one) => ({ redirectUris: one.spaRedirectUris ?? [] }),
    publicClient: () => ({ redirectUris: [] }),
  },
}

/** `GET /servicePrincipals/{id}`. */
export function getServicePrincipal(call: GraphCall, id: string): Response {
  return showObject(call, SERVICE_PRINCIPAL, id, call.tenant.servicePrincipals.get(id.toLowerCase()))
}

/** `GET /servicePrincipals(appId='…')`. */
export function getServicePrincipalByAppId(call: GraphCall, appId: string): Response {
  const found = call.tenant.servicePrincipals.indexBy('appId', (one) => one.appId).get(appId.toLowerCase())
  return showObject(call, SERVICE_PRINCIPAL, appId, found)
}
