import { randomUUID } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { setVisibleRows } from '@/db/visible-rows'
import { disconnect } from '@/lib/connections/disconnect'
import { createChangingTenant } from '@/testing/changing-tenant'
import { readPublished } from '@/testing/read-published'
import { carryRun, connect } from '@/testing/rolecall'
import { type SharedRolecall, startSharedRolecall } from '@/testing/shared-rolecall'
import { type SpokenProcess, startProcess } from '@/testing/start-process'
import { requestSync } from './request-sync'

describe.runIf(process.env.TEST_DATABASE_URL)('several processes on one PostgreSQL', () => {
  let rolecall: SharedRolecall
  let other: Client
  let started: SpokenProcess[] = []
  beforeAll(async () => {
    rolecall = await startSharedRolecall()
    other = new Client({ connectionString: rolecall.settings.DATABASE_URL, application_name: randomUUID() })
    await other.connect()
  })
  afterEach(async () => {
    await Promise.all(started.map((one) => one.end()))
    started = []
  })
  afterAll(async () => {
    await other.end()
    await rolecall.close()
  })

  const event =
    (name: string, runId = '') =>
    (line: string) =>
      line.includes(`"event":"${name}"`) && line.includes(runId)
  const startWorker = async () => {
    const worker = startProcess('lib/worker/main.ts', [], rolecall.settings)
    started.push(worker)
    await worker.hear(event('worker_started'))
    return worker
  }
  const runOf = async (runId: string) => (await rolecall.db.select().from(syncRuns).where(eq(syncRuns.id, runId)))[0]
  const until = (look: () => Promise<void>) => vi.waitFor(look, { timeout: 60_000, interval: 50 })

  async function connected(people = 40) {
    const changing = await createChangingTenant(rolecall, people)
    const { owner } = changing.tenant
    const id = await connect(changing.tenant)
    await carryRun(rolecall, owner, id)
    return { ...changing, owner, id, seen: () => readPublished(owner, id) }
  }

  /** Waits until a backend waits for a lock that `other` holds, and gives its pid. */
  async function blockedBackend(): Promise<number> {
    const { rows: me } = await other.query('select pg_backend_pid() as pid')
    let pid = 0
    await until(async () => {
      const { rows } = await rolecall.db.execute<{ pid: number }>(
        sql`select pid from pg_stat_activity where ${me[0].pid}::int = any(pg_blocking_pids(pid))`,
      )
      expect(rows).toHaveLength(1)
      pid = Number(rows[0]?.pid)
    })
    return pid
  }

  test('one of two workers carries out a run, and a frozen one that wakes after its run was taken over publishes nothing', async () => {
    const { owner, id, turnOver, truth, seen } = await connected()
    const first = await startWorker()
    rolecall.sandbox.world.latencyMs = 500
    rolecall.sandbox.world.log.length = 0
    turnOver()
    const { runId } = await requestSync(owner, id)
    // It has read who holds what, and not yet who they are.
    await vi.waitFor(
      () => expect(rolecall.sandbox.world.log.filter(({ path }) => path.endsWith('/roleAssignments'))).not.toEqual([]),
      { timeout: 60_000, interval: 20 },
    )
    first.signal('SIGSTOP')
    turnOver()
    rolecall.sandbox.world.latencyMs = 0
    await rolecall.db
      .update(syncRuns)
      .set({ heartbeatAt: sql`now() - interval '5 minutes'` })
      .where(eq(syncRuns.id, runId))

    const second = await startWorker()
    await second.hear(event('sync_succeeded', runId))
    expect(await seen()).toEqual(truth())
    const published = await rolecall.db.select().from(connections).where(eq(connections.id, id))

    first.signal('SIGCONT')
    await first.hear(event('sync_lost', runId))
    expect(first.lines.filter(event('sync_succeeded', runId))).toEqual([])
    expect(await seen()).toEqual(truth())
    expect(await rolecall.db.select().from(connections).where(eq(connections.id, id))).toEqual(published)
    expect(await runOf(runId)).toMatchObject({ state: 'succeeded', fence: 2 })

    turnOver()
    const next = await requestSync(owner, id)
    await until(async () => expect(await runOf(next.runId)).toMatchObject({ state: 'succeeded', fence: 1 }))
    expect([...first.lines, ...second.lines].filter(event('sync_succeeded', next.runId))).toHaveLength(1)
    expect(await seen()).toEqual(truth())
  })

  test('a publish whose database connection breaks half way is undone, and the next sync succeeds', async () => {
    const { owner, id, turnOver, truth, seen } = await connected()
    const before = await seen()
    turnOver()
    await requestSync(owner, id)
    // A role's row is written before everything else.
    await other.query(`begin; ${setVisibleRows(owner)}`)
    await other.query('select 1 from role_definitions where organisation_id = $1 for update', [owner.organisationId])
    const run = carryRun(rolecall, owner, id)
    const pid = await blockedBackend()
    await other.query('select pg_terminate_backend($1)', [pid])
    expect(await run).toMatchObject({ state: 'failed' })
    await other.query('rollback')
    expect(await seen()).toEqual(before)

    await requestSync(owner, id)
    expect(await carryRun(rolecall, owner, id)).toMatchObject({ state: 'succeeded' })
    expect(await seen()).toEqual(truth())
  })

  test('disconnecting in the middle of a publish waits for it, and neither fails by a deadlock', async () => {
    const { owner, id, turnOver } = await connected()
    turnOver()
    const { runId } = await requestSync(owner, id)
    await other.query(`begin; ${setVisibleRows(owner)}`)
    await other.query('select 1 from role_definitions where organisation_id = $1 for update', [owner.organisationId])
    const run = carryRun(rolecall, owner, id)
    await blockedBackend()
    const disconnecting = disconnect(owner, id, { data: 'keep' })
    await other.query('commit')
    expect(await run).toMatchObject({ id: runId, state: 'succeeded' })
    expect(await disconnecting).toEqual({ kind: 'disconnected' })
    expect(await rolecall.db.select().from(connections).where(eq(connections.id, id))).toMatchObject([
      { state: 'disconnected', nextSyncAt: null },
    ])
  })

  test('subscriptions of one tenant that publish at once wait for each other instead of deadlocking', async () => {
    const tenant = await rolecall.tenant({ subscriptions: 4, people: 300, assignments: 400 })
    const ids: string[] = []
    for (const { id } of tenant.subscriptions) ids.push(await connect(tenant, id))
    const runs = await Promise.all(ids.map((id) => carryRun(rolecall, tenant.owner, id)))
    expect(runs.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded'])
    const open = and(eq(syncRuns.organisationId, tenant.owner.organisationId), eq(syncRuns.state, 'running'))
    expect(await rolecall.db.$count(syncRuns, open)).toBe(0)
  })
})
