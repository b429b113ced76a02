import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandbox } from '@/sandbox/server'
import { makeTenant } from '@/sandbox/world/make-tenant'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import { resolveKinds } from './principal-kinds'

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

test.each([
  ['getByIds', 'directoryObjects/getByIds', 0, undefined],
  ['the lists, where getByIds is refused', 'getByIds', 1, undefined],
  ['lists that Microsoft cuts short', 'getByIds', 1, 2],
])('every kind of a directory is told as the directory has it, by %s', async (_, path, refusals, pageSize) => {
  const { world } = sandbox
  const made = makeTenant(world, { people: 12, groups: 3, servicePrincipals: 4, assignments: 0, pageSize })
  const tenant = world.findTenant(made.tenantId)
  const reader = made.accounts.find(({ kind }) => kind === 'owner')
  if (!tenant || !reader) throw new Error('The tenant was not made.')
  const truth = new Map([
    ...tenant.users.list().map(({ id }) => [id, 'user'] as const),
    ...tenant.groups.list().map(({ id }) => [id, 'group'] as const),
    ...tenant.servicePrincipals.list().map(({ id }) => [id, 'service_principal'] as const),
  ])
  const gone = '00000000-1111-4222-8333-444444444444'
  if (refusals > 0) world.faults = [{ match: { path, tenantId: tenant.id }, status: 403, seen: 0, fired: 0 }]
  const { azure } = azureAs(world, tenant.id, reader.objectId)
  const kinds = await resolveKinds(azure, [...truth.keys(), gone])
  expect(world.faults.map(({ fired }) => fired)).toEqual(refusals > 0 ? [refusals] : [])
  world.faults = []
  expect(new Map([...kinds].map(([id, { kind }]) => [id, kind]))).toEqual(truth)
})
