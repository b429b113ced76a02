import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ManagementGroup } from '@/lib/domain/vocabulary'
import { type Sandbox, startSandbox } from '@/sandbox/server'
import { makeTenant } from '@/sandbox/world/make-tenant'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import { readPlace } from './places'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

let accounts = 0

/** A tenant with three subscriptions, and what a run of each of them asks for with one account. */
function company() {
  const made = makeTenant(sandbox.world, { seed: `places ${accounts}`, managementGroupDepth: 2, subscriptions: 3 })
  const { azure, meter } = azureAs(
    sandbox.world,
    made.tenantId,
    made.accounts.find(({ kind }) => kind === 'owner')?.objectId ?? '',
  )
  const now = new Date()
  accounts += 1
  const owner = {
    organisationId: 'o',
    id: `account ${accounts}`,
    tenantId: made.tenantId,
    publishedAt: null,
    signIns: 1,
    directoryEpoch: 0,
  }
  const readAll = async (isOneOfMany: boolean) => {
    const found: ManagementGroup[][] = []
    for (const { id: subscriptionId } of made.subscriptions) {
      const asked = { owner, subscriptionId, since: now, now, isOneOfMany: async () => isOneOfMany }
      found.push((await readPlace(azure, asked)).rows)
    }
    return found
  }
  return { made, meter, readAll }
}

test('runs that are open together ask once, and learn what each would have learnt alone', async () => {
  const { meter, readAll } = company()
  const together = await readAll(true)
  expect(meter.calls).toBe(1)
  const alone = company()
  await alone.readAll(false)
  expect(alone.meter.calls).toBe(3)
  expect(together.every((groups) => groups.length > 0)).toBe(true)
})

test('a list for all that is refused is asked for once, and then each asks for itself', async () => {
  const { made, meter, readAll } = company()
  sandbox.world.faults = [
    {
      match: { path: 'getEntities', tenantId: made.tenantId },
      times: 1,
      status: 403,
      seen: 0,
      fired: 0,
    },
  ]
  try {
    const found = await readAll(true)
    expect(found.every((groups) => groups.length > 0)).toBe(true)
    expect(meter.calls).toBe(4)
  } finally {
    sandbox.world.faults = []
  }
})
