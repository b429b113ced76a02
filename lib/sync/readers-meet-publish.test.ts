import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChangingTenant } from '@/testing/changing-tenant'
import { type Published, readPublished } from '@/testing/read-published'
import { carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { requestSync } from './request-sync'

/** Publishes that the readers meet, and readers at a time. */
const PUBLISHES = 5
const READERS = 3

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

test('a reader who comes while everything is replaced sees one whole result: list, counts, roles and facts', async () => {
  const { tenant, turnOver, truth } = await createChangingTenant(rolecall, 200)
  const connectionId = await connect(tenant)
  turnOver()
  await carryRun(rolecall, tenant.owner, connectionId)

  const truths: Published[] = [truth()]
  const readings: Published[] = []
  let publishing = true
  const read = async () => {
    while (publishing) {
      readings.push(await readPublished(tenant.owner, connectionId))
      await setImmediate() // the embedded engine never leaves the event loop by itself, so the network would wait
    }
  }
  const publish = async () => {
    for (let done = 0; done < PUBLISHES; done++) {
      turnOver()
      truths.push(truth())
      await requestSync(tenant.owner, connectionId)
      expect(await carryRun(rolecall, tenant.owner, connectionId)).toMatchObject({ state: 'succeeded' })
    }
  }
  await Promise.all([publish().finally(() => (publishing = false)), ...Array.from({ length: READERS }, read)])
  readings.push(await readPublished(tenant.owner, connectionId))

  const known = new Map(truths.map((one) => [one.rows.join(), one]))
  expect(known.size).toBe(PUBLISHES + 1)
  for (const reading of readings) expect(reading).toEqual(known.get(reading.rows.join()))
  // The readers met more than the first result and the last.
  expect(new Set(readings.map(({ rows }) => rows.join())).size).toBeGreaterThan(2)
})
