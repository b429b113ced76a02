import { afterAll, beforeAll, expect, test } from 'vitest'
import { MOST_PATHS } from '@/lib/domain/access-paths'
import { createRandomFaults } from '@/sandbox/control/fault-rules'
import { applyChange } from '@/sandbox/world/changes'
import { createRandom } from '@/sandbox/world/random'
import { accessLines } from '@/testing/access-lines'
import { carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { shownAccess } from '@/testing/shown-access'
import { trueAccess } from '@/testing/true-access'
import { requestSync } from './request-sync'

/** More than a test run needs can be asked for: `RANDOM_WORLDS=200`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 6)
const ROUNDS = 2
/** Misbehaviour that asks nobody to wait: patience has tests of its own. */
const KINDS = [
  'html',
  'errorIn200',
  'corruptJson',
  'truncate',
  'cutBody',
  'nextLinkElsewhere',
  'nextLinkSelf',
  'nextLinkEarlier',
  'nextLinkUserinfo',
  'redirect',
  'duplicateRows',
  'emptyPage',
  'reorder',
  'dropItem',
]

const seeds = Array.from({ length: WORLDS }, (_, index) => `random world ${index + 1}`)

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

function specOf(seed: string) {
  const random = createRandom(seed)
  const people = 5 + random.below(30)
  return {
    seed,
    people,
    guests: random.below(5),
    disabled: random.below(4),
    deleted: random.below(5),
    groups: { count: random.below(8), size: 4, depth: 1 + random.below(3), cycles: random.below(2) },
    servicePrincipals: random.below(5),
    customRoles: random.below(4),
    managementGroupDepth: random.below(4),
    assignments: 15 + random.below(80),
    eligibility: random.below(6),
    conditions: random.below(6),
    pageSize: 1 + random.below(60),
  }
}

const truth = (tenant: TestTenant) => accessLines(trueAccess(tenant, { paths: MOST_PATHS }))

async function connected(seed: string) {
  const tenant = await rolecall.tenant(specOf(seed))
  const id = await connect(tenant, tenant.subscription.id, { optional: ['GroupMember.Read.All'] })
  const first = await carryRun(rolecall, tenant.owner, id)
  return {
    tenant,
    first,
    shown: async () => accessLines(await shownAccess(tenant.owner, id)),
    change: (round: number) =>
      applyChange(tenant.world, { random: 25, seed: `${seed}/${round}`, tenantId: tenant.tenantId }),
    async sync() {
      await requestSync(tenant.owner, id)
      return carryRun(rolecall, tenant.owner, id)
    },
  }
}

test.each(seeds)('%s is stored as it is, and again after each round of random changes', async (seed) => {
  const { tenant, first, shown, change, sync } = await connected(seed)
  expect(first).toMatchObject({ state: 'succeeded', gaps: false })
  expect(await shown()).toEqual(truth(tenant))
  for (let round = 1; round <= ROUNDS; round++) {
    change(round)
    expect(await sync()).toMatchObject({ state: 'succeeded', gaps: false })
    expect(await shown()).toEqual(truth(tenant))
  }
})

test.each(seeds)(
  '%s, read from a Microsoft that misbehaves, is stored whole, or with gaps, or not at all',
  async (seed) => {
    const { tenant, shown, change, sync } = await connected(`chaos in ${seed}`)
    const { world, tenantId } = tenant
    let before = await shown()
    let met = 0
    for (let round = 1; round <= ROUNDS; round++) {
      change(round)
      world.faults = createRandomFaults({ seed: `${seed}/${round}`, rate: 0.5, kinds: KINDS, match: { tenantId } })
      const run = await sync()
      met += world.faults.reduce((sum, { fired }) => sum + fired, 0)
      world.faults = []
      const isWhole = run.state === 'succeeded' && !run.gaps
      if (isWhole || run.state === 'failed')
        expect(await shown(), `${run.state} ${run.problem}`).toEqual(isWhole ? truth(tenant) : before)
      before = await shown()
    }
    expect(met).toBeGreaterThan(0)
    expect(await sync()).toMatchObject({ state: 'succeeded', gaps: false })
    expect(await shown()).toEqual(truth(tenant))
  },
)
