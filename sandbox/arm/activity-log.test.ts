import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import type { Assignment } from '../world/types'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Event = Record<string, unknown> & {
  correlationId: string
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

test('the log is refused to callers who may not read the subscription', async () => {
  const { status, body } = await ask(since(), '', arm.tokens.clerk)
  expect([status, body.error?.message]).toEqual([
    403,
    expect.stringContaining('Microsoft.Insights/eventtypes/values/read'),
  ])
})
