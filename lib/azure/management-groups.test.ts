import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '@/sandbox/server'
import { makeTenant } from '@/sandbox/world/make-tenant'
import { ancestorsOf, findManagementGroup } from '@/sandbox/world/rbac'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import { listPlaces, readManagementGroups } from './management-groups'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

test.each([0, 1, 5])(
  'the management groups above a subscription come from the root down, %i levels of them',
  async (depth) => {
    pointAt(sandbox.url)
    const made = makeTenant(sandbox.world, { seed: `depth ${depth}`, managementGroupDepth: depth, subscriptions: 3 })
    const tenant = sandbox.world.findTenant(made.tenantId)
    const owner = made.accounts.find(({ kind }) => kind === 'owner')
    if (!tenant || !owner) throw new Error('The tenant was not made.')
    for (const { id } of made.subscriptions) {
      const { azure, meter } = azureAs(sandbox.world, tenant.id, owner.objectId)
      const above = ancestorsOf(tenant, tenant.subscriptions.get(id)?.managementGroupId ?? '').reverse()
      expect(above).toHaveLength(depth + 1)
      expect((await readManagementGroups(azure, id)).rows).toEqual(
        above.map((group) => ({ id: group, name: findManagementGroup(tenant, group)?.displayName })),
      )
      expect(meter.calls).toBe(1)
    }
  },
)

test('an account that does not see the subscription is not told of any management group', async () => {
  const { tenantId, accounts, subscriptions } = makeTenant(sandbox.world, { seed: 'unseen', managementGroupDepth: 2 })
  const outsider = accounts.find(({ kind }) => kind === 'outsider')
  const { azure } = azureAs(sandbox.world, tenantId, outsider?.objectId ?? '')
  expect((await readManagementGroups(azure, subscriptions[0]?.id ?? '')).rows).toEqual([])
})

test('where all subscriptions lie comes from one list, with every group after the one above it', async () => {
  const made = makeTenant(sandbox.world, {
    ...{ seed: 'places', managementGroupDepth: 2, managementGroups: 6, subscriptions: 60 },
    pageSize: { subscriptions: 20 },
  })
  const tenant = sandbox.world.findTenant(made.tenantId)
  const owner = made.accounts.find(({ kind }) => kind === 'owner')
  if (!tenant || !owner) throw new Error('The tenant was not made.')
  const { azure, meter } = azureAs(sandbox.world, tenant.id, owner.objectId)
  const { above, groups } = await listPlaces(azure)
  expect(meter.calls).toBe(Math.ceil((60 + 7) / 20))
  for (const { id } of made.subscriptions) {
    const truth = ancestorsOf(tenant, tenant.subscriptions.get(id)?.managementGroupId ?? '').reverse()
    expect(above.get(id)?.map((group) => group.id)).toEqual(truth)
  }
  expect(groups.map(({ id }) => id).sort()).toEqual(
    tenant.managementGroups
      .list()
      .map(({ id }) => id)
      .sort(),
  )
  const place = new Map(groups.map(({ id }, index) => [id, index]))
  for (const { id, above: over } of groups)
    for (const one of over) expect(place.get(one.id), `${one.id} over ${id}`).toBeLessThan(place.get(id) ?? 0)
})

test('an account without a right on a management group is told where its subscriptions lie, as Azure tells it', async () => {
  const made = makeTenant(sandbox.world, { seed: 'no groups', managementGroupDepth: 1, subscriptions: 2 })
  const owner = made.accounts.find(({ kind }) => kind === 'owner')
  const { azure } = azureAs(sandbox.world, made.tenantId, owner?.objectId ?? '')
  expect([...(await listPlaces(azure)).above.keys()].sort()).toEqual(made.subscriptions.map(({ id }) => id).sort())
})
