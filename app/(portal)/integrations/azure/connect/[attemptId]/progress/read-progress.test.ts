import { afterAll, expect, test } from 'vitest'
import { syncRuns } from '@/db/schema/runs'
import type { Attempt } from '@/lib/connections/attempts'
import type { RunState, RunTrigger } from '@/lib/domain/vocabulary'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { readProgress } from './read-progress'

const database = await createTestDatabase()
afterAll(() => database.close())

const minute = (count: number) => new Date(Date.UTC(2026, 1, 1, 0, count))

async function connectionWithRuns(runs: [RunTrigger, RunState, number][]) {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()
  for (const [trigger, state, requested] of runs)
    await database.db.insert(syncRuns).values({
      organisationId: world.actor.organisationId,
      connectionId: id,
      trigger,
      state,
      phase: 'done',
      people: requested,
      requestedAt: minute(requested),
    })
  const attempt = { madeConnectionIds: [id], expiresAt: minute(30) } as Attempt
  return (await readProgress(world.actor, attempt)).map(({ run }) => run && [run.state, run.people])
}

test('an attempt tells of its own sync, whatever became of later ones', async () => {
  const runs: [RunTrigger, RunState, number][] = [
    ['connect', 'succeeded', 5],
    ['manual', 'succeeded', 20],
    ['schedule', 'succeeded', 1_500],
    ['retry', 'failed', 3_000],
  ]
  expect(await connectionWithRuns(runs)).toEqual([['succeeded', 5]])
})

test('while the attempt is fresh, the newest sync is told: the retry after its first one failed', async () => {
  expect(
    await connectionWithRuns([
      ['connect', 'failed', 5],
      ['retry', 'running', 10],
    ]),
  ).toEqual([['running', 10]])
})

test('a sync that was under way already when the attempt joined it is told as the newest', async () => {
  expect(await connectionWithRuns([['schedule', 'succeeded', 45]])).toEqual([['succeeded', 45]])
})
