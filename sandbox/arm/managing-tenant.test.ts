import { afterAll, beforeAll, expect, test } from 'vitest'
import { getTokens } from '../visitor'
import { applyChange } from '../world/changes'
import { APPLICATION_ADMINISTRATOR } from '../world/roles'
import { addAssignment, addGroup, addSubscription, addUser, createTenant } from '../world/tenant'
import type { Tenant } from '../world/types'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

const FABRIKAM = '88888888-0000-4000-8000-000000000001'
const [OPERATORS, OLGA, OSCAR, OWN] = [2, 3, 4, 5].map((n) => `88888888-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
]
type Subscription = { subscriptionId: string; tenantId: string; managedByTenants: { tenantId: string }[] }

let arm: ArmSandbox
let fabrikam: Tenant
let olga = ''
let oscar = ''
beforeAll(async () => {
  arm = await startArmSandbox()
  fabrikam = createTenant({ id: FABRIKAM, name: 'Fabrikam', domain: 'fabrikam.example', demo: false })
  arm.world.addTenant(fabrikam)
  addSubscription(fabrikam, { id: OWN, name: 'Own' })
  addGroup(fabrikam, { id: OPERATORS, displayName: 'Operators' })
  for (const [id, name] of [
    [OLGA, 'olga'],
    [OSCAR, 'oscar'],
  ] as const) {
    const account = { kind: name, note: '' }
    addUser(fabrikam, arm.random, {
      id,
      displayName: name,
      userPrincipalName: `${name}@fabrikam.example`,
      directoryRoles: [APPLICATION_ADMINISTRATOR],
      account,
    })
    addAssignment(fabrikam, arm.random, { principalId: id, role: 'Reader', scope: `/subscriptions/${OWN}` })
  }
  applyChange(arm.world, { type: 'add_member', groupId: OPERATORS, user: 'olga@fabrikam.example' })
  applyChange(arm.world, {
    type: 'delegate',
    subscriptionId: IDS.web,
    managedByTenantId: FABRIKAM,
    authorizations: [{ principalId: OPERATORS, role: 'Reader' }],
  })
  const tokenOf = async (name: string) => (await getTokens(arm.sandbox, FABRIKAM, `${name}@fabrikam.example`)).arm
  olga = await tokenOf('olga')
  oscar = await tokenOf('oscar')
})
afterAll(() => arm.sandbox.close())

const listOf = async (token: string) =>
  (await arm.ask<{ value: Subscription[] }>('/subscriptions?api-version=2022-12-01', { token })).body.value

test('who manages a subscription of another tenant finds it in the list, with the tenant that it belongs to', async () => {
  expect(await listOf(olga)).toMatchObject([
    { subscriptionId: OWN, tenantId: FABRIKAM },
    { subscriptionId: IDS.web, tenantId: IDS.tenant, managedByTenants: [{ tenantId: FABRIKAM }] },
  ])
  expect(await listOf(oscar)).toMatchObject([{ subscriptionId: OWN, tenantId: FABRIKAM }])
})

test('the delegated role counts in the subscription, with the token of the managing tenant', async () => {
  const at = `/subscriptions/${IDS.web}`
  const one = await arm.ask<Subscription>(`${at}?api-version=2022-12-01`, { token: olga })
  expect([one.status, one.body.tenantId]).toEqual([200, IDS.tenant])
  const path = `${at}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
  const { body } = await arm.ask<{ value: { properties: { principalId: string } }[] }>(path, { token: olga })
  expect(body.value.map(({ properties }) => properties.principalId)).toContain(IDS.clerk)
  const writing = await arm.ask(`${at}/resourceGroups/new?api-version=2021-04-01`, { method: 'PUT', token: olga })
  expect(writing.status).toBe(403)
})

test('nobody else of the managing tenant sees it, and no other subscription is seen', async () => {
  const refused = { status: 401, body: { error: { code: 'InvalidAuthenticationTokenTenant' } } }
  expect(await arm.ask(`/subscriptions/${IDS.web}?api-version=2022-12-01`, { token: oscar })).toMatchObject(refused)
  expect(await arm.ask(`/subscriptions/${IDS.lab}?api-version=2022-12-01`, { token: olga })).toMatchObject(refused)
})

test('a delegation that has ended shows nothing more', async () => {
  applyChange(arm.world, { type: 'end_delegation', subscriptionId: IDS.web, managedByTenantId: FABRIKAM })
  expect(await listOf(olga)).toMatchObject([{ subscriptionId: OWN }])
})
