import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ArmSandbox, IDS, startArmSandbox } from '../arm/start-arm-sandbox'
import { applyChange } from '../world/changes'
import { addAssignment, addEligibility } from '../world/tenant'

type Rows = { value: { id: string; name: string }[] }

const web = `/subscriptions/${IDS.web}`
const groups = '/providers/Microsoft.Management/managementGroups'
const authorization = `${web}/providers/Microsoft.Authorization`
const MANAGEMENT = 'api-version=2020-05-01'
const SCHEDULES = 'api-version=2020-10-01'
const ROLES = 'api-version=2022-04-01'
const SUBSCRIPTIONS = 'api-version=2022-12-01'
const ACTIVITY = `api-version=2015-04-01&$filter=${encodeURIComponent(`eventTimestamp ge '${new Date(Date.now() - 3_600_000).toISOString()}'`)}`
const LIGHTHOUSE = 'api-version=2022-10-01'
const RESOURCES = 'api-version=2021-04-01'

/** An address for each function that the routes lead to; a row of each list is also requested by its id. */
const LISTS: Record<string, string> = {
  listSubscriptions: `/subscriptions?${SUBSCRIPTIONS}`,
  listTenants: `/tenants?${SUBSCRIPTIONS}`,
  listLocations: `${web}/locations?${SUBSCRIPTIONS}`,
  listProviders: `${web}/providers?${RESOURCES}`,
  listResources: `${web}/resources?${RESOURCES}`,
  listResourceGroups: `${web}/resourceGroups?${RESOURCES}`,
  listManagementGroups: `${groups}?${MANAGEMENT}`,
  listDescendants: `${groups}/Platform/descendants?${MANAGEMENT}`,
  listGroupSubscriptions: `${groups}/Platform/subscriptions?${MANAGEMENT}`,
  listEntities: `/providers/Microsoft.Management/getEntities?${MANAGEMENT}`,
  listRoleAssignments: `${authorization}/roleAssignments?${ROLES}`,
  listRoleDefinitions: `${authorization}/roleDefinitions?${ROLES}`,
  listDenyAssignments: `${authorization}/denyAssignments?${ROLES}`,
  listPermissions: `${authorization}/permissions?${ROLES}`,
  listRegistrationAssignments: `${web}/providers/Microsoft.ManagedServices/registrationAssignments?${LIGHTHOUSE}`,
  listRegistrationDefinitions: `${web}/providers/Microsoft.ManagedServices/registrationDefinitions?${LIGHTHOUSE}`,
  listActivityLog: `${web}/providers/Microsoft.Insights/eventtypes/management/values?${ACTIVITY}`,
  listGroupActivityLog: `${groups}/${IDS.tenant}/providers/Microsoft.Insights/eventtypes/management/values?${ACTIVITY}`,
  listTenantActivityLog: `/providers/Microsoft.Insights/eventtypes/management/values?${ACTIVITY}`,
  listScheduleRequests: `${authorization}/roleEligibilityScheduleRequests?${SCHEDULES}`,
  listPolicies: `${authorization}/roleManagementPolicies?${SCHEDULES}`,
  listPolicyAssignments: `${authorization}/roleManagementPolicyAssignments?${SCHEDULES}`,
  listProviderOperations: `/providers/Microsoft.Authorization/providerOperations?${ROLES}`,
  listSchedules: `${authorization}/roleEligibilityScheduleInstances?${SCHEDULES}`,
}

/** The list whose rows a function shows by their id. */
const SINGLES: Record<string, string> = {
  getSubscription: 'listSubscriptions',
  getResourceGroup: 'listResourceGroups',
  getManagementGroup: 'listManagementGroups',
  getGroupSubscription: 'listGroupSubscriptions',
  getRoleAssignment: 'listRoleAssignments',
  getRoleDefinition: 'listRoleDefinitions',
  getDenyAssignment: 'listDenyAssignments',
  getSchedule: 'listSchedules',
  getScheduleRequest: 'listScheduleRequests',
  getPolicy: 'listPolicies',
  getPolicyAssignment: 'listPolicyAssignments',
  getProviderOperations: 'listProviderOperations',
  getRegistrationAssignment: 'listRegistrationAssignments',
  getRegistrationDefinition: 'listRegistrationDefinitions',
}

let arm: ArmSandbox
beforeAll(async () => {
  arm = await startArmSandbox()
  arm.tenant.licence = 'p2'
  const key = `${web}/resourceGroups/rg-Front/providers/Microsoft.KeyVault/vaults/keys`
  addAssignment(arm.tenant, arm.random, { principalId: IDS.nobody, role: 'Reader', scope: key })
  addEligibility(arm.tenant, arm.random, { principalId: IDS.nobody, role: 'Reader', scope: web })
  applyChange(arm.world, { type: 'assign', principalId: IDS.nobody, role: 'Reader', subscriptionId: IDS.web })
  const scope = `/providers/Microsoft.Management/managementGroups/${IDS.tenant}`
  applyChange(arm.world, { type: 'assign', tenantId: IDS.tenant, principalId: IDS.nobody, role: 'Reader', scope })
  const monitor = { role: 'Reader', scope: '/providers/Microsoft.Insights' }
  applyChange(arm.world, { type: 'assign', tenantId: IDS.tenant, principalId: IDS.owner, ...monitor })
  applyChange(arm.world, { type: 'advance_clock', ms: 60_000 })
  applyChange(arm.world, { type: 'delegate', subscriptionId: IDS.web })
  applyChange(arm.world, { type: 'add_deny', subscriptionId: IDS.web, principalIds: [IDS.nobody] })
})
afterAll(() => arm.sandbox.close())

const askList = (name: string) => arm.ask<Rows>(LISTS[name] ?? '', { method: name === 'listEntities' ? 'POST' : 'GET' })

test('every function that the routes lead to is requested by this test', () => {
  const source = readFileSync(new URL('../arm/routes.ts', import.meta.url), 'utf8')
  const reached = [...source.matchAll(/return .*|: (?:list|get)\w+\(.*/g)].flatMap(([line]) =>
    [...line.matchAll(/\b((?:list|get)[A-Z]\w*)\(call/g)].map(([, name]) => name),
  )
  expect(new Set(reached)).toEqual(new Set([...Object.keys(LISTS), ...Object.keys(SINGLES)]))
})

test.each(Object.keys(LISTS))('%s gives rows, and the same headers to HEAD without a body', async (name) => {
  const { status, headers, body } = await askList(name)
  expect([status, body.value.length > 0]).toEqual([200, true])
  expect(headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  if (name === 'listEntities') return
  const head = await arm.ask(LISTS[name] ?? '', { method: 'HEAD' })
  expect([head.status, head.body, head.headers.get('content-type')]).toEqual([200, {}, headers.get('content-type')])
})

test.each(Object.entries(SINGLES))('%s shows a row of %s by its id, as the list does', async (_, list) => {
  const rows = (await askList(list)).body.value
  const row = rows.find((one) => !one.id.includes('managementGroups/') || list.includes('Group')) ?? rows[0]
  const version = (LISTS[list] ?? '').replace(/.*\?/, '')
  const { status, body } = await arm.ask(`${row?.id}?${version}`)
  expect([status, body.id]).toEqual([200, row?.id])
  if (list !== 'listManagementGroups') expect(body).toEqual(row)
})

test.each(Object.keys(LISTS))('%s requires a token and an api-version', async (name) => {
  const method = name === 'listEntities' ? 'POST' : 'GET'
  const address = LISTS[name] ?? ''
  const none = await arm.ask(address, { method, token: null })
  expect([none.status, none.body.error?.code]).toEqual([401, 'AuthenticationFailed'])
  const bare = await arm.ask(address.replace(/\?.*/, ''), { method })
  expect([bare.status, bare.body.error?.code]).toEqual([400, 'MissingApiVersionParameter'])
})

test.each(['roleAssignments', 'denyAssignments', 'roleDefinitions'])(
  'a name that is not among %s is not found',
  async (type) => {
    const { status, body } = await arm.ask(`${authorization}/${type}/${IDS.nobody}?${ROLES}`)
    expect([status, typeof body.error?.code]).toEqual([404, 'string'])
  },
)
