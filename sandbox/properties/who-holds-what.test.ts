import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { applyChange } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import type { TenantSpec } from '../world/tenant-spec'
import { effectiveAccess } from '../world/truth'
import type { Tenant } from '../world/types'
import { World } from '../world/world'
import { assembleAccess, type Holding, keyOf, type Read } from './assemble-access'
import { readPages, tokenOf } from './small-world'

const ALL_PATHS = 100_000
const upTo = (max: number) => fc.nat({ max })

/** Small tenants that have something of everything. */
const spec: fc.Arbitrary<TenantSpec> = fc
  .record({
    seed: fc.nat(),
    people: fc.integer({ min: 8, max: 25 }),
    guests: upTo(4),
    disabled: upTo(4),
    deleted: fc.integer({ min: 1, max: 4 }),
    groups: fc.record({
      count: fc.integer({ min: 1, max: 9 }),
      size: upTo(4),
      depth: upTo(4),
      cycles: upTo(2),
      roleAssignable: upTo(1),
      services: fc.constantFrom(0, 0.5, 1),
    }),
    agents: upTo(2),
    devices: fc.integer({ min: 1, max: 3 }),
    servicePrincipals: fc.integer({ min: 1, max: 4 }),
    managementGroupDepth: upTo(4),
    subscriptions: fc.integer({ min: 1, max: 3 }),
    resourceGroups: fc.integer({ min: 1, max: 4 }),
    customRoles: upTo(3),
    narrowRoles: upTo(3),
    delegations: upTo(3),
    conditions: upTo(3),
    denyAssignments: upTo(6),
    pageSize: fc.integer({ min: 3, max: 60 }),
    assignments: fc.record({
      count: fc.integer({ min: 20, max: 45 }),
      scopes: fc.constant({ root: 1, managementGroup: 2, subscription: 2, resourceGroup: 2, resource: 1 }),
      principals: fc.constant({
        user: 3,
        group: 4,
        servicePrincipal: 2,
        foreignGroup: 1,
        device: 1,
        deleted: 1,
        unknown: 1,
      }),
    }),
    privileged: fc.option(
      fc.record({ timeBound: upTo(6), eligibility: upTo(8), activated: upTo(4), eligible: upTo(9) }),
    ),
  })
  .map(({ privileged, ...rest }) => {
    if (privileged === null) return { ...rest, licence: 'free' }
    const { eligible, eligibility, timeBound } = privileged
    const activated = Math.min(privileged.activated, eligibility)
    return { ...rest, groups: { ...rest.groups, eligible }, eligibility, timeBound, activated, licence: 'p2' }
  })

let sandbox: Sandbox
beforeAll(async () => {
  const world = new World('http://localhost:3000')
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
})
afterAll(() => sandbox.close())

/** Makes a tenant, changes it at random, and lets its owner read everything. A deny assignment may exclude a group that is part of a cycle. */
function makeChanged(asked: TenantSpec, changes: number): { tenant: Tenant; read: Read } {
  const { world } = sandbox
  const made = makeTenant(world, asked)
  const owner = world.findUser(`owner@${made.domain}`)
  if (!owner) throw new Error('The tenant has no owner.')
  const { tenant, user } = owner
  const { id: tenantId } = tenant
  applyChange(world, { type: 'assign', tenantId, principalId: user.id, role: 'Owner', scope: '/' })
  const [excluded, denied] = [tenant.groups.list().at(-1), tenant.groups.list().at(0)]
  const [{ scope } = { scope: '' }] = tenant.assignments.inSubscription(made.subscriptions[0]?.id ?? '')
  if (excluded && denied)
    applyChange(world, { type: 'add_deny', tenantId, scope, principalIds: [denied.id], excludeIds: [excluded.id] })
  applyChange(world, { random: changes, seed: String(asked.seed), tenantId })
  const names = [
    'Directory.Read.All',
    'PrivilegedEligibilitySchedule.Read.AzureADGroup',
    'PrivilegedAssignmentSchedule.Read.AzureADGroup',
  ]
  const graph = tokenOf(world, tenant, user.id, 'graph', names)
  const tokens = { arm: tokenOf(world, tenant, user.id, 'arm'), graph }
  const read = async <Row>(address: string) => {
    const token = address.includes('//graph.') ? tokens.graph : tokens.arm
    return (await readPages<Row>(sandbox.url, token, address)).flat()
  }
  return { tenant, read }
}

/** What `assembleAccess` should return, computed from the truth of the world. */
function trueAccess(subscriptionId: string): Map<string, Holding> {
  const found = new Map<string, Holding>()
  for (const row of effectiveAccess(sandbox.world, subscriptionId, { paths: ALL_PATHS })) {
    const key = keyOf(row.principalId, row.roleId, row.scope, row.kind)
    const { principalType: type, name, status, guest } = row
    const paths = (found.get(key)?.paths ?? 0) + 1
    found.set(key, { type, name, status, guest, paths, deniedBy: row.deniedBy.toSorted() })
  }
  return found
}

const sorted = (all: Map<string, Holding>) => [...all].sort(([a], [b]) => (a < b ? -1 : 1))

test('who holds what, assembled from the answers alone, equals the truth of the world', () =>
  fc.assert(
    fc.asyncProperty(spec, upTo(40), upTo(2), async (asked, changes, chosen) => {
      const { tenant, read } = makeChanged(asked, changes)
      const subscriptions = tenant.subscriptions.list()
      const subscriptionId = subscriptions[chosen % subscriptions.length]?.id ?? ''
      const place = { tenantId: tenant.id, subscriptionId, licensed: tenant.licence === 'p2' }
      const assembled = await assembleAccess(read, place)
      expect(assembled.size).toBeGreaterThan(10)
      expect(sorted(assembled)).toEqual(sorted(trueAccess(subscriptionId)))
    }),
    { numRuns: 30 },
  ))
