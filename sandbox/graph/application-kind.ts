import { createHash } from 'node:crypto'
import { Registry } from '../world/registry'
import type { Application } from '../world/types'
import type { World } from '../world/world'
import type { Kind } from './kind'

/** An application as its home tenant registered it, by its object id, which is not its client id. */
type RegisteredApplication = Application & { id: string }

const NOTHING = () => []
const NULL = () => null

function objectIdOf(clientId: string): string {
  const hex = createHash('sha256').update(`application/${clientId}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

/** The applications a tenant registered; none of those it only has a service principal of. */
export function applicationsOf(world: World, tenantId: string): Registry<RegisteredApplication> {
  const found = new Registry<RegisteredApplication>()
  for (const one of world.applications.values())
    if (one.homeTenantId === tenantId) found.add({ ...one, id: objectIdOf(one.clientId) })
  return found
}

const noRegistry = (): Registry<RegisteredApplication> => {
  throw new Error('Applications belong to the world, not to a tenant.')
}

/** Applications. Recalled, not verified, after Microsoft Graph "application resource type". */
export const APPLICATION: Kind<RegisteredApplication> = {
  name: 'application',
  set: 'applications',
  registryOf: noRegistry,
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
    id: (one) => one.id,
    deletedDateTime: NULL,
    appId: (one) => one.clientId,
    displayName: (one) => one.name,
    createdDateTime: () => '2024-03-12T10:00:00Z',
    description: NULL,
    identifierUris: NOTHING,
    publisherDomain: NULL,
    signInAudience: () => 'AzureADMyOrg',
    tags: NOTHING,
    appRoles: NOTHING,
    keyCredentials: NOTHING,
    passwordCredentials: NOTHING,
    requiredResourceAccess: NOTHING,
    web: (one) => ({ redirectUris: one.redirectUris.filter((uri) => !one.spaRedirectUris?.includes(uri)) }),
    spa: (one) => ({ redirectUris: one.spaRedirectUris ?? [] }),
    publicClient: () => ({ redirectUris: [] }),
  },
}
