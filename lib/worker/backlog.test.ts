import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { syncRuns } from '@/db/schema/runs'
import { confirmAttempt } from '@/lib/connections/confirm'
import { getQueue, SYNC_QUEUE } from '@/lib/runs/queue'
import { type Rolecall, signInForAttempt, startRolecall } from '@/testing/rolecall'
import { CONCURRENT_SYNCS, sendDueRuns, startWorker } from './worker'

const WAITING = 25

/** About as much as the demo's Contoso has. */
const DEMO_SIZE = { people: 60, groups: { count: 9, size: 4, depth: 3 }, servicePrincipals: 7, assignments: 60 }

/** Measured: 5 seconds on a quiet machine, 85 on two cores that twenty processes wanted. */
const BUSY_MACHINE_MS = 300_000

let rolecall: Rolecall
// One sign-in makes 25 connections, each with a first run. They wait, since no worker has been started.
beforeAll(async () => {
  rolecall = await startRolecall()
  const tenant = await rolecall.tenant({ ...DEMO_SIZE, subscriptions: WAITING })
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)
  const alsoSubscriptionIds = tenant.subscriptions.slice(1).map(({ id }) => id)
  await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds })
}, BUSY_MACHINE_MS)
afterAll(() => rolecall.close())

/** The jobs that were ever sent, in the order in which they were sent. */
const findJobs = async () => (await getQueue()).findJobs(SYNC_QUEUE)

test('runs that wait long in the queue are not sent again', async () => {
  await rolecall.db.update(syncRuns).set({ requestedAt: sql`now() - interval '5 minutes'` })
  await sendDueRuns()
  expect(await findJobs()).toHaveLength(WAITING)
})

test('while runs wait, a worker that has ended one takes the next at once, the oldest first', {
  timeout: BUSY_MACHINE_MS,
}, async () => {
  await startWorker(new AbortController().signal)
  await vi.waitFor(async () => expect((await findJobs()).filter(({ completedOn }) => !completedOn)).toEqual([]), {
    timeout: BUSY_MACHINE_MS,
    interval: 100,
  })
  const runs = await rolecall.db.select({ state: syncRuns.state }).from(syncRuns)
  expect(runs).toEqual(Array(WAITING).fill({ state: 'succeeded' }))

  const carried = (await findJobs()).map(({ startedOn, completedOn }, place) => ({
    place,
    start: startedOn.getTime(),
    end: completedOn?.getTime() ?? Number.NaN,
  }))
  const started = carried.toSorted((a, b) => a.start - b.start)
  const ended = carried.toSorted((a, b) => a.end - b.end)
  // All workers are busy until the first one ends; then each end makes room for one start.
  const pauses = started.slice(CONCURRENT_SYNCS).map(({ start }, freed) => start - (ended[freed]?.end ?? Number.NaN))
  const syncs = carried.map(({ start, end }) => end - start)
  expect(Math.max(...pauses)).toBeLessThan(Math.max(...syncs))
  // Workers that look at the same time may pass each other.
  const outOfTurn = started.map(({ place }, turn) => Math.abs(place - turn))
  expect(Math.max(...outOfTurn)).toBeLessThan(CONCURRENT_SYNCS)
})
