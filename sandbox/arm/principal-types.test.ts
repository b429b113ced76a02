import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import { truthOf } from '../world/truth'
import { World } from '../world/world'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Row = {
  name: string
  properties: { principalType: string | null; expandedProperties?: { principal: { type: string | null } } }
}

const web = `/subscriptions/${IDS.web}`
const TYPES = ['AgentUser', 'AgentServicePrincipal', 'Workload', 'Robot', null]
/** The types by the id of the principal that gets a role with it. */
const principals = TYPES.map((type, index) => ({ type, principalId: `66666666-0000-4000-8000-00000000000${index}` }))

let arm: ArmSandbox
beforeAll(async () => {
  arm = await startArmSandbox()
  arm.tenant.licence = 'p2'
  for (const { type, principalId } of principals) {
    const holder = { principalId, principalType: type, role: 'Owner', subscriptionId: IDS.web }
    applyChange(arm.world, { type: 'assign', ...holder })
    applyChange(arm.world, { type: 'make_eligible', ...holder })
  }
})
afterAll(() => arm.sandbox.close())

const listRows = async (list: string, version: string, { principalId }: { principalId: string }) => {
  const filter = encodeURIComponent(`principalId eq '${principalId}'`)
  const address = `${web}/providers/Microsoft.Authorization/${list}?api-version=${version}&$filter=${filter}`
  return (await arm.ask<{ value: Row[] }>(address)).body.value
}

test.each(principals)('role assignments show the principal type $type', async (one) => {
  const rows = await listRows('roleAssignments', '2022-04-01', one)
  expect(rows.map(({ properties }) => properties.principalType)).toEqual([one.type])
})

test.each(
  principals.flatMap((one) =>
    [
      'roleEligibilityScheduleInstances',
      'roleEligibilitySchedules',
      'roleAssignmentScheduleInstances',
      'roleAssignmentSchedules',
    ].map((list) => ({ ...one, list })),
  ),
)('$list show the principal type $type, in their names too', async ({ list, ...one }) => {
  const [row, ...more] = await listRows(list, '2020-10-01', one)
  expect(more).toEqual([])
  expect([row?.properties.principalType, row?.properties.expandedProperties?.principal.type]).toEqual([
    one.type,
    one.type,
  ])
})

test.each(principals)(
  'an activation by a principal of the type $type shows that type',
  async ({ type, principalId }) => {
    const eligibility = { principalId, role: 'Reader', subscriptionId: IDS.lab }
    applyChange(arm.world, { type: 'make_eligible', ...eligibility, principalType: type })
    applyChange(arm.world, { type: 'activate', ...eligibility })
    const path = `/subscriptions/${IDS.lab}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=principalId eq '${principalId}'`
    const { value } = (await arm.ask<{ value: Row[] }>(path)).body
    expect(value.map(({ properties }) => properties.principalType)).toEqual([type])
  },
)

test('a type that is not a text is refused', () => {
  const change = { type: 'assign', principalId: IDS.nobody, role: 'Reader', subscriptionId: IDS.web, principalType: 7 }
  expect(() => applyChange(arm.world, change as never)).toThrow('principalType')
})

test('agents and workloads hold roles in a made world when they have a weight', () => {
  const world = new World('http://localhost:3000')
  const principals = { user: 1, agentUser: 1, agentServicePrincipal: 1, workload: 1 }
  const made = makeTenant(world, { seed: 'agents', people: 20, assignments: { count: 80, principals } })
  const tenant = world.findTenant(made.tenantId)
  const held = [...(tenant?.assignments.values() ?? [])]
  const holdersOf = (type: string) => held.filter((one) => one.principalType === type).map((one) => one.principalId)
  expect(holdersOf('AgentUser').length).toBeGreaterThan(5)
  expect(holdersOf('AgentUser').every((id) => tenant?.users.has(id))).toBe(true)
  expect(holdersOf('AgentServicePrincipal').length).toBeGreaterThan(5)
  expect(holdersOf('AgentServicePrincipal').every((id) => tenant?.servicePrincipals.has(id))).toBe(true)
  expect(holdersOf('Workload').length).toBeGreaterThan(5)
  const rows = truthOf(world, made.subscriptions[0]?.id ?? '')
  expect(rows.filter((row) => row.principalType === 'Workload').map(({ name, status }) => [name, status])).toEqual(
    holdersOf('Workload').map(() => [null, null]),
  )
})

test('a roomy world has an agent of each kind among its assignments, and a small one has none', () => {
  const typesIn = (assignments: number) => {
    const world = new World('http://localhost:3000')
    const made = makeTenant(world, { seed: 'roomy', people: 9, subscriptions: 2, assignments })
    const rows = made.subscriptions.map(({ id }) => truthOf(world, id))
    expect(rows.map((one) => one.length)).toEqual([assignments, assignments])
    return rows.map((one) => one.filter((row) => row.principalType.startsWith('Agent')).map((row) => row.principalType))
  }
  const both = ['AgentUser', 'AgentServicePrincipal']
  expect(typesIn(20)).toEqual([both, both])
  expect(typesIn(19)).toEqual([[], []])
})
