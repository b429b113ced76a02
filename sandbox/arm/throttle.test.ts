import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

const web = `/subscriptions/${IDS.web}?api-version=2022-12-01`
const LEFT = 'x-ms-ratelimit-remaining-subscription-reads'
/** Refills one token in 1,000 seconds, so slowly that the speed of the test does not matter. */
const SLOW = { bucket: 3, refillPerSecond: 0.001 }
let arm: ArmSandbox
beforeEach(async () => {
  arm = await startArmSandbox()
})
afterEach(() => arm.sandbox.close())

async function statuses(count: number, path = web, token = arm.tokens.owner): Promise<number[]> {
  const found: number[] = []
  for (let index = 0; index < count; index++) found.push((await arm.ask(path, { token })).status)
  return found
}

test('the remaining requests are reported even when throttling is off', async () => {
  for (let round = 0; round < 2; round++) expect((await arm.ask(web)).headers.get(LEFT)).toBe('249')
  const tenants = await arm.ask('/tenants?api-version=2022-12-01')
  expect(tenants.headers.get('x-ms-ratelimit-remaining-tenant-reads')).toBe('249')
})

test('with the documented figures a bucket holds 250 requests and the wait is ten seconds', async () => {
  arm.tenant.throttling.arm = true
  let refused: Awaited<ReturnType<ArmSandbox['ask']>> | undefined
  // 25 tokens are added each second, so emptying 250 takes more than 250 requests.
  for (let round = 0; round < 100 && !refused; round++) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => arm.ask(web)))
    refused = answers.find((one) => one.status === 429)
    if (round === 0) expect(Number(answers[0]?.headers.get(LEFT))).toBeGreaterThan(150)
  }
  expect(refused?.headers.get('retry-after')).toBe('10')
  expect(refused?.body).toEqual({
    error: {
      code: 'SubscriptionRequestsThrottled',
      message: `Number of 'read' requests for subscription '${IDS.web}' actor '${IDS.owner}' exceeded. Please try again after '10' seconds.`,
    },
  })
})

test('a request during the wait is refused and starts the wait again', async () => {
  arm.tenant.throttling.arm = { bucket: 3, refillPerSecond: 1 }
  arm.world.clockOffset = 0
  for (let round = 0; round < 50; round++) if ((await arm.ask(web)).status === 429) break
  applyChange(arm.world, { type: 'advance_clock', ms: 2_000 })
  expect(await statuses(1)).toEqual([429])
  applyChange(arm.world, { type: 'advance_clock', ms: 2_000 })
  expect(await statuses(1)).toEqual([429])
  applyChange(arm.world, { type: 'advance_clock', ms: 3_000 })
  expect(await statuses(1)).toEqual([200])
})

test('each caller, each subscription and the tenant have buckets of their own', async () => {
  arm.tenant.throttling.arm = SLOW
  expect(await statuses(4)).toEqual([200, 200, 200, 429])
  expect(await statuses(1, web, arm.tokens.clerk)).toEqual([200])
  expect(await statuses(1, `/subscriptions/${IDS.lab}?api-version=2022-12-01`)).toEqual([200])
  expect(await statuses(4, '/tenants?api-version=2022-12-01')).toEqual([200, 200, 200, 429])
})

test('new settings begin with full buckets, without a wait', async () => {
  applyChange(arm.world, { type: 'set_throttling', tenantId: IDS.tenant, arm: SLOW })
  expect(await statuses(4)).toEqual([200, 200, 200, 429])
  applyChange(arm.world, { type: 'set_throttling', tenantId: IDS.tenant, arm: true })
  expect(await statuses(5)).toEqual([200, 200, 200, 200, 200])
})
