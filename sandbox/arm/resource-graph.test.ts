import { afterAll, beforeAll, expect, test } from 'vitest'
import { BUILT_IN_ROLES, roleIdOf } from '../world/roles'
import { managementGroupScope } from '../world/scopes'
import { addAssignment, addGroup } from '../world/tenant'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Row = Record<string, unknown> & { properties: Record<string, unknown> }
type Reply = { totalRecords: number; count: number; data: Row[]; resultTruncated: string; $skipToken?: string }

const GROUP = '55555555-0000-4000-8000-000000000009'
const web = `/subscriptions/${IDS.web}`
const ASSIGNMENTS = "authorizationresources | where type =~ 'Microsoft.Authorization/RoleAssignments'"

let arm: ArmSandbox
beforeAll(async () => {
  arm = await startArmSandbox()
  const { tenant, random } = arm
  addGroup(tenant, { id: GROUP, displayName: 'Team' })
  addAssignment(tenant, random, { principalId: IDS.owner, role: 'Reader', scope: '/' })
  addAssignment(tenant, random, { principalId: GROUP, role: 'Reader', scope: managementGroupScope('Platform') })
  addAssignment(tenant, random, { principalId: IDS.nobody, role: 'Storage Blob Data Reader', scope: web })
  addAssignment(tenant, random, { principalId: IDS.nobody, role: 'Owner', scope: `/subscriptions/${IDS.lab}` })
})
afterAll(() => arm.sandbox.close())

const ask = (query: string, rest: object = {}, token = arm.tokens.owner) =>
  arm.ask<Reply>('/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01', {
    method: 'POST',
    body: JSON.stringify({ query, ...rest }),
    token,
  })
const principalsOf = async (rest: object, token?: string) =>
  (await ask(`${ASSIGNMENTS} | project principalId = tostring(properties.principalId)`, rest, token)).body.data.map(
    (row) => row.principalId,
  )

test('a query finds role assignments as their table has them', async () => {
  const { body, headers } = await ask(ASSIGNMENTS, { subscriptions: [IDS.web] })
  expect(body).toMatchObject({ totalRecords: 2, count: 2, resultTruncated: 'false' })
  expect(headers.get('x-ms-user-quota-remaining')).toBe('14')
  expect(body.data.find(({ properties }) => properties.principalId === IDS.nobody)).toMatchObject({
    type: 'microsoft.authorization/roleassignments',
    tenantId: IDS.tenant,
    subscriptionId: IDS.web,
    resourceGroup: '',
    properties: {
      scope: web,
      principalType: 'User',
      roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleIdOf('Storage Blob Data Reader')}`,
    },
  })
})

test('what lies above a subscription is hidden unless it is asked for', async () => {
  const at = (authorizationScopeFilter?: string) =>
    principalsOf({ subscriptions: [IDS.web], options: { authorizationScopeFilter } })
  expect(await at()).toEqual([IDS.clerk, IDS.nobody])
  expect(await at('AtScopeExact')).toEqual([IDS.nobody])
  expect(await at('AtScopeAndAbove')).toEqual([IDS.owner, IDS.owner, GROUP, IDS.nobody])
  expect(await at('AtScopeAboveAndBelow')).toEqual([IDS.owner, IDS.clerk, IDS.owner, GROUP, IDS.nobody])
})

test('without subscriptions the whole tenant is meant, and a management group means what is below it', async () => {
  expect(await principalsOf({})).toHaveLength(6)
  expect(await principalsOf({ managementGroups: ['Platform'] })).toEqual([IDS.clerk, GROUP, IDS.nobody])
})

test('subscriptions that cannot be read are left out without a word, unless none remains', async () => {
  const token = arm.tokens.clerk
  expect(await principalsOf({ subscriptions: [IDS.web, IDS.lab] }, token)).toEqual([IDS.clerk])
  const { status, body } = await ask(ASSIGNMENTS, { subscriptions: [IDS.lab] }, token)
  expect([status, body.error?.code]).toEqual([403, 'AccessDenied'])
})

test('columns can be added and chosen, and rows compared, counted, sorted and cut', async () => {
  const data = async (query: string) => (await ask(query, { subscriptions: [IDS.web, IDS.lab] })).body.data
  const named = `${ASSIGNMENTS} | extend roleId = tolower(tostring(split(tostring(properties.roleDefinitionId), '/')[-1]))`
  expect(
    await data(`${named} | where roleId == '${roleIdOf('Owner')}' | project properties.principalId, roleId`),
  ).toEqual([{ properties_principalId: IDS.nobody, roleId: roleIdOf('Owner') }])
  expect(await data(`${ASSIGNMENTS} | summarize count() by subscriptionId | order by count_ asc`)).toEqual([
    { subscriptionId: IDS.lab, count_: 1 },
    { subscriptionId: IDS.web, count_: 2 },
  ])
  expect(await data(`${ASSIGNMENTS} | summarize total = count()`)).toEqual([{ total: 3 }])
  expect(await data(`${ASSIGNMENTS} | count`)).toEqual([{ Count: 3 }])
  const ids = `${ASSIGNMENTS} | project p = tostring(properties.principalId)`
  expect(await data(`${ids} | order by p desc | take 2`)).toEqual([{ p: IDS.nobody }, { p: IDS.nobody }])
  expect(await data(`${ids} | where p in ('${IDS.clerk}', 'x')`)).toEqual([{ p: IDS.clerk }])
  expect(await data(`${ids} | where p !in~ ("${IDS.nobody.toUpperCase()}")`)).toEqual([{ p: IDS.clerk }])
  const scoped = `${ASSIGNMENTS} | where properties.scope startswith '/SUBSCRIPTIONS' and properties.scope !contains 'resourcegroups'`
  expect(await data(`${scoped} | where properties.roleDefinitionId has '${roleIdOf('Owner')}'`)).toHaveLength(1)
})

test('role definitions are in the same table', async () => {
  const roles = "authorizationresources | where type == 'microsoft.authorization/roledefinitions'"
  const { body } = await ask(`${roles} | where properties.type == 'BuiltInRole' | count`)
  expect(body.data).toEqual([{ Count: BUILT_IN_ROLES.size }])
  const [owner] = (await ask(`${roles} | where properties.roleName == 'Owner'`)).body.data
  expect(owner).toMatchObject({ name: roleIdOf('Owner'), properties: { permissions: [{ actions: ['*'] }] } })
})

test('a result is paged by its token, but only with a column id', async () => {
  const first = (await ask(`${ASSIGNMENTS} | project id`, { options: { $top: 4 } })).body
  const second = (await ask(`${ASSIGNMENTS} | project id`, { options: { $top: 4, $skipToken: first.$skipToken } })).body
  expect([first.totalRecords, first.count, second.count, second.$skipToken]).toEqual([6, 4, 2, undefined])
  expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(6)
  const cut = (await ask(`${ASSIGNMENTS} | project name`, { options: { $top: 4 } })).body
  expect([cut.$skipToken, cut.resultTruncated]).toEqual([undefined, 'true'])
  const bad = await ask(ASSIGNMENTS, { options: { $skipToken: 'nonsense' } })
  expect([bad.status, bad.body.error?.code]).toEqual([400, 'CouldNotDecodeSkipToken'])
})

test('a result can be a table', async () => {
  const { body } = await ask(`${ASSIGNMENTS} | summarize count() by type`, { options: { resultFormat: 'table' } })
  expect(body.data).toEqual({
    columns: [
      { name: 'type', type: 'string' },
      { name: 'count_', type: 'integer' },
    ],
    rows: [['microsoft.authorization/roleassignments', 6]],
  })
})

test.each([
  'resources | project id',
  `${ASSIGNMENTS} | join kind=inner (resources) on id`,
  `${ASSIGNMENTS} | where id startswith 'a' or id startswith 'b'`,
  `${ASSIGNMENTS} | extend when = todatetime(properties.createdOn)`,
  `${ASSIGNMENTS} | summarize max(name)`,
  `${ASSIGNMENTS} | where`,
  '',
])('the query %j is not simulated, and says so', async (query) => {
  const { status, body } = await ask(query)
  expect([status, body.error?.code]).toEqual([501, 'NotSimulated'])
})

test.each([
  [{ options: { $top: 1_001 } }, 400],
  [{ options: { authorizationScopeFilter: 'Everything' } }, 400],
])('a request with %j is refused', async (rest, status) => {
  expect((await ask(ASSIGNMENTS, rest)).status).toBe(status)
})

test('a body that is not JSON, an unknown version and another path are refused', async () => {
  const path = '/providers/Microsoft.ResourceGraph/resources'
  const post = async (address: string, body: string) => (await arm.ask(address, { method: 'POST', body })).status
  expect(await post(`${path}?api-version=2022-10-01`, '{')).toBe(400)
  expect(await post(`${path}?api-version=2022-10-02`, '{}')).toBe(400)
  expect(await post('/providers/Microsoft.ResourceGraph/resourcesHistory?api-version=2021-09-01-preview', '{}')).toBe(
    501,
  )
})

test.each(['constructor', 'toString', '__proto__'])('a comparison or column called %s is none', async (name) => {
  expect((await ask(`${ASSIGNMENTS} | where type ${name} 'x'`)).status).toBe(501)
  const { body } = await ask(`${ASSIGNMENTS} | project found = properties.${name}`)
  expect(body.data.every(({ found }) => found === null)).toBe(true)
})
