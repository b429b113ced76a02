import { afterAll, beforeAll, expect, test } from 'vitest'
import { MOST_PATHS } from '@/lib/domain/access-paths'
import { OPTIONAL_SCOPES, type OptionalScope } from '@/lib/domain/permissions'
import { applyChange } from '@/sandbox/world/changes'
import { createRandom } from '@/sandbox/world/random'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'
import { accessLines } from '@/testing/access-lines'
import { fullWorld } from '@/testing/full-world'
import { carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { shownAccess } from '@/testing/shown-access'
import { type TrueRow, trueAccess } from '@/testing/true-access'
import { requestSync } from './request-sync'

/** More than a test run needs can be asked for: `RANDOM_WORLDS=300`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 24)
const LARGE_WORLDS = Number(process.env.LARGE_WORLDS ?? 2)

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

function largeWorld(seed: string): TenantSpec {
  return {
    seed,
    people: 900,
    guests: 0.1,
    disabled: 0.05,
    deleted: 20,
    servicePrincipals: 30,
    groups: { count: 60, sizes: { min: 0, max: 40 }, depth: 3, cycles: 3, largest: 400, eligible: 30 },
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
const EVERYTHING: OptionalScope[] = [...OPTIONAL_SCOPES]

async function synced(spec: TenantSpec, optional: OptionalScope[]) {
  const tenant = await rolecall.tenant({ ...spec, consented: [...optional] })
  const id = await connect(tenant, tenant.subscription.id, { optional })
  const run = await carryRun(rolecall, tenant.owner, id)
  const told = {
    eligibleMembers: optional.includes('PrivilegedEligibilitySchedule.Read.AzureADGroup'),
    activatedMembers: optional.includes('PrivilegedAssignmentSchedule.Read.AzureADGroup'),
  }
  return {
    tenant,
    id,
    run,
    shown: () => shownAccess(tenant.owner, id),
    /** What the world has, as far as the permissions reach. */
    truth: (sees?: (row: TrueRow) => boolean) => trueAccess(tenant, { paths: MOST_PATHS, sees, ...told }),
  }
}

const isUser = (type: TrueRow['principalType']) => type === 'User' || type === 'AgentUser'

const seeds = (count: number, kind: string) => Array.from({ length: count }, (_, index) => `${kind} ${index + 1}`)

test.each(seeds(WORLDS, 'small world'))(
  'in %s, the portal shows who has what, and how, as the world has it',
  async (seed) => {
    const optional = createRandom(seed).below(3) === 0 ? GROUPS : EVERYTHING
    const { tenant, run, shown, truth } = await synced(fullWorld(seed), optional)
    expect(run).toMatchObject({ state: 'succeeded', gaps: false, problem: null })
    expect(run.plan?.made).toBe(run.plan?.predicted)
    expect(accessLines(await shown())).toEqual(accessLines(truth()))

    applyChange(tenant.world, { random: 25, seed, tenantId: tenant.tenantId })
    await requestSync(tenant.owner, run.connectionId)
    expect(await carryRun(rolecall, tenant.owner, run.connectionId)).toMatchObject({ state: 'succeeded', gaps: false })
    expect(accessLines(await shown())).toEqual(accessLines(truth()))
  },
)

test.each(seeds(LARGE_WORLDS, 'large world'))('the same holds in %s', async (seed) => {
  const { run, shown, truth } = await synced(largeWorld(seed), EVERYTHING)
  expect(run).toMatchObject({ state: 'succeeded', gaps: false })
  expect(run.plan?.made).toBe(run.plan?.predicted)
  expect(accessLines(await shown())).toEqual(accessLines(truth()))
})

test.each(seeds(Math.ceil(WORLDS / 3), 'modest world'))(
  'in %s, read with the base permissions alone, the portal shows what people have, and of groups only who is in them',
  async (seed) => {
    const { run, shown, truth } = await synced(fullWorld(seed), [])
    const groups = run.coverage.find(({ dataset }) => dataset === 'groups')
    expect(groups).toMatchObject({ state: 'whole' })
    expect(['none', 'people']).toContain(run.plan?.way)
    expect(run.plan?.made).toBe(run.plan?.predicted)
    // A group may also hold what is no person, which cannot be found from the people.
    const people = truth(({ principalType, via }) => isUser(principalType) || via.length === 0)
    const now = await shown()
    expect([...now.keys()].sort()).toEqual([...people.keys()].sort())
    for (const [key, { ways }] of people) {
      const holders = new Set([...ways].map((way) => way.split(' > ').slice(0, 2).join(' > ')))
      expect([key, [...(now.get(key)?.ways ?? [])].sort()]).toEqual([key, [...holders].sort()])
    }
  },
)

test('in a directory too large to be read person by person, groups stay closed, and the run says so', async () => {
  const { run, shown, truth } = await synced({ ...largeWorld('closed'), people: 1_000 }, [])
  expect(run).toMatchObject({ state: 'succeeded', gaps: false, plan: { way: 'unopened' } })
  expect(run.coverage.find(({ dataset }) => dataset === 'groups')).toMatchObject({ state: 'not_asked', read: 0 })
  expect(run.coverage.find(({ dataset }) => dataset === 'groups')?.missing).toBeGreaterThan(0)
  expect(accessLines(await shown())).toEqual(accessLines(truth(({ via }) => via.length === 0)))
})
