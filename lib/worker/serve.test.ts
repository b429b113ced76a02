import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { getDbOfEveryOrganisation } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { connect } from '@/testing/rolecall'
import { type SharedRolecall, startSharedRolecall } from '@/testing/shared-rolecall'
import { type SpokenProcess, startProcess } from '@/testing/start-process'

let rolecall: SharedRolecall
const started: SpokenProcess[] = []
beforeAll(async () => {
  rolecall = await startSharedRolecall()
})
afterAll(async () => {
  await Promise.all(started.map((one) => one.end()))
  await rolecall.close()
})

function startServing(words: string[] = []) {
  const serving = startProcess('testing/worker-process.ts', words, rolecall.settings)
  started.push(serving)
  return serving
}
const event = (name: string) => (line: string) => line.includes(`"event":"${name}"`)

test('on SIGTERM in the middle of a sync the run is marked interrupted, the queue stops, and the database is released', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  // As if it had waited long without a job: the worker finds it by itself.
  await rolecall.db
    .update(syncRuns)
    .set({ requestedAt: new Date(0) })
    .where(eq(syncRuns.connectionId, id))
  await rolecall.release()
  rolecall.sandbox.world.latencyMs = 500
  rolecall.sandbox.world.log.length = 0

  const serving = startServing()
  await serving.hear(event('worker_started'))
  await vi.waitFor(() => expect(rolecall.sandbox.world.log).not.toEqual([]), { timeout: 60_000 })
  expect(await serving.end('SIGTERM')).toEqual([0, null])
  rolecall.sandbox.world.latencyMs = 0
  expect(serving.complaints).toEqual([])
  expect(serving.lines.filter(event('sync_failed'))).toHaveLength(1)
  expect(serving.lines.filter((line) => /"level":50/.test(line))).toEqual([])
  expect(existsSync(join(rolecall.settings.DATA_DIR, 'db.lock'))).toBe(false)

  const db = await getDbOfEveryOrganisation()
  const [run] = await db.select().from(syncRuns).where(eq(syncRuns.connectionId, id))
  expect(run).toMatchObject({ state: 'failed', problem: { code: 'interrupted' } })
  const [connection] = await db.select().from(connections).where(eq(connections.id, id))
  expect(connection?.nextSyncAt).not.toBeNull()
  await rolecall.release()
})

test('on SIGTERM during its start a process ends well, and leaves the database to the next', async () => {
  const serving = startServing()
  const lock = join(rolecall.settings.DATA_DIR, 'db.lock')
  if (!rolecall.settings.DATABASE_URL) await vi.waitFor(() => expect(existsSync(lock)).toBe(true), { timeout: 60_000 })
  else await serving.hear(event('worker_started'))
  expect(await serving.end('SIGTERM')).toEqual([0, null])
  expect(serving.complaints).toEqual([])
  expect(existsSync(lock)).toBe(false)
})

test('on SIGTERM a process in which something hangs ends all the same, within ten seconds and without its lock', async () => {
  const serving = startServing(['stuck'])
  await serving.hear(event('worker_started'))
  const told = performance.now()
  expect(await serving.end('SIGTERM')).toEqual([1, null])
  expect(performance.now() - told).toBeLessThan(10_000)
  expect(serving.lines.filter(event('shutdown_cut_short'))).toHaveLength(1)
  expect(existsSync(join(rolecall.settings.DATA_DIR, 'db.lock'))).toBe(false)
})

test('a start with another key than the one that sealed says so in one sentence, and goes on', async () => {
  const key = `2026-12:${randomBytes(32).toString('base64')}`
  const serving = startProcess('testing/worker-process.ts', [], { ...rolecall.settings, ENCRYPTION_KEYS: key })
  started.push(serving)
  const line = await serving.hear(event('encryption_key_lost'))
  expect(JSON.parse(line)).toMatchObject({
    level: 50,
    sentence: expect.stringMatching(
      /^The encryption key "test" is not configured, and it sealed 1 stored Microsoft sign-in\. .*reconnect/,
    ),
  })
  await serving.hear(event('worker_started'))
  expect(await serving.end('SIGTERM')).toEqual([0, null])
})
