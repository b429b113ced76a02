import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { requestBudgets } from '@/db/schema/limits'
import type { Charge } from '@/lib/azure/client/budget'
import { INTERACTIVE, PATIENCE, type Patience } from '@/lib/azure/client/retry'
import { log } from '@/lib/log'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { createRequestBudgets, type RequestLimit } from './request-budgets'

let database: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const LIMIT = { bucket: 40, perSecond: 10, portion: 4 }
const LIMITS = { arm_reads: LIMIT, arm_writes: LIMIT, graph: LIMIT }
/** Eight tenths of what a limit of 40 leaves when a portion is kept for a second, in which 10 are added. */
const SIZE = 24
const PER_SECOND = 8

const GRAPH: Charge = { budget: 'graph', subscriptionId: null, units: 1 }

async function createReader() {
  const { actor } = await createAccessWorld(database.db)
  const [tenantId, principal, application] = [randomUUID(), randomUUID(), randomUUID()]
  return { organisationId: actor.organisationId, tenantId, principal, application }
}
type Reader = Awaited<ReturnType<typeof createReader>>

/** Lets time pass for the budgets of a reader, as the database counts it. */
const letPass = (reader: Reader, ms: number) =>
  database.db
    .update(requestBudgets)
    .set({
      countedAt: sql`counted_at - make_interval(secs => ${ms / 1000})`,
      pausedUntil: sql`paused_until - make_interval(secs => ${ms / 1000})`,
    })
    .where(eq(requestBudgets.organisationId, reader.organisationId))

/**
 * What one process is to the others: budgets that share nothing with theirs but the database. Its waits take no time: they
 * are noted, and time passes for it, and where `passes` is given for the database too.
 */
function startProcess(reader: Reader, passes?: (ms: number) => Promise<unknown>) {
  let skipped = 0
  const now = () => performance.now() + skipped
  const waits: number[] = []
  const wait: Patience['wait'] = async (ms) => {
    waits.push(ms)
    skipped += ms
    await passes?.(ms)
  }
  const budget = createRequestBudgets({ limits: LIMITS, keptSeconds: 1, now }).budgetOf(reader)
  return {
    budget,
    waits,
    spend: (charge = GRAPH, patience: Patience = PATIENCE) => budget.spend(charge, { patience: { ...patience, wait } }),
  }
}

/**
 * Sends requests as two processes that wait for nothing, and gives the milliseconds at which each would have been sent.
 * Promises ahead are made at once, so this takes no longer than the statements do.
 */
async function timesOfSending(readers: [Reader, Reader], each: number): Promise<number[]> {
  const sent: number[] = []
  const work = async (reader: Reader) => {
    const { budgetOf } = createRequestBudgets({ limits: LIMITS, keptSeconds: 1 })
    const budget = budgetOf(reader)
    for (let request = 0; request < each; request++) {
      let at = performance.now()
      const wait: Patience['wait'] = async (ms) => {
        at = performance.now() + ms
      }
      await budget.spend(GRAPH, { patience: { ...PATIENCE, wait } })
      sent.push(at)
    }
  }
  await Promise.all(readers.map(work))
  return sent.sort((a, b) => a - b)
}

/** How many of these requests Microsoft would refuse, whose bucket is full before the first one. */
function countRefused(times: number[], { bucket, perSecond }: RequestLimit): number {
  let [tokens, before, refused] = [bucket, times[0] ?? 0, 0]
  for (const time of times) {
    tokens = Math.min(bucket, tokens + ((time - before) / 1000) * perSecond)
    before = time
    if (tokens >= 1) tokens -= 1
    else refused += 1
  }
  return refused
}

describe('two processes on one database', () => {
  test('never send more together than the limit allows, at no moment', async () => {
    const reader = await createReader()
    const shared = await timesOfSending([reader, reader], 100)
    expect(countRefused(shared, LIMIT)).toBe(0)
    const seconds = ((shared.at(-1) ?? 0) - (shared[0] ?? 0)) / 1000
    expect(seconds, 'what fills again is used').toBeLessThan((200 - SIZE) / PER_SECOND + 5)

    const apart = await timesOfSending([await createReader(), await createReader()], 100)
    expect(countRefused(apart, LIMIT), 'what two send that share nothing').toBeGreaterThan(10)
  })

  test('wait for a pause that one of them was asked for, and no request of theirs is sent before its end', async () => {
    const reader = await createReader()
    const one = startProcess(reader)
    const other = startProcess(reader, (ms) => letPass(reader, ms))
    await one.budget.pause(GRAPH, 30_000)
    await other.spend()
    const [wait = 0] = other.waits
    expect(wait).toBeGreaterThan(20_000)
    expect(wait).toBeLessThanOrEqual(30_000)
  })

  test('are told of a pause that is longer than patience, with its length', async () => {
    const reader = await createReader()
    await startProcess(reader).budget.pause(GRAPH, 300_000)
    const other = startProcess(reader)
    const refusal = await other.spend().catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'throttled', status: 429 })
    const { retryAfterMs } = refusal as { retryAfterMs: number }
    expect(retryAfterMs).toBeGreaterThan(250_000)
    expect(retryAfterMs).toBeLessThanOrEqual(300_000)
    expect(other.waits).toEqual([])
  })

  test('lose what a killed one had taken for no longer than it takes to fill again', async () => {
    const reader = await createReader()
    const killed = startProcess(reader)
    await killed.spend({ ...GRAPH, units: SIZE })
    await letPass(reader, (SIZE / PER_SECOND) * 1000)
    const other = startProcess(reader)
    await other.spend({ ...GRAPH, units: SIZE })
    expect(other.waits).toEqual([])
  })

  test('take nothing from each other in different subscriptions, tenants, organisations, or as different readers', async () => {
    const reader = await createReader()
    const arm: Charge = { budget: 'arm_reads', subscriptionId: randomUUID(), units: SIZE }
    await startProcess(reader).spend(arm)
    const charges: [Reader, Charge][] = [
      [reader, { ...arm, subscriptionId: randomUUID() }],
      [reader, { ...arm, subscriptionId: null }],
      [reader, { ...arm, budget: 'arm_writes' }],
      [{ ...reader, principal: randomUUID() }, arm],
      [await createReader(), arm],
    ]
    for (const [who, charge] of charges) {
      const other = startProcess(who)
      await other.spend(charge)
      expect(other.waits).toEqual([])
    }
    const same = startProcess({ ...reader, application: randomUUID() })
    await same.spend(arm)
    expect(same.waits[0]).toBeGreaterThan(0)
  })
})

test('a pause of ten minutes is the longest, and a shorter one ends no longer one', async () => {
  const reader = await createReader()
  const one = startProcess(reader)
  await one.budget.pause(GRAPH, 1e12)
  await one.budget.pause(GRAPH, 1000)
  const [row] = await database.db
    .select({ minutes: sql<number>`extract(epoch from paused_until - counted_at)::float8 / 60` })
    .from(requestBudgets)
    .where(eq(requestBudgets.organisationId, reader.organisationId))
  expect(row?.minutes).toBeGreaterThan(9)
  expect(row?.minutes).toBeLessThanOrEqual(10)
})

test('a clock of the database that was ten minutes ahead holds nobody back when it is right again', async () => {
  const reader = await createReader()
  const one = startProcess(reader)
  await one.spend({ ...GRAPH, units: SIZE })
  await one.budget.pause(GRAPH, 30_000)
  await letPass(reader, -600_000)
  const other = startProcess(reader)
  await other.spend()
  await letPass(reader, (SIZE / PER_SECOND) * 1000)
  await startProcess(reader).spend({ ...GRAPH, units: SIZE - LIMIT.portion })
  expect(other.waits.every((ms) => ms < 1000)).toBe(true)
})

test('a person waits for a budget that is used up no longer than they have patience, and what they sent is made up', async () => {
  const reader = await createReader()
  const worker = startProcess(reader)
  await worker.spend({ ...GRAPH, units: SIZE + 10 * PER_SECOND })
  const person = startProcess(reader)
  await person.spend(GRAPH, INTERACTIVE)
  expect(person.waits).toEqual([INTERACTIVE.longestWaitMs])

  const next = startProcess(reader)
  await next.spend({ ...GRAPH, units: PER_SECOND })
  expect(next.waits[0]).toBeGreaterThan(worker.waits[0] ?? 0)
})

test('in a tenant of which more users are known more is asked for, and not before they are known', async () => {
  const world = await createAccessWorld(database.db)
  const ids = { organisationId: world.actor.organisationId, principal: randomUUID(), application: randomUUID() }
  const larger = [{ users: 3, bucket: 400, perSecond: 100 }]
  const waitsFor = async (units: number) => {
    const waits: number[] = []
    const budgets = createRequestBudgets({ limits: { ...LIMITS, graph: { ...LIMIT, larger } }, keptSeconds: 1 })
    const patience = { ...PATIENCE, wait: async (ms: number) => void waits.push(ms) }
    const budget = budgets.budgetOf({ ...ids, tenantId: world.tenantId })
    await budget.spend({ ...GRAPH, units }, { patience })
    await database.db.delete(requestBudgets).where(eq(requestBudgets.organisationId, ids.organisationId))
    return waits
  }
  for (const name of ['One', 'Two']) await world.principal({ name })
  expect(await waitsFor(SIZE * 2)).toHaveLength(1)
  await world.principal({ name: 'Three' })
  expect(await waitsFor(SIZE * 2)).toEqual([])
})

test('a process asks the database once for a portion of requests, and again when what is left of it is too old', async () => {
  const reader = await createReader()
  let time = 0
  const { budgetOf } = createRequestBudgets({ limits: LIMITS, keptSeconds: 1, now: () => time })
  const budget = budgetOf(reader)
  const stored = async () =>
    (
      await database.db
        .select({ available: requestBudgets.available, countedAt: requestBudgets.countedAt })
        .from(requestBudgets)
        .where(eq(requestBudgets.organisationId, reader.organisationId))
    )[0]
  const spend = () => budget.spend(GRAPH, { patience: PATIENCE })

  for (let request = 0; request < LIMIT.portion; request++) await spend()
  const first = await stored()
  expect(first?.available).toBe(SIZE - LIMIT.portion)
  await spend()
  const second = await stored()
  expect(second).not.toEqual(first)
  await spend()
  expect(await stored(), 'a request out of the second portion').toEqual(second)
  time += 1001
  await letPass(reader, 60_000)
  await spend()
  expect((await stored())?.available).toBe(SIZE - LIMIT.portion)
})

test('a database that does not answer holds up no request, is asked again only later, and the log says so', async () => {
  const reader = await createReader()
  const { budget, spend, waits } = startProcess(reader)
  const told = vi.spyOn(log(), 'warn').mockImplementation(() => {})
  await database.asOwner('alter table request_budgets rename to request_budgets_gone')
  try {
    for (let request = 0; request < 3 * LIMIT.portion; request++) await spend()
    expect(waits).toEqual([])
    const line = { event: 'request_budget_unavailable', budget: 'graph', error: expect.any(Error) }
    expect(told.mock.calls).toEqual([[line]])
    await budget.pause(GRAPH, 1000)
    expect(told.mock.calls).toEqual([[line], [line]])
  } finally {
    await database.asOwner('alter table request_budgets_gone rename to request_budgets')
    told.mockRestore()
  }
})
