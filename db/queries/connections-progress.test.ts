import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { RunState } from '@/lib/domain/vocabulary'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { getProgress } from './connections'

const database = await createTestDatabase()
afterAll(() => database.close())

type World = Awaited<ReturnType<typeof createAccessWorld>>

const run = (world: World, connectionId: string, state: RunState, minute: number) =>
  database.db.insert(syncRuns).values({
    organisationId: world.actor.organisationId,
    connectionId,
    trigger: 'connect',
    state,
    phase: 'reading_people',
    counters: { assignments: 412, people: minute },
    requestedAt: new Date(Date.UTC(2026, 1, 1, 0, minute)),
  })

test('each connection comes with its newest run and what that has counted', async () => {
  const world = await createAccessWorld(database.db)
  const production = await world.connection({ label: 'Production' })
  const development = await world.connection({ label: 'Development' })
  await run(world, production.id, 'failed', 1)
  await run(world, production.id, 'running', 2)

  expect(await getProgress(world.actor, [production.id, development.id])).toMatchObject([
    { connectionId: development.id, label: 'Development', run: null },
    { connectionId: production.id, label: 'Production', run: { state: 'running', counters: { people: 2 } } },
  ])
})

test('a connection comes with what the result adds up to that its readers see, whatever its newest run is', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()
  expect(await getProgress(world.actor, [id])).toMatchObject([{ found: null }])

  const runId = randomUUID()
  const signals = { can_grant: { people: 2, others: 1 } }
  await database.db.insert(syncRuns).values({
    ...{ id: runId, organisationId: world.actor.organisationId, connectionId: id, trigger: 'connect' },
    ...{ state: 'succeeded', phase: 'done', people: 7, unread: 1, signals },
    requestedAt: new Date(Date.UTC(2026, 1, 1)),
  })
  await database.db.update(connections).set({ publishedRunId: runId }).where(eq(connections.id, id))
  await run(world, id, 'running', 5)
  expect(await getProgress(world.actor, [id])).toMatchObject([
    { found: { runId, people: 7, unread: 1, signals }, run: { state: 'running' } },
  ])
})

test('a connection of another organisation is not found', async () => {
  const [ours, theirs] = [await createAccessWorld(database.db), await createAccessWorld(database.db)]
  const { id } = await theirs.connection()
  await run(theirs, id, 'running', 1)

  expect(await getProgress(ours.actor, [id])).toEqual([])
})

test('ids that are malformed or unknown are left out', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()

  expect(await getProgress(world.actor, [])).toEqual([])
  expect(await getProgress(world.actor, ['', "'; drop table", randomUUID(), id])).toHaveLength(1)
})
