import { afterAll, beforeAll, expect, test } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { MOST_PATHS } from '@/lib/domain/access-paths'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { requestSync } from '@/lib/sync/request-sync'
import { applyChange } from '@/sandbox/world/changes'
import { createRandom } from '@/sandbox/world/random'
import { fullWorld } from '@/testing/full-world'
import { changesBetween, type HeldAccess, heldAccess, replay } from '@/testing/replayed-access'
import { carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { trueAccess } from '@/testing/true-access'

/** More than a test run needs can be asked for: `RANDOM_WORLDS=50`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 2)
const ROUNDS = 4
const SUBSCRIPTIONS = 3
const OPTIONAL = [...OPTIONAL_SCOPES]

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

async function connectCompany(seed: string) {
  const spec = { ...fullWorld(seed), managementGroupDepth: 2, managementGroups: 3, subscriptions: SUBSCRIPTIONS }
  const tenant = await rolecall.tenant({ ...spec, consented: OPTIONAL })
  const connected: { id: string; subscription: (typeof tenant)['subscription'] }[] = []
  for (const subscription of tenant.subscriptions)
    connected.push({ subscription, id: await connect(tenant, subscription.id, { optional: OPTIONAL }) })
  type One = (typeof connected)[number]
  return {
    tenant,
    connected,
    truth: ({ subscription }: One): HeldAccess =>
      heldAccess(
        trueAccess({ ...tenant, subscription }, { paths: MOST_PATHS, eligibleMembers: true, activatedMembers: true }),
      ),
    /** Syncs a subscription, and gives when the result was published. */
    async sync({ id }: One): Promise<Date> {
      await requestSync(tenant.owner, id)
      expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded' })
      const publishedAt = (await getConnection(tenant.owner, id))?.publishedAt
      if (!publishedAt) throw new Error('Nothing is published.')
      return publishedAt
    },
  }
}

const seeds = Array.from({ length: WORLDS }, (_, index) => `replayed company ${index + 1}`)

test.each(seeds)('in %s, what is told as changed leads from each truth to the next, exactly', async (seed) => {
  const { tenant, connected, truth, sync } = await connectCompany(seed)
  const random = createRandom(seed)
  const last = new Map<string, { held: HeldAccess; at: Date }>()
  for (const one of connected) last.set(one.id, { held: truth(one), at: await sync(one) })
  let told = 0
  for (let round = 1; round <= ROUNDS; round++) {
    applyChange(tenant.world, { random: 15, seed: `${seed}/${round}`, tenantId: tenant.tenantId })
    // Some of them wait for a later round, so that others publish what they share before.
    for (const one of connected.filter(() => round === ROUNDS || random.below(3) > 0)) {
      const before = last.get(one.id)
      if (!before) throw new Error('It was not synced before.')
      const at = await sync(one)
      const changes = await changesBetween(tenant.owner, one.id, before.at, at)
      const held = truth(one)
      expect([...replay(before.held, changes)].sort(), `round ${round}`).toEqual([...held].sort())
      told += changes.length
      last.set(one.id, { held, at })
    }
  }
  expect(told).toBeGreaterThan(10)
})
