import { afterAll, beforeAll, expect, test } from 'vitest'
import { MOST_PATHS } from '@/lib/domain/access-paths'
import type { OptionalScope } from '@/lib/domain/permissions'
import { applyChange } from '@/sandbox/world/changes'
import { createRandom } from '@/sandbox/world/random'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'
import { accessLines } from '@/testing/access-lines'
import { carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { shownAccess } from '@/testing/shown-access'
import { type EffectiveAccess, trueAccess } from '@/testing/true-access'
import { requestSync } from './request-sync'

/** More than a test run needs can be asked for: `RANDOM_WORLDS=300`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 24)
const LARGE_WORLDS = Number(process.env.LARGE_WORLDS ?? 2)

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** A small world with a bit of everything, rings of groups included. */
function smallWorld(seed: string): TenantSpec {
  const random = createRandom(seed)
  const people = 4 + random.below(14)
  const eligibility = random.below(4) === 0 ? 0 : 2 + random.below(7)
  const privileged: TenantSpec =
    eligibility === 0
      ? { licence: 'free' }
      : { licence: 'p2', eligibility, activated: random.below(3), timeBound: random.below(4) }
  return {
    seed,
    people,
    guests: random.below(3),
    disabled: random.below(3),
    deleted: random.below(4),
    devices: random.below(2),
    servicePrincipals: random.below(4),
    groups: {
      count: random.below(7),
      sizes: { min: 0, max: Math.min(people, 5) },
      depth: random.below(4),
      cycles: random.below(3),
    },
    customRoles: random.below(3),
    ownerRoles: random.below(3),
    managementGroupDepth: random.below(4),
    assignments: 8 + random.below(30),
    conditions: random.below(3),
    denyAssignments: random.below(3),
    pageSize: 1 + random.below(40),
    ...privileged,
  }
}

function largeWorld(seed: string): TenantSpec {
  return {
    seed,
    people: 900,
    guests: 0.1,
    disabled: 0.05,
    deleted: 20,
    servicePrincipals: 30,
    groups: { count: 60, sizes: { min: 0, max: 40 }, depth: 3, cycles: 3, largest: 400 },
    customRoles: 10,
    ownerRoles: 2,
    managementGroupDepth: 4,
    assignments: 400,
    eligibility: 40,
    activated: 8,
    timeBound: 20,
    conditions: 0.1,
    denyAssignments: 4,
    licence: 'p2',
  }
}

const GROUPS: OptionalScope[] = ['GroupMember.Read.All']
const EVERYTHING: OptionalScope[] = ['GroupMember.Read.All', 'Application.Read.All', 'AuditLog.Read.All']

async function synced(spec: TenantSpec, optional: OptionalScope[]) {
  const tenant = await rolecall.tenant({ ...spec, consented: [...optional] })
  const id = await connect(tenant, tenant.subscription.id, { optional })
  const run = await carryRun(rolecall, tenant.owner, id)
  return { tenant, id, run, shown: () => shownAccess(tenant.owner, id) }
}

function truth(tenant: TestTenant, sees?: Parameters<typeof trueAccess>[1]['sees']): EffectiveAccess {
  return trueAccess(tenant, { paths: MOST_PATHS, sees })
}

const seeds = (count: number, kind: string) => Array.from({ length: count }, (_, index) => `${kind} ${index + 1}`)

test.each(seeds(WORLDS, 'small world'))(
  'in %s, the portal shows who has what, and how, as the world has it',
  async (seed) => {
    const { tenant, run, shown } = await synced(smallWorld(seed), createRandom(seed).below(2) ? GROUPS : EVERYTHING)
    expect(run).toMatchObject({ state: 'succeeded', gaps: false, problem: null })
    expect(run.plan?.made).toBe(run.plan?.predicted)
    expect(accessLines(await shown())).toEqual(accessLines(truth(tenant)))

    applyChange(tenant.world, { random: 25, seed, tenantId: tenant.tenantId })
    await requestSync(tenant.owner, run.connectionId)
    expect(await carryRun(rolecall, tenant.owner, run.connectionId)).toMatchObject({ state: 'succeeded', gaps: false })
    expect(accessLines(await shown())).toEqual(accessLines(truth(tenant)))
  },
)

test.each(seeds(LARGE_WORLDS, 'large world'))('the same holds in %s', async (seed) => {
  const { tenant, run, shown } = await synced(largeWorld(seed), GROUPS)
  expect(run).toMatchObject({ state: 'succeeded', gaps: false })
  expect(run.plan?.made).toBe(run.plan?.predicted)
  expect(accessLines(await shown())).toEqual(accessLines(truth(tenant)))
})

test.each(seeds(Math.ceil(WORLDS / 3), 'modest world'))(
  'in %s, read with the base permissions alone, the portal shows what people have, and of groups only who is in them',
  async (seed) => {
    const { tenant, run, shown } = await synced(smallWorld(seed), [])
    const groups = run.coverage.find(({ dataset }) => dataset === 'groups')
    expect(groups).toMatchObject({ state: 'whole' })
    expect(['none', 'people']).toContain(run.plan?.way)
    expect(run.plan?.made).toBe(run.plan?.predicted)
    // A group may also hold what is no person, which cannot be found from the people.
    const people = truth(tenant, ({ principalType, via }) => principalType === 'User' || via.length === 0)
    const now = await shown()
    expect([...now.keys()].sort()).toEqual([...people.keys()].sort())
    for (const [key, { ways }] of people) {
      const holders = new Set([...ways].map((way) => way.split(' > ').slice(0, 2).join(' > ')))
      expect([key, [...(now.get(key)?.ways ?? [])].sort()]).toEqual([key, [...holders].sort()])
    }
  },
)

test('in a directory too large to be read person by person, groups stay closed, and the run says so', async () => {
  const { tenant, run, shown } = await synced({ ...largeWorld('closed'), people: 1_000 }, [])
  expect(run).toMatchObject({ state: 'succeeded', gaps: false, plan: { way: 'unopened' } })
  expect(run.coverage.find(({ dataset }) => dataset === 'groups')).toMatchObject({ state: 'not_asked', read: 0 })
  expect(run.coverage.find(({ dataset }) => dataset === 'groups')?.missing).toBeGreaterThan(0)
  expect(accessLines(await shown())).toEqual(accessLines(truth(tenant, ({ via }) => via.length === 0)))
})
