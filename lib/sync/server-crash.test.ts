import { setTimeout as pause } from 'node:timers/promises'
import { and, DrizzleQueryError, eq, type SQL, sql } from 'drizzle-orm'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SessionActor } from '@/db/actor'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { HEARTBEAT_LOST_SECONDS } from '@/lib/runs/runs'
import { sendDueRuns } from '@/lib/worker/worker'
import { type OwnPostgres, startOwnPostgres } from '@/scripts/start-postgres.mjs'
import { createChangingTenant } from '@/testing/changing-tenant'
import { type Published, readPublished } from '@/testing/read-published'
import { carryRun, connect } from '@/testing/rolecall'
import { type SharedRolecall, startSharedRolecall } from '@/testing/shared-rolecall'
import { type SpokenProcess, startProcess } from '@/testing/start-process'
import { requestSync } from './request-sync'

const SHARED_SERVER = process.env.TEST_DATABASE_URL

// The portal is this process and the worker another one. The server is this file's own, because it crashes.
describe.runIf(SHARED_SERVER)('a PostgreSQL server that crashes in the middle of a sync', () => {
  let server: OwnPostgres
  let rolecall: SharedRolecall
  let worker: SpokenProcess | undefined
  /** A superuser's connection, which ends with each crash. */
  let admin: Client

  beforeAll(async () => {
    server = await startOwnPostgres()
    await waitAtCommitWhereAsked(server)
    process.env.TEST_DATABASE_URL = server.url
    rolecall = await startSharedRolecall()
  })
  beforeEach(async () => {
    admin = new Client({ connectionString: addressOfAdmin() })
    admin.on('error', () => {})
    await admin.connect()
  })
  afterEach(async () => {
    rolecall.sandbox.world.latencyMs = 0
    await worker?.end()
    await admin.end()
  })
  afterAll(async () => {
    await rolecall.close()
    await server.end()
    process.env.TEST_DATABASE_URL = SHARED_SERVER
  })

  const addressOfAdmin = () =>
    Object.assign(new URL(server.url), { pathname: new URL(rolecall.settings.DATABASE_URL).pathname }).href
  const event =
    (name: string, runId = '') =>
    (line: string) =>
      line.includes(`"event":"${name}"`) && line.includes(runId)
  const until = (look: () => Promise<unknown>) => vi.waitFor(look, { timeout: 60_000, interval: 50 })
  const runOf = async (runId: string) => (await rolecall.db.select().from(syncRuns).where(eq(syncRuns.id, runId)))[0]
  const connectionOf = async (id: string) =>
    (await rolecall.db.select().from(connections).where(eq(connections.id, id)))[0]

  /** A synced subscription that has changed since, and a worker that has done nothing for it yet. */
  async function changed() {
    const changing = await createChangingTenant(rolecall, 40)
    const { owner } = changing.tenant
    const id = await connect(changing.tenant)
    await carryRun(rolecall, owner, id)
    worker = startProcess('lib/worker/main.ts', [], rolecall.settings)
    await worker.hear(event('worker_started'))
    const hear = worker.hear
    const seen = () => readPublished(owner, id)
    const before = await seen()
    changing.turnOver()
    rolecall.sandbox.world.log.length = 0
    return { ...changing, owner, id, seen, before, after: changing.truth(), hear }
  }

  type Scene = Awaited<ReturnType<typeof changed>>

  /** Waits until the worker has read who holds what, and not yet who they are. */
  const assignmentsAreRead = () =>
    vi.waitFor(
      () => expect(rolecall.sandbox.world.log.filter(({ path }) => path.endsWith('/roleAssignments'))).not.toEqual([]),
      { timeout: 60_000, interval: 20 },
    )

  /** What the worker says when it is done with a run, whatever came of it. */
  const workerIsDone = ({ hear }: Scene, runId: string) =>
    hear((line) => ['sync_succeeded', 'sync_failed', 'sync_lost'].some((name) => event(name, runId)(line)))

  /**
   * Lets the minutes pass that a crash may cost: a run that nobody holds any more loses its lease, one that failed is due
   * again. Gives the connection's last run, which has succeeded.
   */
  async function letTimePass(owner: SessionActor, id: string) {
    const own = and(eq(syncRuns.organisationId, owner.organisationId), eq(syncRuns.connectionId, id))
    await rolecall.db
      .update(syncRuns)
      .set({ heartbeatAt: sql`now() - make_interval(secs => ${HEARTBEAT_LOST_SECONDS + 1})` })
      .where(and(own, eq(syncRuns.state, 'running')))
    await rolecall.db
      .update(connections)
      .set({ nextSyncAt: sql`now()` })
      .where(and(eq(connections.id, id), sql`failures > 0`))
    await sendDueRuns()
    await until(async () => expect(await rolecall.db.$count(syncRuns, and(own, open))).toBe(0))
    expect(await connectionOf(id)).toMatchObject({ state: 'active', failures: 0 })
  }

  /** Everything is as if nothing had happened: what is shown, by which run, and what this portal and this worker can do. */
  async function expectHealed({ owner, id, seen, after, turnOver, truth, hear }: Scene) {
    expect(await seen()).toEqual(after)
    const shown = await connectionOf(id)
    const own = and(eq(syncRuns.connectionId, id), eq(syncRuns.state, 'succeeded'))
    const succeeded = await rolecall.db.select().from(syncRuns).where(own).orderBy(syncRuns.finishedAt)
    // The one before the crash, and one after it.
    expect(succeeded).toHaveLength(2)
    expect(succeeded.at(-1)).toMatchObject({ id: shown?.publishedRunId, finishedAt: shown?.publishedAt })

    turnOver()
    const { runId } = await requestSync(owner, id)
    await hear(event('sync_succeeded', runId))
    expect(await seen()).toEqual(truth())
  }

  test('while Microsoft is read, the worker goes on and publishes, or what it loses is made good', async () => {
    const scene = await changed()
    const readers = watch(scene.seen)
    rolecall.sandbox.world.latencyMs = 300
    const { runId } = await requestSync(scene.owner, scene.id)
    await assignmentsAreRead()
    await server.crash()
    await server.start()
    rolecall.sandbox.world.latencyMs = 0
    await workerIsDone(scene, runId)
    await until(scene.seen)
    expect(await runOf(runId)).toSatisfy(canBeMadeGood)
    await letTimePass(scene.owner, scene.id)
    readers.expectOnly(await readers.stop(), scene)
    await expectHealed(scene)
  })

  test('and stays down over the end of the run, the run is taken up again when its lease has run out', async () => {
    const scene = await changed()
    const readers = watch(scene.seen)
    rolecall.sandbox.world.latencyMs = 300
    const { runId } = await requestSync(scene.owner, scene.id)
    await assignmentsAreRead()
    await server.crash()
    rolecall.sandbox.world.latencyMs = 0
    expect(await workerIsDone(scene, runId)).toContain('"problem":"interrupted"')
    // This is what a publish meets when everything was read before the server went away.
    await expect(rolecall.db.transaction(async () => {})).rejects.toThrow(DrizzleQueryError)
    await server.start()
    await until(scene.seen)
    expect(await scene.seen()).toEqual(scene.before)
    expect(await runOf(runId)).toMatchObject({ state: 'running', fence: 1 })
    await letTimePass(scene.owner, scene.id)
    expect(await runOf(runId)).toMatchObject({ state: 'succeeded', fence: 2 })
    readers.expectOnly(await readers.stop(), scene)
    await expectHealed(scene)
  })

  test('half way through the publish, nothing of it is left, and it is made again', async () => {
    const scene = await changed()
    const readers = watch(scene.seen)
    // A role's row is written after the principals and before the assignments.
    await admin.query('begin')
    await admin.query('select from role_definitions where organisation_id = $1 for update', [
      scene.owner.organisationId,
    ])
    const { runId } = await requestSync(scene.owner, scene.id)
    await publishWaits(sql`wait_event_type = 'Lock'`)
    await server.crash()
    await server.start()
    expect(await workerIsDone(scene, runId)).toContain('"problem":"interrupted"')
    await until(scene.seen)
    expect(await scene.seen()).toEqual(scene.before)
    expect(await runOf(runId)).toSatisfy(canBeMadeGood)
    await letTimePass(scene.owner, scene.id)
    readers.expectOnly(await readers.stop(), scene)
    await expectHealed(scene)
  })

  test('after the publish is committed and before the worker knows, it stands and is not made a second time', async () => {
    const scene = await changed()
    const readers = watch(scene.seen)
    await rolecall.asOwner(WAIT_AFTER_PUBLISH)
    const { runId } = await requestSync(scene.owner, scene.id)
    await publishWaits(sql`wait_event = 'SyncRep'`)
    expect(await scene.seen()).toEqual(scene.before)
    await server.crash()
    await server.start()
    await workerIsDone(scene, runId)
    await until(scene.seen)
    expect(await scene.seen()).toEqual(scene.after)
    await rolecall.asOwner('drop function wait_after_publish cascade')
    expect(await runOf(runId)).toMatchObject({ state: 'succeeded', fence: 1, problem: null })
    await letTimePass(scene.owner, scene.id)
    expect(await runOf(runId)).toMatchObject({ state: 'succeeded', fence: 1, problem: null })
    readers.expectOnly(await readers.stop(), scene)
    await expectHealed(scene)
  })

  /** Waits until a publish waits for what the condition says. */
  async function publishWaits(condition: SQL): Promise<void> {
    await until(async () => {
      const { rows } = await rolecall.db.execute(
        sql`select from pg_stat_activity where application_name = 'rolecall' and ${condition}`,
      )
      expect(rows).toHaveLength(1)
    })
  }
})

const open = sql`state in ('queued', 'running')`

/**
 * Whether a run came to its end, or to one that can be made good: interrupted, or still open because the server was not back
 * yet when the failure was to be stored. Its lease ends then.
 */
const canBeMadeGood = (run?: { state: string; problem: { code: string } | null }) =>
  run?.state === 'succeeded' ||
  run?.state === 'running' ||
  (run?.state === 'failed' && run.problem?.code === 'interrupted')

/**
 * Lets a transaction that asks for it (`synchronous_commit` on) wait, once it is committed on this server, for a standby
 * that never comes: then it is on disk, and whoever made it does not know. Every other one waits for nobody.
 */
async function waitAtCommitWhereAsked(server: OwnPostgres): Promise<void> {
  const client = new Client({ connectionString: server.url })
  await client.connect()
  await client.query(`alter system set synchronous_commit = 'local'`)
  await client.query(`alter system set synchronous_standby_names = 'nobody'`)
  await client.end()
  await server.crash()
  await server.start()
}

const WAIT_AFTER_PUBLISH = `
  create function wait_after_publish() returns trigger language plpgsql as $$ begin
    perform set_config('synchronous_commit', 'on', true);
    return null;
  end $$;
  create trigger wait_after_publish after update on sync_runs
    for each row when (new.state = 'succeeded') execute function wait_after_publish();`

const BETWEEN_READINGS_MS = 20 // so that a reader takes little of the time of what it watches

/** Reads a result again and again, as portals do, and keeps what it read. Readings that the database refuses are left out. */
function watch(seen: () => Promise<Published>) {
  let watching = true
  const readings: Published[] = []
  const reading = (async () => {
    while (watching) {
      const read = await seen().catch(() => null)
      if (read) readings.push(read)
      await pause(BETWEEN_READINGS_MS)
    }
  })()
  return {
    async stop() {
      watching = false
      await reading
      return readings
    },
    /** Nothing but the old result, and from some reading on nothing but the new one. */
    expectOnly(read: Published[], { before, after }: { before: Published; after: Published }) {
      const turn = read.findIndex((one) => JSON.stringify(one) === JSON.stringify(after))
      const firstNew = turn < 0 ? read.length : turn
      expect(read.slice(0, firstNew)).toEqual(read.slice(0, firstNew).map(() => before))
      expect(read.slice(firstNew)).toEqual(read.slice(firstNew).map(() => after))
      expect(firstNew).toBeGreaterThan(0)
    },
  }
}
