import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROUTES } from '../graph/routes'
import { getTokens } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO, CONTOSO_APPLICATION } from '../world/demo-ids'
import { APPLICATION_ADMINISTRATOR } from '../world/roles'
import { addServicePrincipal } from '../world/tenant'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const GRAPH = 'https://graph.microsoft.com/v1.0'
const EVERYTHING =
  'Directory.Read.All CrossTenantInformation.ReadBasic.All RoleManagement.Read.Directory AuditLog.Read.All PrivilegedEligibilitySchedule.Read.AzureADGroup PrivilegedAssignmentSchedule.Read.AzureADGroup'
const PIM_GROUPS = '/identityGovernance/privilegedAccess/group'

let conformance: DemoSandbox
let token = ''
let guest = ''
const ids: Record<string, string> = {}
beforeAll(async () => {
  conformance = await startDemoSandbox()
  const { tenant, sandbox, world } = conformance
  addServicePrincipal(tenant, {
    id: '66666666-0000-4000-8000-000000000001',
    appId: '66666666-0000-4000-8000-000000000003',
    displayName: 'Probe',
  })
  tenant.devices.add({
    id: '66666666-0000-4000-8000-000000000002',
    displayName: 'Laptop',
    deviceId: '66666666-0000-4000-8000-000000000004',
    accountEnabled: true,
  })
  const [deleted] = tenant.users.list().filter((one) => one.account === null)
  applyChange(world, { type: 'delete', tenantId: CONTOSO, user: deleted?.id ?? '' })
  applyChange(world, { type: 'set_licence', tenantId: CONTOSO, licence: 'p2' })
  const roles = [APPLICATION_ADMINISTRATOR, 'Global Reader']
  applyChange(world, { type: 'set_directory_roles', tenantId: CONTOSO, user: 'ada@contoso.example', roles })
  Object.assign(ids, {
    role: APPLICATION_ADMINISTRATOR,
    user: [...tenant.users.values()].find((one) => one.userPrincipalName.startsWith('ada@'))?.id,
    deleted: deleted?.id,
    group: tenant.groups.list()[0]?.id,
    principal: '66666666-0000-4000-8000-000000000001',
    device: '66666666-0000-4000-8000-000000000002',
    client: CONTOSO_APPLICATION.clientId,
  })
  token = (await getTokens(sandbox, CONTOSO, 'ada@contoso.example', { graph: EVERYTHING })).graph
  const { body } = await ask('/applications', undefined, token)
  ids.application = (body as { value: { id: string }[] }).value[0]?.id ?? ''
  guest = (await getTokens(sandbox, CONTOSO, 'nina@fabrikam.example')).graph
})
afterAll(() => conformance.sandbox.close())

/**
 * An address for each route and its resource units. Source: concepts/throttling-limits.md @01351749; those it does not
 * name cost 1.
 */
const ASKED: [address: string, units: number, json?: unknown][] = [
  ['/me', 1],
  ['/users', 2],
  ['/users/$count', 1],
  ['/users/delta', 2],
  ['/users/microsoft.graph.agentUser', 2],
  ['/users/{user}', 1],
  ['/groups', 1],
  ['/groups/delta', 1],
  ['/groups/$count', 1],
  ['/groups/{group}', 1],
  ['/groups/{group}/owners', 1],
  ['/groups/{group}/members', 3],
  ['/groups/{group}/transitiveMembers', 5],
  ['/me/memberOf', 2],
  ['/me/transitiveMemberOf', 2],
  ['/users/{user}/memberOf', 2],
  ['/users/{user}/transitiveMemberOf', 2],
  ['/groups/{group}/memberOf', 2],
  ['/groups/{group}/transitiveMemberOf', 2],
  ['/servicePrincipals/{principal}/memberOf', 2],
  ['/servicePrincipals/{principal}/transitiveMemberOf', 2],
  ['/me/getMemberGroups', 2, { securityEnabledOnly: false }],
  ['/me/getMemberObjects', 2, { securityEnabledOnly: false }],
  ['/me/checkMemberGroups', 2, { groupIds: ['{group}'] }],
  ['/users/{user}/getMemberGroups', 2, { securityEnabledOnly: false }],
  ['/users/{user}/getMemberObjects', 2, { securityEnabledOnly: false }],
  ['/users/{user}/checkMemberGroups', 2, { groupIds: ['{group}'] }],
  ['/servicePrincipals', 1],
  ['/servicePrincipals/$count', 1],
  ["/servicePrincipals(appId='{client}')", 1],
  ['/servicePrincipals/microsoft.graph.agentIdentity', 1],
  ['/servicePrincipals/{principal}', 1],
  ['/me/ownedObjects', 1],
  ['/users/{user}/ownedObjects', 1],
  ['/users/{user}/manager', 1],
  ['/users/{user}/licenseDetails', 1],
  ['/users/{user}/appRoleAssignments', 1],
  ['/servicePrincipals/{principal}/appRoleAssignedTo', 1],
  ['/servicePrincipals/{principal}/appRoleAssignments', 1],
  ['/servicePrincipals/{principal}/owners', 1],
  ['/applications', 1],
  ['/applications/{application}', 1],
  ['/applications/{application}/owners', 1],
  ['/applications/{application}/federatedIdentityCredentials', 1],
  ['/directoryRoles', 1],
  ['/directoryRoles/{role}', 1],
  ["/directoryRoles(roleTemplateId='{role}')", 1],
  ['/directoryRoles/{role}/members', 1],
  ['/roleManagement/directory/roleDefinitions', 1],
  ['/roleManagement/directory/roleDefinitions/{role}', 1],
  ['/roleManagement/directory/roleAssignmentScheduleInstances', 1],
  ['/roleManagement/directory/roleEligibilityScheduleInstances', 1],
  ['/auditLogs/directoryAudits', 1],
  ["/roleManagement/directory/roleAssignments?$filter=principalId eq '{user}'", 1],
  [`${PIM_GROUPS}/eligibilityScheduleInstances?$filter=groupId eq '{group}'`, 1],
  [`${PIM_GROUPS}/assignmentScheduleInstances?$filter=groupId eq '{group}'`, 1],
  ['/devices', 1],
  ['/devices/{device}', 1],
  ['/directoryObjects/getByIds', 3, { ids: ['{user}'], types: ['user'] }],
  ['/directoryObjects/{user}', 1],
  ['/directory/deletedItems/microsoft.graph.user', 1],
  ['/directory/deletedItems/microsoft.graph.group', 1],
  ['/directory/deletedItems/{deleted}', 1],
  ['/organization', 1],
  ['/subscribedSkus', 3],
  ["/tenantRelationships/findTenantInformationByTenantId(tenantId='{tenant}')", 1],
]

const filled = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? CONTOSO)
const ask = (address: string, json: unknown, bearer: string) =>
  conformance.ask(`${GRAPH}${filled(address)}`, {
    token: bearer,
    headers: { ConsistencyLevel: 'eventual' },
    ...(json === undefined ? {} : { json: JSON.parse(filled(JSON.stringify(json))) }),
  })

test('every route of Graph is requested by this test', () => {
  const first = (address: string, json: unknown) =>
    ROUTES.find(
      ({ method, path }) => method === (json ? 'POST' : 'GET') && path.test(filled(address).replace(/\?.*/, '')),
    )
  const asked = new Set(ASKED.map(([address, , json]) => first(address, json)))
  expect(ROUTES.filter((one) => !asked.has(one)).map(({ method, path }) => `${method} ${path.source}`)).toEqual([])
})

test.each(ASKED)('%s answers a caller with permission, and costs %i', async (address, units, json) => {
  const { status, headers } = await ask(address, json, token)
  // People of the sandbox have no managers, which Graph answers with 404.
  const expected = address.endsWith('/manager') ? 404 : 200
  expect([status, headers.get('x-ms-resource-unit')]).toEqual([expected, String(units)])
})

test.each(ASKED)('%s is refused without a token', async (address, _, json) => {
  const none = await conformance.ask(`${GRAPH}${filled(address)}`, { token: null, json })
  expect(none).toMatchObject({ status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } })
})

test.each(['/users', '/users/delta', '/groups', '/groups/delta', '/servicePrincipals', '/devices'])(
  'a guest may not list %s',
  async (address) => {
    const { status, body } = await ask(address, undefined, guest)
    expect([status, body]).toEqual([403, { error: expect.objectContaining({ code: 'Authorization_RequestDenied' }) }])
  },
)

test.each([
  ['/groups/{group}/transitiveMembers?$select=id', 4],
  ['/groups/{group}/transitiveMembers?$select=id&$top=5', 3],
  ['/users?$select=id&$top=19', 1],
  ['/users?$top=20', 2],
  ['/me?$select=id', 1],
])('%s costs %i', async (address, units) => {
  expect((await ask(address, undefined, token)).headers.get('x-ms-resource-unit')).toBe(String(units))
})
