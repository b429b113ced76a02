import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConnectionFacts, getConnection } from '@/db/queries/connections'
import { createChangingCompany } from '@/testing/changing-company'
import { createChangingTenant } from '@/testing/changing-tenant'
import { type Published, readPublished } from '@/testing/read-published'
import { type ResultSeen, readResult } from '@/testing/read-result'
import { carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { requestSync } from './request-sync'

/** Publishes that the readers meet, and readers at a time. */
const PUBLISHES = 5
const READERS = 3
/** Subscriptions of one account, each of which publishes in its turn, and readers that go from one to the next meanwhile. */
const SUBSCRIPTIONS = 4
const READERS_OF_ALL = 2

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

test('while the subscriptions of one account publish what they share, the readers of each see whole results of its own', async () => {
  const { tenant, optional, turnOver, truth } = await createChangingCompany(rolecall, { subscriptions: SUBSCRIPTIONS })
  const connected: { id: string; subscription: (typeof tenant)['subscription'] }[] = []
  for (const subscription of tenant.subscriptions)
    connected.push({ subscription, id: await connect(tenant, subscription.id, { optional }) })
  const factsOf = async (id: string) => {
    const facts = await getConnection(tenant.owner, id)
    if (!facts) throw new Error('There is no such connection.')
    return facts
  }

  /** What each run that published must show, and what readers saw of it. */
  const truths = new Map<string, ResultSeen>()
  const readings: { runId: string; seen: ResultSeen }[] = []
  const read = async (facts: ConnectionFacts) =>
    readings.push({ runId: facts.publishedRun?.id ?? '', seen: await readResult(tenant.owner, facts) })
  const publish = async ({ id, subscription }: (typeof connected)[number], expected = truth(subscription)) => {
    const run = await carryRun(rolecall, tenant.owner, id)
    expect(run).toMatchObject({ state: 'succeeded', gaps: false })
    truths.set(run.id, expected)
  }

  turnOver()
  for (const one of connected) await publish(one)
  let publishing = true
  const readInTurns = async (_: unknown, from: number) => {
    for (let turn = from; publishing; turn++) await read(await factsOf(connected[turn % SUBSCRIPTIONS]?.id ?? ''))
  }
  const publishInTurns = async () => {
    for (const publisher of connected) {
      turnOver()
      // These come before the publish and read on after it. Those that come after it find it at one subscription only.
      const before = await Promise.all(connected.map(({ id }) => factsOf(id)))
      await requestSync(tenant.owner, publisher.id)
      await publish(publisher)
      for (const facts of before) await read(facts)
      for (const { id } of connected) await read(await factsOf(id))
    }
    turnOver()
    for (const { id } of connected) await requestSync(tenant.owner, id)
    await Promise.all(connected.map((one) => publish(one)))
  }
  await Promise.all([
    publishInTurns().finally(() => (publishing = false)),
    ...Array.from({ length: READERS_OF_ALL }, readInTurns),
  ])
  for (const { id } of connected) await read(await factsOf(id))

  expect(new Set([...truths.values()].map((one) => JSON.stringify(one))).size).toBe(3 * SUBSCRIPTIONS)
  expect(new Set(readings.map(({ runId }) => runId))).toEqual(new Set(truths.keys()))
  for (const { runId, seen } of readings) {
    const whole = truths.get(runId)
    const opened = Object.keys(seen.access).map((personId) => [personId, whole?.access[personId]])
    expect(seen).toEqual({ ...whole, access: Object.fromEntries(opened) })
  }
})
