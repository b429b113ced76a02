import type { Application } from './types'

/**
 * The Azure CLI's own client, known in every tenant. Its id and redirect are those in its source; what it may do at
 * Graph follows the scopes its recorded token replies list, with Directory.Read.All standing for reading as the person.
 */
export const AZURE_CLI: Readonly<Application> = {
  clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  name: 'Microsoft Azure CLI',
  secrets: [],
  redirectUris: ['http://localhost'],
  registeredScopes: [
    'arm/user_impersonation',
    'graph/Application.ReadWrite.All',
    'graph/AuditLog.Read.All',
    'graph/Directory.AccessAsUser.All',
    'graph/Directory.Read.All',
    'graph/Group.ReadWrite.All',
    'graph/User.ReadWrite.All',
  ],
  homeTenantId: null,
  publicClient: true,
  preauthorized: true,
}
