import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ChaosWorld, startChaosWorld } from './chaos-world'
import { listFaultNames } from './faults'
import { runSchedule } from './run-schedule'
import { drawSchedule } from './schedule'

/** A few schedules: `npm run chaos` tries many. Their seeds are fixed, so that a change which fails here is to blame. */
const SEEDS = [2, 5, 8]

let world: ChaosWorld
beforeAll(async () => {
  world = await startChaosWorld()
})
afterAll(() => world.close())

test.each(SEEDS)('what the schedule of seed %i does to a subscription leaves every promise kept', async (seed) => {
  const { violations, steps, readings } = await runSchedule(world, seed, { takeLog: () => '' })
  expect(violations, steps.join('\n')).toEqual([])
  expect(readings).toBeGreaterThan(0)
})

test('a seed gives the same schedule each time, and another seed another one', () => {
  const drawn = drawSchedule(17, 'postgres', 'tenant')
  expect(drawSchedule(17, 'postgres', 'tenant')).toEqual(drawn)
  expect(drawSchedule(18, 'postgres', 'tenant').steps).not.toEqual(drawn.steps)
})

test.each(['embedded', 'postgres'] as const)('a thousand schedules for %s draw every fault there is', (engine) => {
  const drawn = new Set<string>()
  for (let seed = 1; seed <= 1_000; seed++)
    for (const { faults } of drawSchedule(seed, engine, 'tenant').steps)
      for (const { on, kind } of faults) drawn.add(`${on} ${kind}`)
  expect([...drawn].sort()).toEqual(listFaultNames(engine).sort())
})
