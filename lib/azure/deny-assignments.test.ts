import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '@/sandbox/server'
import { makeTenant } from '@/sandbox/world/make-tenant'
import { managementGroupScope } from '@/sandbox/world/scopes'
import type { DenyAssignment as Denial } from '@/sandbox/world/types'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import { listDenyAssignments } from './deny-assignments'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

function made(seed: string) {
  const made = makeTenant(sandbox.world, {
    seed,
    subscriptions: 2,
    managementGroupDepth: 1,
    denyAssignments: 5,
    people: 5,
    pageSize: 2,
  })
  const tenant = sandbox.world.findTenant(made.tenantId)
  const [subscription, beside] = made.subscriptions
  if (!tenant || !subscription || !beside) throw new Error('The tenant was not made.')
  const azureOf = (kind: string) =>
    azureAs(sandbox.world, tenant.id, made.accounts.find((one) => one.kind === kind)?.objectId ?? '')
  return { tenant, subscription, beside, azureOf }
}

const GUID = '0badc0de-0000-4000-8000-00000000000a'
const above = (tenantId: string): Denial => ({
  id: GUID.toUpperCase(),
  name: 'From above\u0000',
  description: '',
  permissions: [
    { actions: ['*'], notActions: ['*/read'], dataActions: ['Microsoft.Storage/*'], notDataActions: [] },
    { actions: ['*/write'], notActions: [], dataActions: [], notDataActions: [] },
  ],
  scope: managementGroupScope(tenantId),
  doNotApplyToChildScopes: true,
  principals: [
    { id: GUID, type: 'Group' },
    { id: GUID.replace('a', 'b'), type: 'ServicePrincipal' },
  ],
  excludePrincipals: [{ id: GUID.replace('a', 'c'), type: 'User' }],
  isSystemProtected: false,
  createdOn: '2026-01-02T03:04:05.0000001Z',
})

test('deny assignments are read from all pages and turned into our own shape, without those of another subscription', async () => {
  const { tenant, subscription, azureOf } = made('denials')
  tenant.denyAssignments.add(above(tenant.id))
  const { azure, meter } = azureOf('owner')
  const { rows, odd } = await listDenyAssignments(azure, subscription.id)
  const own = [...tenant.denyAssignments.values()].filter(
    ({ scope }) => scope.startsWith(`/subscriptions/${subscription.id}`) || scope === managementGroupScope(tenant.id),
  )
  expect(odd).toEqual([])
  expect(own).toHaveLength(6)
  expect(tenant.denyAssignments.size).toBe(11)
  expect(rows.map(({ key }) => key).sort()).toEqual(own.map(({ scope, id }) => `${scope} ${id}`.toLowerCase()).sort())
  expect(meter.calls).toBe(3)
  for (const row of rows) {
    const known = own.find(({ scope, id }) => row.key === `${scope} ${id}`.toLowerCase())
    expect(row).toMatchObject({
      scope: known?.scope,
      permissions: known?.permissions,
      sparesChildren: known?.doNotApplyToChildScopes,
      systemProtected: known?.isSystemProtected,
    })
  }
  expect(rows.find(({ key }) => key.endsWith(GUID))).toMatchObject({
    name: 'From above',
    description: null,
    scopeLevel: 'management_group',
    principals: [
      { id: GUID, kind: 'group' },
      { id: GUID.replace('a', 'b'), kind: 'service_principal' },
    ],
    excluded: [{ id: GUID.replace('a', 'c'), kind: 'user' }],
  })
  expect(rows.find(({ name }) => name.endsWith('resources 1'))).toMatchObject({
    description: 'Created by a deployment stack.',
    scopeLevel: 'subscription',
    principals: [{ id: '00000000-0000-0000-0000-000000000000', kind: 'everyone' }],
    excluded: [{ kind: 'user' }],
  })
})

test('an account that may not read deny assignments gets another answer than a subscription without any', async () => {
  const { tenant, subscription, azureOf } = made('unseen')
  await expect(listDenyAssignments(azureOf('outsider').azure, subscription.id)).rejects.toMatchObject({ status: 403 })
  tenant.denyAssignments.clear()
  expect(await listDenyAssignments(azureOf('owner').azure, subscription.id)).toEqual({ rows: [], odd: [] })
})
