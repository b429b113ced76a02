import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { DUE_RUNS_QUEUE, getQueue, SWEEP_QUEUE, SYNC_QUEUE, stopQueue } from '@/lib/runs/queue'
import { openRun } from '@/lib/runs/runs'
import { requestSync } from '@/lib/sync/request-sync'
import { connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { sendDueRuns, startWorker } from './worker'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

const runOf = async (runId: string) => (await rolecall.db.select().from(syncRuns).where(eq(syncRuns.id, runId)))[0]
const latestRun = async (connectionId: string) =>
  (
    await rolecall.db
      .select()
      .from(syncRuns)
      .where(eq(syncRuns.connectionId, connectionId))
      .orderBy(sql`requested_at desc`)
  )[0]
const connectionOf = async (id: string) =>
  (await rolecall.db.select().from(connections).where(eq(connections.id, id)))[0]
const until = (look: () => Promise<void>) => vi.waitFor(look, { timeout: 60_000, interval: 50 })

let ending: AbortController
async function work() {
  ending = new AbortController()
  await startWorker(ending.signal)
}

async function connectAndSync(tenant: TestTenant) {
  const id = await connect(tenant)
  await until(async () => expect(await latestRun(id)).toMatchObject({ state: 'succeeded' }))
  return id
}

test('a run that is asked for is carried out and published, and its job holds two ids and nothing else', async () => {
  await work()
  const tenant = await rolecall.tenant()
  const id = await connectAndSync(tenant)
  expect(await connectionOf(id)).toMatchObject({ publishedRunId: (await latestRun(id))?.id })

  const { rows } = await rolecall.db.execute<{ name: string; data: Record<string, unknown> | null; whole: string }>(
    sql`select name, data, to_jsonb(job)::text as whole from pgboss.job where name in (${SYNC_QUEUE}, ${DUE_RUNS_QUEUE})`,
  )
  const syncs = rows.filter(({ name }) => name === SYNC_QUEUE)
  expect(syncs.map(({ data }) => Object.keys(data ?? {}).sort())).toEqual([['organisationId', 'runId']])
  expect(rows.filter(({ name, data }) => name === DUE_RUNS_QUEUE && data && Object.keys(data).length > 0)).toEqual([])
  for (const { whole } of rows) {
    for (const secret of [tenant.subscription.id, tenant.tenantId, tenant.account('owner').username, 'eyJ'])
      expect(whole).not.toContain(secret)
  }
})

test('the look for due runs and the sweep are scheduled once each, and a look that a killed process left behind holds up no other', async () => {
  const queue = await getQueue()
  const schedules = (await queue.getSchedules()).map(({ name, cron }) => [name, cron])
  expect(schedules.sort()).toEqual([
    [SWEEP_QUEUE, '*/5 * * * *'],
    [DUE_RUNS_QUEUE, '* * * * *'],
  ])
  await queue.offWork(DUE_RUNS_QUEUE)
  await queue.send(DUE_RUNS_QUEUE)
  expect(await queue.fetch(DUE_RUNS_QUEUE)).toHaveLength(1) // and nobody ever completes it
  const next = await queue.send(DUE_RUNS_QUEUE)
  expect((await queue.fetch(DUE_RUNS_QUEUE)).map(({ id }) => id)).toEqual([next])
})

test('a queued run that lost its job is sent again', async () => {
  const tenant = await rolecall.tenant()
  const connectionId = await connectAndSync(tenant)
  const { organisationId } = tenant.owner
  const { runId } = await rolecall.db.transaction((tx) =>
    openRun(tx, { organisationId, connectionId, trigger: 'manual', by: null }),
  )
  await sendDueRuns()
  expect(await runOf(runId)).toMatchObject({ state: 'queued' }) // it may yet be sent
  await rolecall.db
    .update(syncRuns)
    .set({ requestedAt: sql`now() - interval '5 minutes'` })
    .where(eq(syncRuns.id, runId))
  await sendDueRuns()
  await until(async () => expect(await runOf(runId)).toMatchObject({ state: 'succeeded', fence: 1 }))
})

test('a running run whose worker is gone is carried out by another', async () => {
  const tenant = await rolecall.tenant()
  const connectionId = await connectAndSync(tenant)
  const { organisationId } = tenant.owner
  const { runId } = await rolecall.db.transaction((tx) =>
    openRun(tx, { organisationId, connectionId, trigger: 'manual', by: null }),
  )
  const gone = { state: 'running' as const, fence: 1, heartbeatAt: sql`now() - interval '5 minutes'` }
  await rolecall.db.update(syncRuns).set(gone).where(eq(syncRuns.id, runId))
  await sendDueRuns()
  await until(async () => expect(await runOf(runId)).toMatchObject({ state: 'succeeded', fence: 2 }))
})

test('a worker that ends leaves its run interrupted and the old result in place, and the sync is tried again', async () => {
  const tenant = await rolecall.tenant()
  const id = await connectAndSync(tenant)
  const before = await connectionOf(id)
  tenant.world.latencyMs = 400
  const { runId } = await requestSync(tenant.owner, id)
  await until(async () => expect(await runOf(runId)).toMatchObject({ state: 'running' }))
  ending.abort(new Error('The process is ending.'))
  await stopQueue()
  tenant.world.latencyMs = 0
  expect(await runOf(runId)).toMatchObject({ state: 'failed', problem: { code: 'interrupted' } })
  const after = await connectionOf(id)
  expect(after).toMatchObject({ state: 'active', failures: 1, publishedAt: before?.publishedAt })
  expect(after?.nextSyncAt).not.toBeNull()

  await rolecall.db.update(connections).set({ nextSyncAt: sql`now()` }).where(eq(connections.id, id))
  await work()
  await until(async () => expect(await latestRun(id)).toMatchObject({ state: 'succeeded', trigger: 'retry' }))
  expect(await connectionOf(id)).toMatchObject({ failures: 0 })
})
