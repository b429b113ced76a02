import { afterAll, beforeAll, expect, test } from 'vitest'
import { addAssignment } from '../world/tenant'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type List = { value: { id: string; name: string; type: string }[] }

const web = `/subscriptions/${IDS.web}`
const version = 'api-version=2021-04-01'
const account = `${web}/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/data`
let arm: ArmSandbox

beforeAll(async () => {
  arm = await startArmSandbox()
  const assign = (scope: string) =>
    addAssignment(arm.tenant, arm.random, { principalId: IDS.nobody, role: 'Backup Reader', scope })
  for (const scope of [account, `${web}/resourceGroups/RG-DATA`, `${account}/blobServices/default`]) assign(scope)
})
afterAll(() => arm.sandbox.close())

const names = async (path: string, token = arm.tokens.owner) =>
  (await arm.ask<List>(path, { token })).body.value.map((one) => one.name)

test('a resource group is listed once, however its name is written', async () => {
  expect(await names(`${web}/resourcegroups?${version}`)).toEqual(['rg-Front', 'rg-data'])
  expect((await arm.ask(`${web}/resourceGroups/RG-Data?${version}`)).body).toMatchObject({
    id: `${web}/resourceGroups/rg-data`,
    name: 'rg-data',
    type: 'Microsoft.Resources/resourceGroups',
    properties: { provisioningState: 'Succeeded' },
  })
})

test('a caller sees the resource groups that they may read', async () => {
  expect(await names(`${web}/resourcegroups?${version}`, arm.tokens.clerk)).toEqual(['rg-Front'])
  const refused = await arm.ask(`${web}/resourceGroups/rg-data?${version}`, { token: arm.tokens.clerk })
  expect(refused.body.error?.code).toBe('AuthorizationFailed')
})

test('a resource group that does not exist is not found', async () => {
  const { status, body } = await arm.ask(`${web}/resourceGroups/rg-none?${version}`)
  expect([status, body.error]).toEqual([
    404,
    { code: 'ResourceGroupNotFound', message: "Resource group 'rg-none' could not be found." },
  ])
})

test('the resources listed are those that occur in scopes, by type and by group', async () => {
  const { body } = await arm.ask<List>(`${web}/resources?${version}`)
  expect(body.value.map((one) => [one.id, one.type])).toEqual([
    [account, 'Microsoft.Storage/storageAccounts'],
    [`${account}/blobServices/default`, 'Microsoft.Storage/storageAccounts/blobServices'],
  ])
  const ofType = "$filter=resourceType eq 'microsoft.storage/storageaccounts'"
  expect(await names(`${web}/resources?${version}&${ofType}`)).toEqual(['data'])
  expect(await names(`${web}/providers/Microsoft.Storage/storageAccounts?api-version=2023-01-01`)).toEqual(['data'])
  expect(await names(`${web}/providers/Microsoft.Compute/virtualMachines?api-version=2023-01-01`)).toEqual([])
  expect((await arm.ask(`${web}/providers/Microsoft.Nope/things?api-version=2023-01-01`)).status).toBe(501)
  expect(await names(`${web}/resourceGroups/rg-front/resources?${version}`)).toEqual([])
})

test('locations are listed', async () => {
  expect(await names(`${web}/locations?api-version=2022-12-01`)).toContain('westeurope')
})

test("the list of tenants has the caller's own, marked as home", async () => {
  type Tenants = { value: { tenantId: string; tenantCategory: string }[] }
  const { body } = await arm.ask<Tenants>('/tenants?api-version=2022-12-01')
  expect(body.value).toMatchObject([{ tenantId: IDS.tenant, tenantCategory: 'Home' }])
})
