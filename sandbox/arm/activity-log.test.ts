import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { createRandom } from '../world/random'
import { addServicePrincipal } from '../world/tenant'
import type { Assignment } from '../world/types'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Event = Record<string, unknown> & {
  caller: string
  claims: Record<string, string>
  correlationId: string
  resourceId: string
  operationName: { value: string }
  status: { value: string }
  properties: Record<string, string>
}
type List = { value: Event[]; nextLink?: string }

const web = `/subscriptions/${IDS.web}`
const group = `${web}/resourceGroups/rg-Front`
const MINUTE_MS = 60_000

let arm: ArmSandbox
let made: Assignment
let begun: string
beforeAll(async () => {
  arm = await startArmSandbox()
  arm.tenant.licence = 'p2'
  begun = new Date(arm.world.now()).toISOString()
  const change = (values: object) => applyChange(arm.world, values as Parameters<typeof applyChange>[1])
  const holder = { user: 'nobody@northwind.example', role: 'Reader', scope: group }
  made = change({ type: 'assign', ...holder, by: 'clerk@northwind.example' }) as Assignment
  change({ type: 'advance_clock', ms: MINUTE_MS })
  change({ type: 'unassign', ...holder, by: IDS.owner })
  change({ type: 'advance_clock', ms: MINUTE_MS })
  const eligible = { user: 'nobody@northwind.example', role: 'Contributor', subscriptionId: IDS.web }
  change({ type: 'make_eligible', ...eligible })
  change({ type: 'activate', ...eligible })
  change({ type: 'assign', principalId: IDS.nobody, role: 'Reader', subscriptionId: IDS.lab })
})
afterAll(() => arm.sandbox.close())

const ask = (filter: string, rest = '', token = arm.tokens.owner) =>
  arm.ask<List>(
    `${web}/providers/microsoft.insights/eventtypes/management/values?api-version=2015-04-01&$filter=${encodeURIComponent(filter)}${rest}`,
    { token },
  )
const since = () => `eventTimestamp ge '${begun}'`
const kinds = (events: Event[]) =>
  events.map((one) => `${one.operationName.value.split('/').at(-1)} ${one.status.value}`)

test('an event appears only some seconds after it happened', async () => {
  expect(kinds((await ask(since())).body.value)).toEqual([
    'delete Succeeded',
    'delete Started',
    'write Succeeded',
    'write Started',
  ])
  applyChange(arm.world, { type: 'advance_clock', ms: MINUTE_MS })
  expect(kinds((await ask(since())).body.value)).toEqual([
    'write Succeeded',
    'write Started',
    'delete Succeeded',
    'delete Started',
    'write Succeeded',
    'write Started',
  ])
})

test('a write tells the role, the principal and the caller, in two events of one operation', async () => {
  const [end, start] = (await ask(`${since()} and resourceGroupName eq 'RG-FRONT'`)).body.value.slice(-2)
  const resourceId = `${group}/providers/Microsoft.Authorization/roleAssignments/${made.id}`
  expect(start).toMatchObject({
    authorization: { action: 'Microsoft.Authorization/roleAssignments/write', role: 'Reader', scope: resourceId },
    caller: 'clerk@northwind.example',
    resourceId,
    subStatus: { value: '' },
  })
  expect(JSON.parse(start?.properties.requestbody ?? '')).toMatchObject({
    Id: made.id,
    Properties: { PrincipalId: IDS.nobody, Scope: group, RoleDefinitionId: expect.stringContaining(made.roleId) },
  })
  expect(end).toMatchObject({ properties: { statusCode: 'Created' }, subStatus: { value: 'Created' } })
  expect(end?.correlationId).toBe(start?.correlationId)
  expect(made.createdBy).toBe(IDS.clerk)
})

test('a delete tells its principal only in the answer of its end', async () => {
  const events = (await ask(`${since()} and resourceGroupName eq 'rg-Front'`)).body.value
  const [end, start] = events.filter((one) => one.operationName.value.endsWith('/delete'))
  expect(start?.properties).toEqual({})
  expect(JSON.parse(end?.properties.responseBody ?? '')).toMatchObject({
    name: made.id,
    properties: { principalId: IDS.nobody },
  })
  expect(end?.caller).toBe('owner@northwind.example')
})

test('an activation is made by Privileged Identity Management', async () => {
  const [event] = (await ask(since())).body.value
  expect([event?.caller, event?.resourceGroupName]).toEqual(['01fc33a7-78ba-4d2f-a4b7-768e336e890e', ''])
})

test('the log can be filtered by times and one property, and its properties selected', async () => {
  const all = (await ask(since())).body.value
  const correlationId = all[0]?.correlationId
  expect((await ask(`${since()} and correlationId eq '${correlationId}'`)).body.value).toEqual(all.slice(0, 2))
  expect((await ask(`${since()} and resourceProvider eq 'microsoft.authorization'`)).body.value).toEqual(all)
  expect((await ask(`${since()} and resourceProvider eq 'Microsoft.Web'`)).body.value).toEqual([])
  expect((await ask(`${since()} and eventTimestamp le '${all.at(-1)?.eventTimestamp}'`)).body.value).toEqual(
    all.slice(-1),
  )
  const [some] = (await ask(since(), '&$select=eventTimestamp,status')).body.value
  expect(Object.keys(some ?? {}).sort()).toEqual(['eventTimestamp', 'status'])
})

test('the log is paged', async () => {
  const all = (await ask(since())).body.value
  arm.tenant.pageSizes.instances = 4
  const first = (await ask(since())).body
  const second = (await arm.ask<List>(first.nextLink ?? '')).body
  expect([...first.value, ...second.value]).toEqual(all)
  arm.tenant.pageSizes.instances = 1_000
})

test.each([
  ['', 'The $filter clause'],
  ["caller eq 'ada@northwind.example'", 'The $filter clause'],
  ["resourceProvider eq 'Microsoft.Authorization'", 'needs a start time'],
  ["eventTimestamp ge 'yesterday'", 'is not valid'],
  ["eventTimestamp ge '2020-01-01T00:00:00Z'", 'more than 90 days'],
])('the filter %j is refused: %s', async (filter, sentence) => {
  const { status, body } = await ask(filter)
  expect([status, body.error?.code]).toEqual([400, 'BadRequest'])
  expect(body.error?.message).toContain(sentence)
})

test('two properties in a filter, times in the wrong order, and the caller as a selected property are refused', async () => {
  const two = await ask(`${since()} and correlationId eq 'x' and resourceUri eq 'y'`)
  const order = await ask(`${since()} and eventTimestamp le '2026-01-01T00:00:00Z'`)
  const caller = await ask(since(), '&$select=caller')
  expect([two.status, order.status, caller.status]).toEqual([400, 400, 400])
})

const ROOT = `/providers/Microsoft.Management/managementGroups/${IDS.tenant}`
const logAt = (scope: string, from: string, token = arm.tokens.owner) =>
  arm.ask<List>(
    `${scope}/providers/microsoft.insights/eventtypes/management/values?api-version=2015-04-01&$filter=${encodeURIComponent(`eventTimestamp ge '${from}'`)}`,
    { token },
  )
/** Makes changes and lets so much time pass that their events can be read. Gives the time before them. */
function changed(...changes: object[]): string {
  const from = new Date(arm.world.now()).toISOString()
  for (const one of changes) applyChange(arm.world, one as Parameters<typeof applyChange>[1])
  applyChange(arm.world, { type: 'advance_clock', ms: MINUTE_MS })
  return from
}

test('a management group has a log of its own, without what is below it and with no subscription', async () => {
  const at = { user: 'nobody@northwind.example', role: 'Reader', tenantId: IDS.tenant }
  const from = changed(
    { type: 'assign', ...at, scope: ROOT },
    { type: 'assign', ...at, scope: '/providers/Microsoft.Management/managementGroups/Platform' },
  )
  const [end, start] = (await logAt(ROOT, from)).body.value
  expect(start).toMatchObject({ subscriptionId: '', caller: 'owner@northwind.example' })
  expect(end?.resourceId).toContain(`${ROOT}/providers/Microsoft.Authorization/roleAssignments/`)
  expect((await logAt(ROOT, from)).body.value).toHaveLength(2)
  expect((await ask(`eventTimestamp ge '${from}'`)).body.value).toEqual([])
  const refused = await logAt(ROOT, from, arm.tokens.clerk)
  expect([refused.status, refused.body.error?.code]).toEqual([403, 'AuthorizationFailed'])
})

test('custom roles that are written and deleted are logged where they can be assigned', async () => {
  const role = { tenantId: IDS.tenant, role: 'Night Watch' }
  const from = changed(
    { type: 'write_role', ...role, actions: ['*/read'], assignableScopes: [web], by: IDS.clerk },
    { type: 'advance_clock', ms: MINUTE_MS },
    { type: 'write_role', ...role, actions: ['*'] },
    { type: 'advance_clock', ms: MINUTE_MS },
    { type: 'delete_role', ...role },
  )
  const events = (await ask(`eventTimestamp ge '${from}'`)).body.value
  const shown = events.map((one) => `${one.caller.split('@')[0]} ${one.operationName.value.split('/').at(-1)}`)
  expect(shown).toEqual(['owner delete', 'owner delete', 'owner write', 'owner write', 'clerk write', 'clerk write'])
  expect(JSON.parse(events[3]?.properties.requestbody ?? '')).toMatchObject({
    properties: { roleName: 'Night Watch', assignableScopes: [web], permissions: [{ actions: ['*'] }] },
  })
})

test('an application is named by its client id and by its object id, and both stand in its claims', async () => {
  const random = createRandom('deployer')
  const [id, appId] = [random.guid(), random.guid()]
  addServicePrincipal(arm.tenant, { id, appId, displayName: 'Deployer' })
  const holder = { user: 'nobody@northwind.example', role: 'Monitoring Reader', scope: web, by: appId }
  const from = changed({ type: 'assign', ...holder }, { type: 'unassign', ...holder })
  const events = (await ask(`eventTimestamp ge '${from}'`)).body.value
  expect(new Set(events.map(({ caller }) => caller))).toEqual(new Set([id, appId]))
  for (const { claims } of events)
    expect(claims).toEqual({
      'http://schemas.microsoft.com/identity/claims/objectidentifier': id,
      appid: appId,
      idtyp: 'app',
    })
})

test('who elevated their access stands in the log of the tenant, which takes a role at the root or at the provider', async () => {
  const from = changed({ type: 'elevate_access', tenantId: IDS.tenant, user: 'clerk@northwind.example' })
  // The owner of the root management group is nobody above it.
  expect((await logAt('', from)).status).toBe(403)
  changed({
    type: 'assign',
    tenantId: IDS.tenant,
    user: 'owner@northwind.example',
    role: 'Reader',
    scope: '/providers/Microsoft.Insights',
  })
  const [end] = (await logAt('', from)).body.value.filter(({ operationName }) =>
    operationName.value.includes('elevate'),
  )
  expect(end).toMatchObject({
    authorization: {
      action: 'Microsoft.Authorization/elevateAccess/action',
      scope: '/providers/Microsoft.Authorization',
    },
    caller: 'clerk@northwind.example',
    subscriptionId: '',
  })
  const held = await arm.ask<{ value: { properties: { scope: string; principalId: string } }[] }>(
    `${web}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`,
  )
  const above = held.body.value.filter(({ properties }) => !properties.scope.startsWith('/subscriptions/'))
  expect(above.map(({ properties }) => [properties.scope, properties.principalId])).toContainEqual(['/', IDS.clerk])
  expect(above.map(({ properties }) => properties.scope)).not.toContain('/providers/Microsoft.Insights')
  changed({ type: 'unassign', tenantId: IDS.tenant, principalId: IDS.clerk, scope: '/' })
})

test('the delay of the log can be set', async () => {
  const holder = { user: 'nobody@northwind.example', role: 'AcrPull', scope: web }
  const from = changed(
    { type: 'set_log_delays', tenantId: IDS.tenant, activity: 5 * MINUTE_MS },
    { type: 'assign', ...holder },
  )
  expect((await ask(`eventTimestamp ge '${from}'`)).body.value).toEqual([])
  changed({ type: 'set_log_delays', tenantId: IDS.tenant, activity: 0 })
  expect((await ask(`eventTimestamp ge '${from}'`)).body.value).toHaveLength(2)
})

test('who is named must be there, and then nothing is changed', () => {
  const holder = { user: 'nobody@northwind.example', role: 'AcrPull', scope: web }
  const count = arm.tenant.assignments.size
  for (const type of ['assign', 'unassign'] as const)
    expect(() => applyChange(arm.world, { type, ...holder, by: 'ghost@northwind.example' })).toThrow('ghost@')
  expect(arm.tenant.assignments.size).toBe(count)
})

test('the log is refused to callers who may not read the subscription', async () => {
  const { status, body } = await ask(since(), '', arm.tokens.clerk)
  expect([status, body.error?.message]).toEqual([
    403,
    expect.stringContaining('Microsoft.Insights/eventtypes/values/read'),
  ])
})
