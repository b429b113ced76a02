import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addGroup } from '../world/tenant'
import type { DenyAssignment } from '../world/types'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type List = { value: { id: string; name: string; properties: Record<string, unknown> }[] }

const GROUP = '55555555-0000-4000-8000-000000000003'
const EVERYONE = { id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' as const }
const web = `/subscriptions/${IDS.web}`
let arm: ArmSandbox

function deny(number: number, facts: Partial<DenyAssignment>): DenyAssignment {
  return arm.tenant.denyAssignments.add({
    id: `66666666-0000-4000-8000-00000000000${number}`,
    name: `Denial ${number}`,
    description: 'Set by a stack.',
    permissions: [{ actions: ['*/delete'], notActions: [], dataActions: [], notDataActions: [] }],
    scope: web,
    doNotApplyToChildScopes: false,
    principals: [EVERYONE],
    excludePrincipals: [],
    isSystemProtected: true,
    createdOn: '2026-01-02T03:04:05.0000001Z',
    ...facts,
  })
}

beforeAll(async () => {
  arm = await startArmSandbox()
  addGroup(arm.tenant, { id: GROUP, displayName: 'Stack' })
  arm.tenant.memberships.add(GROUP, IDS.clerk)
})
beforeEach(() => arm.tenant.denyAssignments.clear())
afterAll(() => arm.sandbox.close())

async function names(filter = '', scope = web) {
  const path = `${scope}/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01&$filter=${encodeURIComponent(filter)}`
  return (await arm.ask<List>(path)).body.value.map((one) => one.name)
}

test('deny assignments are listed at, above and below a scope, and filters choose among them', async () => {
  const above = deny(1, { scope: '/providers/Microsoft.Management/managementGroups/Platform' })
  const here = deny(2, { principals: [{ id: GROUP, type: 'Group' }] })
  const below = deny(3, { scope: `${web}/resourceGroups/rg-front`, principals: [{ id: IDS.nobody, type: 'User' }] })
  deny(4, { scope: `/subscriptions/${IDS.lab}` })
  expect(await names()).toEqual([above.id, here.id, below.id])
  expect(await names('atScope()')).toEqual([above.id, here.id])
  expect(await names("denyAssignmentName eq 'Denial 2'")).toEqual([here.id])
  expect(await names(`principalId eq '${IDS.nobody}'`)).toEqual([below.id])
  expect(await names(`assignedTo('${IDS.clerk}')`)).toEqual([above.id, here.id])
})

test('a deny assignment can be read by its id with all its properties', async () => {
  const { id } = deny(1, {})
  const full = `${web}/providers/Microsoft.Authorization/denyAssignments/${id}`
  expect((await arm.ask(`${full}?api-version=2022-04-01`)).body).toMatchObject({
    id: full,
    type: 'Microsoft.Authorization/denyAssignments',
    name: id,
    properties: {
      denyAssignmentName: 'Denial 1',
      description: 'Set by a stack.',
      permissions: [{ actions: ['*/delete'], notActions: [], dataActions: [], notDataActions: [] }],
      scope: web,
      doNotApplyToChildScopes: false,
      principals: [EVERYONE],
      excludePrincipals: [],
      isSystemProtected: true,
    },
  })
  const missing = await arm.ask(`${full.slice(0, -1)}9?api-version=2022-04-01`)
  expect([missing.status, missing.body.error?.code]).toEqual([404, 'DenyAssignmentNotFound'])
})

test('what a deny assignment forbids is refused even to an owner, unless it excludes them', async () => {
  const path = `${web}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
  const permissions = [{ actions: ['Microsoft.Authorization/*'], notActions: [], dataActions: [], notDataActions: [] }]
  deny(1, { permissions })
  const refused = await arm.ask(path)
  expect([refused.status, refused.body.error?.code]).toEqual([403, 'AuthorizationFailed'])
  deny(1, { permissions, excludePrincipals: [{ id: IDS.owner, type: 'User' }] })
  expect((await arm.ask(path)).status).toBe(200)
})
