import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { SubscriptionClient } from '@azure/arm-resources-subscriptions'
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { managementGroupScope } from '../world/scopes'
import { addAssignment, addEligibility, addGroup } from '../world/tenant'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

const GROUP = '55555555-0000-4000-8000-000000000004'
const EVERYONE = { id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' as const }
const web = `subscriptions/${IDS.web}`
let arm: ArmSandbox
let authorization: AuthorizationManagementClient
let subscriptions: SubscriptionClient

beforeAll(async () => {
  arm = await startArmSandbox()
  const { tenant, random } = arm
  tenant.licence = 'p2'
  tenant.pageSizes = { ...tenant.pageSizes, assignments: 3, instances: 2, subscriptions: 1 }
  addGroup(tenant, { id: GROUP, displayName: 'Team' })
  for (const [index, principalId] of [IDS.clerk, IDS.nobody, GROUP, IDS.owner, IDS.clerk].entries()) {
    const scope = `/${web}/resourceGroups/rg-${index}/providers/Microsoft.KeyVault/vaults/keys`
    addAssignment(tenant, random, { principalId, role: 'Reader', scope })
    addEligibility(tenant, random, { principalId, role: 'Contributor', scope: index === 0 ? `/${web}` : scope })
    tenant.denyAssignments.add({
      id: `66666666-0000-4000-8000-00000000000${index}`,
      name: `Denial ${index}`,
      description: '',
      permissions: [{ actions: ['*/delete'], notActions: [], dataActions: [], notDataActions: [] }],
      scope: `/${web}`,
      doNotApplyToChildScopes: true,
      principals: [EVERYONE],
      excludePrincipals: [],
      isSystemProtected: true,
      createdOn: '2026-01-02T03:04:05.0000001Z',
    })
  }
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const { method, headers } = request
      const response = await fetch(arm.local(request.url), { method, headers: headers.toJSON() })
      const bodyAsText = await response.text()
      return {
        request,
        status: response.status,
        headers: createHttpHeaders(Object.fromEntries(response.headers)),
        bodyAsText,
      }
    },
  }
  const credential = { getToken: async () => ({ token: arm.tokens.owner, expiresOnTimestamp: Date.now() + 3_600_000 }) }
  authorization = new AuthorizationManagementClient(credential, IDS.web, { httpClient })
  subscriptions = new SubscriptionClient(credential, { httpClient })
})
afterAll(() => arm.sandbox.close())

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of list) found.push(one)
  return found
}

test('the SDK lists the role assignments of a subscription, a group, a resource and any scope', async () => {
  const { roleAssignments } = authorization
  expect(await all(roleAssignments.listForSubscription())).toHaveLength(7)
  expect(await all(roleAssignments.listForResourceGroup('rg-1'))).toHaveLength(2)
  expect(await all(roleAssignments.listForResource('rg-2', 'Microsoft.KeyVault', 'vaults', 'keys'))).toHaveLength(2)
  const scope = managementGroupScope(IDS.tenant)
  const [top] = await all(roleAssignments.listForScope(scope, { filter: 'atScope()' }))
  expect(top).toMatchObject({ scope, principalId: IDS.owner, principalType: 'User', createdOn: expect.any(Date) })
  expect((await roleAssignments.getById(top?.id ?? '')).name).toBe(top?.name)
  expect((await roleAssignments.get(scope, top?.name ?? '')).id).toBe(top?.id)
})

test('the SDK lists role definitions with a filter and gets one', async () => {
  const { roleDefinitions } = authorization
  const [reader, ...others] = await all(roleDefinitions.list(web, { filter: "roleName eq 'Reader'" }))
  expect(others).toEqual([])
  expect(reader).toMatchObject({ roleName: 'Reader', roleType: 'BuiltInRole', permissions: [{ actions: ['*/read'] }] })
  expect((await roleDefinitions.getById(reader?.id ?? '')).roleName).toBe('Reader')
  expect((await all(roleDefinitions.list(web))).length).toBeGreaterThan(30)
})

test('the SDK lists deny assignments by each of its methods', async () => {
  const { denyAssignments } = authorization
  expect(await all(denyAssignments.list())).toHaveLength(5)
  expect(await all(denyAssignments.listForResourceGroup('rg-1'))).toHaveLength(5)
  expect(await all(denyAssignments.listForScope(web, { filter: "denyAssignmentName eq 'Denial 3'" }))).toHaveLength(1)
  expect(await denyAssignments.get(web, '66666666-0000-4000-8000-000000000002')).toMatchObject({
    denyAssignmentName: 'Denial 2',
    principals: [EVERYONE],
  })
})

test('the SDK lists eligible and active roles, with names', async () => {
  const eligible = await all(authorization.roleEligibilityScheduleInstances.listForScope(web))
  expect(eligible).toHaveLength(5)
  const own = await all(
    authorization.roleEligibilityScheduleInstances.listForScope(web, { filter: `principalId eq '${GROUP}'` }),
  )
  expect(own).toMatchObject([
    { principalType: 'Group', memberType: 'Direct', expandedProperties: { principal: { displayName: 'Team' } } },
  ])
  expect(own[0]?.startDateTime).toBeInstanceOf(Date)
  const active = await all(authorization.roleAssignmentScheduleInstances.listForScope(web))
  expect(active).toHaveLength(7)
  expect(active.every((one) => one.assignmentType === 'Assigned')).toBe(true)
  expect(await all(authorization.roleEligibilitySchedules.listForScope(web))).toHaveLength(5)
  expect(await all(authorization.roleAssignmentSchedules.listForScope(web))).toHaveLength(7)
})

test('the SDK lists permissions, and no classic administrators', async () => {
  expect(await all(authorization.permissions.listForResourceGroup('rg-1'))).toMatchObject([{ actions: ['*'] }])
  expect(await all(authorization.classicAdministrators.list())).toEqual([])
})

test('the SDK lists subscriptions, their locations and tenants', async () => {
  const listed = await all(subscriptions.subscriptions.list())
  expect(listed.map((one) => one.displayName)).toEqual(['Web', 'Lab'])
  expect(await subscriptions.subscriptions.get(IDS.web)).toMatchObject({ state: 'Enabled', tenantId: IDS.tenant })
  expect(await all(subscriptions.subscriptions.listLocations(IDS.web))).toHaveLength(3)
  expect(await all(subscriptions.tenants.list())).toMatchObject([{ tenantId: IDS.tenant }])
})

test('the SDK reads the code of a refusal', async () => {
  await expect(
    authorization.roleAssignments.getById(`/${web}/providers/Microsoft.Authorization/roleAssignments/${GROUP}`),
  ).rejects.toMatchObject({
    statusCode: 404,
    code: 'RoleAssignmentNotFound',
  })
})
