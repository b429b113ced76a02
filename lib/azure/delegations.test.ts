import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandbox } from '@/sandbox/server'
import { applyChange, type NamedChange } from '@/sandbox/world/changes'
import { makeTenant } from '@/sandbox/world/make-tenant'
import type { Delegation } from '@/sandbox/world/types'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import type { Azure } from './client/clients'
import { listDelegationDefinitions, listDelegations } from './delegations'
import { listRoleAssignments } from './role-assignments'

const readDelegations = async (azure: Azure, id: string) =>
  listDelegations(azure, id, await listDelegationDefinitions(azure, id))

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

const FABRIKAM = '88888888-0000-4000-8000-000000000001'
const ENGINEERS = '88888888-0000-4000-8000-000000000002'
const OPERATOR = '88888888-0000-4000-8000-000000000003'
const CONTRIBUTOR = 'b24988ac-6180-42a0-ab88-20f7382dd24c'
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'

/** A subscription of the test's own with resource groups, read by its owner. */
function subscription() {
  const { world } = sandbox
  const made = makeTenant(world, { people: 3, assignments: 6, subscriptions: 1, resourceGroups: 3, delegations: 0 })
  const tenant = world.findTenant(made.tenantId)
  const reader = made.accounts.find(({ kind }) => kind === 'owner')
  const id = made.subscriptions[0]?.id ?? ''
  const groups = tenant?.subscriptions.get(id)?.resourceGroups
  if (!tenant || !reader || !groups || groups.length < 2) throw new Error('The tenant was not made.')
  const change = (one: object) => applyChange(world, { tenantId: tenant.id, ...one } as NamedChange)
  return { tenant, id, groups, change, ...azureAs(world, tenant.id, reader.objectId) }
}

/** What the world delegates, as one line for each principal and role, with the kind. */
const linesIn = (delegations: Delegation[]) =>
  delegations
    .flatMap(({ scope, id, authorizations, eligibleAuthorizations }) => [
      ...authorizations.map((one) => `${scope} ${id} ${one.principalId} ${one.roleId} active`),
      ...eligibleAuthorizations.map((one) => `${scope} ${id} ${one.principalId} ${one.roleId} eligible`),
    ])
    .map((line) => line.toLowerCase())
    .sort()
const linesOf = ({ rows }: Awaited<ReturnType<typeof listDelegations>>) =>
  rows.map((one) => `${one.scope} ${one.id} ${one.principalId} ${one.roleId} ${one.kind}`.toLowerCase()).sort()

test('where nothing is delegated one call tells it', async () => {
  const { azure, id, meter } = subscription()
  expect(await readDelegations(azure, id)).toEqual({ rows: [], odd: [], unplaced: 0 })
  expect(meter.calls).toBe(1)
})

test('a delegation of the subscription comes in our own shape, active and eligible, in two calls', async () => {
  const { azure, id, meter, change } = subscription()
  const made = change({
    type: 'delegate',
    subscriptionId: id,
    managedByTenantId: FABRIKAM,
    managedByTenantName: 'Fabrikam',
    authorizations: [{ principalId: ENGINEERS, principalIdDisplayName: 'Engineers', role: 'Contributor' }],
    eligibleAuthorizations: [{ principalId: OPERATOR, role: 'Reader' }],
  }) as Delegation
  const { rows, odd, unplaced } = await readDelegations(azure, id)
  const common = {
    id: made.id,
    principalKind: 'delegate',
    agent: false,
    scope: `/subscriptions/${id}`,
    scopeLevel: 'subscription',
    condition: null,
    createdBy: null,
    startsAt: null,
    endsAt: null,
    organisation: 'Fabrikam',
    tenantId: FABRIKAM,
  }
  expect(rows).toMatchObject([
    { ...common, kind: 'active', principalId: ENGINEERS, principalName: 'Engineers', roleId: CONTRIBUTOR },
    { ...common, kind: 'eligible', principalId: OPERATOR, roleId: READER },
  ])
  for (const { key } of rows) expect(key).toMatch(new RegExp(`^delegated /subscriptions/${id} ${made.id} `))
  expect([odd, unplaced, meter.calls]).toEqual([[], 0, 2])
})

test('a principal with one role at the subscription and at a group, active and eligible, is four rows with four keys', async () => {
  const { azure, id, groups, change } = subscription()
  const facts = {
    type: 'delegate',
    authorizations: [{ principalId: ENGINEERS, role: 'Reader' }],
    eligibleAuthorizations: [{ principalId: ENGINEERS, role: 'Reader' }],
  }
  const made = [`/subscriptions/${id}`, `/subscriptions/${id}/resourceGroups/${groups[0]}`].map((scope) =>
    change({ ...facts, scope }),
  ) as Delegation[]
  const read = await readDelegations(azure, id)
  expect(linesOf(read)).toEqual(linesIn(made))
  expect(new Set(read.rows.map(({ key }) => key)).size).toBe(4)
  expect(read.rows.map(({ scopeLevel }) => scopeLevel).sort()).toEqual([
    'resource_group',
    'resource_group',
    'subscription',
    'subscription',
  ])
})

test('resource groups are asked one by one, and only when a definition is in use nowhere else', async () => {
  const { azure, id, groups, meter, change } = subscription()
  change({ type: 'delegate', subscriptionId: id })
  await readDelegations(azure, id)
  expect(meter.calls).toBe(2)
  change({ type: 'delegate', scope: `/subscriptions/${id}/resourceGroups/${groups[1]}` })
  const { rows } = await readDelegations(azure, id)
  expect(rows.some(({ scopeLevel }) => scopeLevel === 'resource_group')).toBe(true)
  expect(meter.calls).toBe(2 + 3 + groups.length)
})

test('whatever is delegated at the subscription and its groups is read, each row once, with a key that is no assignment’s', async () => {
  const { azure, id, groups, tenant, change } = subscription()
  const assignments = new Set((await listRoleAssignments(azure, id)).rows.map(({ key }) => key))
  expect(assignments.size).toBeGreaterThan(0)
  const principal = fc.constantFrom(ENGINEERS, OPERATOR, FABRIKAM)
  const authorization = fc.record({ principalId: principal, role: fc.constantFrom('Reader', 'Contributor') })
  const some = fc.uniqueArray(authorization, {
    maxLength: 3,
    selector: ({ principalId, role }) => `${principalId} ${role}`,
  })
  const place = fc.record({
    scope: fc.constantFrom(
      `/subscriptions/${id}`,
      ...groups.map((name) => `/subscriptions/${id}/resourceGroups/${name}`),
    ),
    authorizations: fc
      .tuple(authorization, some)
      .map(([one, more]) => [
        one,
        ...more.filter(({ principalId, role }) => principalId !== one.principalId || role !== one.role),
      ]),
    eligibleAuthorizations: some,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(place, { maxLength: 5 }), async (places) => {
      for (const one of tenant.delegations.list()) change({ type: 'end_delegation', delegationId: one.id })
      const made = places.map((one) => change({ type: 'delegate', ...one })) as Delegation[]
      const read = await readDelegations(azure, id)
      expect(linesOf(read)).toEqual(linesIn(made))
      expect([read.odd, read.unplaced]).toEqual([[], 0])
      const keys = read.rows.map(({ key }) => key)
      expect(new Set(keys).size).toBe(keys.length)
      expect(keys.filter((key) => assignments.has(key))).toEqual([])
    }),
    { numRuns: 40 },
  )
})

test.each([403, 404, 429, 503])(
  'a refusal with %i is thrown, and is no subscription without delegations',
  async (status) => {
    const { azure, id, tenant, change } = subscription()
    change({ type: 'delegate', subscriptionId: id })
    for (const path of ['registrationDefinitions', 'registrationAssignments']) {
      sandbox.world.faults = [{ match: { path, tenantId: tenant.id }, status, seen: 0, fired: 0 }]
      try {
        await expect(readDelegations(azure, id)).rejects.toMatchObject({ status })
      } finally {
        sandbox.world.faults = []
      }
    }
  },
)
