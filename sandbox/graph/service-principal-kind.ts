import type { ServicePrincipal } from '../world/types'
import type { Kind } from './kind'

const NOTHING = () => []
const NULL = () => null

/** Service principals, managed identities among them. Source: Microsoft Graph "servicePrincipal resource type". */
export const SERVICE_PRINCIPAL: Kind<ServicePrincipal> = {
  name: 'servicePrincipal',
  set: 'servicePrincipals',
  registryOf: (tenant) => tenant.servicePrincipals,
  readers: ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  basicReaders: [],
  basic: new Set(),
  defaults: [
    'id',
    'deletedDateTime',
    'accountEnabled',
    'alternativeNames',
    'appDisplayName',
    'appId',
    'appOwnerOrganizationId',
    'appRoleAssignmentRequired',
    'createdDateTime',
    'displayName',
    'servicePrincipalNames',
    'servicePrincipalType',
    'tags',
    'appRoles',
    'keyCredentials',
    'oauth2PermissionScopes',
    'passwordCredentials',
  ],
  properties: {
    id: (principal) => principal.id,
    deletedDateTime: NULL,
    accountEnabled: (principal) => principal.accountEnabled,
    alternativeNames: (principal) => principal.alternativeNames,
    appDisplayName: (principal) =>
      principal.servicePrincipalType === 'ManagedIdentity' ? null : principal.displayName,
    appId: (principal) => principal.appId,
    appOwnerOrganizationId: (principal) => principal.appOwnerOrganizationId,
    appRoleAssignmentRequired: () => false,
    createdDateTime: (principal) => principal.createdDateTime,
    displayName: (principal) => principal.displayName,
    homepage: NULL,
    servicePrincipalNames: (principal) => [principal.appId],
    servicePrincipalType: (principal) => principal.servicePrincipalType,
    signInAudience: NULL,
    tags: NOTHING,
    appRoles: NOTHING,
    keyCredentials: NOTHING,
    oauth2PermissionScopes: NOTHING,
    passwordCredentials: NOTHING,
  },
}
