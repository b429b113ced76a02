import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { SubscriptionClient } from '@azure/arm-resources-subscriptions'
import { ClientSecretCredential, type TokenCredential } from '@azure/identity'
import { Client, PageIterator } from '@microsoft/microsoft-graph-client'
import { TokenCredentialAuthenticationProvider } from '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js'

/** What a program sees of a tenant through Microsoft's unmodified libraries. */
export type Seen = {
  subscriptions: { id: string; name: string; access: Access }[]
  tenants: string[]
  users: { id: string; name: string }[]
  members: string[]
}

type Access = {
  assignments: { id: string; principalId: string; roleId: string; scope: string; condition: string | null }[]
  roles: { id: string; name: string; custom: boolean }[]
  denied: string[]
  eligible: string[]
}

const lastSegment = (id = '') => id.slice(id.lastIndexOf('/') + 1)

/** The rows of everything that a paged list of the SDK yields. */
async function collectRows<T, R>(items: AsyncIterable<T>, toRow: (item: T) => R): Promise<R[]> {
  const rows: R[] = []
  for await (const item of items) rows.push(toRow(item))
  return rows
}

async function readAccess(credential: TokenCredential, subscriptionId: string): Promise<Access> {
  const client = new AuthorizationManagementClient(credential, subscriptionId)
  const scope = `/subscriptions/${subscriptionId}`
  return {
    assignments: await collectRows(client.roleAssignments.listForSubscription(), (row) => ({
      id: row.name ?? '',
      principalId: row.principalId ?? '',
      roleId: lastSegment(row.roleDefinitionId),
      scope: row.scope ?? '',
      condition: row.condition ?? null,
    })),
    roles: await collectRows(client.roleDefinitions.list(scope, { filter: 'atScopeAndBelow()' }), (role) => ({
      id: role.name ?? '',
      name: role.roleName ?? '',
      custom: role.roleType === 'CustomRole',
    })),
    denied: await collectRows(client.denyAssignments.list(), (row) => lastSegment(row.id)),
    eligible: await collectRows(client.roleEligibilityScheduleInstances.listForScope(scope), (row) =>
      lastSegment(row.id),
    ),
  }
}

/** Every item of a Graph collection, read with the library's own page iterator. */
async function readAllPages<T>(graph: Client, path: string): Promise<T[]> {
  const rows: T[] = []
  const iterator = new PageIterator(graph, await graph.api(path).get(), (row: T) => {
    rows.push(row)
    return true
  })
  await iterator.iterate()
  return rows
}

async function readEverything(credential: TokenCredential, groupId: string): Promise<Seen> {
  const client = new SubscriptionClient(credential)
  const subscriptions: Seen['subscriptions'] = []
  for await (const { subscriptionId: id = '', displayName: name = '' } of client.subscriptions.list())
    subscriptions.push({ id, name, access: await readAccess(credential, id) })
  const authProvider = new TokenCredentialAuthenticationProvider(credential, {
    scopes: ['https://graph.microsoft.com/.default'],
  })
  const graph = Client.initWithMiddleware({ authProvider })
  const users = await readAllPages<{ id: string; displayName: string }>(graph, '/users?$select=id,displayName')
  const members = await readAllPages<{ id: string }>(graph, `/groups/${groupId}/transitiveMembers?$select=id`)
  return {
    subscriptions,
    tenants: await collectRows(client.tenants.list(), (tenant) => tenant.tenantId ?? ''),
    users: users.map(({ id, displayName: name }) => ({ id, name })),
    members: members.map(({ id }) => id),
  }
}

const [tenantId = '', clientId = '', clientSecret = '', groupId = ''] = process.argv.slice(2)
const seen = await readEverything(new ClientSecretCredential(tenantId, clientId, clientSecret), groupId)
process.stdout.write(JSON.stringify(seen))
