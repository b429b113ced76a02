import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChangingTenant } from '@/testing/changing-tenant'
import { connect } from '@/testing/rolecall'
import { type SharedRolecall, startSharedRolecall } from '@/testing/shared-rolecall'
import { type SpokenProcess, startProcess } from '@/testing/start-process'

/** How many processes are killed while they sync; `CHAOS_KILLS` raises it. */
const KILLS = Number(process.env.CHAOS_KILLS ?? 3)
/** A publish of this many rows takes long enough to be hit. */
const PEOPLE = 200

let rolecall: SharedRolecall
const started: SpokenProcess[] = []
beforeAll(async () => {
  rolecall = await startSharedRolecall()
})
afterAll(async () => {
  await Promise.all(started.map((one) => one.end()))
  await rolecall.close()
})

test(`of ${KILLS} processes killed while they sync, each leaves the old result or the new one whole, and the next takes over`, {
  timeout: (1 + KILLS) * 60_000,
}, async () => {
  const { tenant, turnOver, truth } = await createChangingTenant(rolecall, PEOPLE)
  const connectionId = await connect(tenant)
  await rolecall.release()

  /** A process that says what readers see now, and after the sync it is asked for. */
  const begin = async () => {
    const words = [tenant.owner.organisationId, connectionId]
    const syncing = startProcess('testing/sync-process.ts', words, rolecall.settings)
    started.push(syncing)
    const seen = JSON.parse((await syncing.hear((line) => line.startsWith('seen'))).slice(5))
    return { syncing, seen }
  }
  const sync = async ({ say, hear, lines }: SpokenProcess) => {
    const from = lines.length
    say('sync')
    const synced = JSON.parse((await hear((line) => line.startsWith('synced'), from)).slice(7))
    expect(synced.state).toBe('succeeded')
    expect(JSON.parse((await hear((line) => line.startsWith('seen'), from)).slice(5))).toEqual(truth())
    return Number(synced.ms)
  }

  let { syncing, seen } = await begin()
  let usual = await sync(syncing)
  const fates: string[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const before = truth()
    turnOver()
    const from = syncing.lines.length
    syncing.say('sync')
    await syncing.hear((line) => line.startsWith('syncing'), from)
    // The publish comes last: half of the kills aim at it, the others anywhere.
    const after = Math.round(usual * (kill % 2 ? 0.6 + 0.4 * Math.random() : Math.random()))
    await new Promise((resolve) => setTimeout(resolve, after))
    expect(await syncing.end('SIGKILL')).toEqual([null, 'SIGKILL'])

    ;({ syncing, seen } = await begin())
    const published = seen.rows.join() === truth().rows.join()
    fates.push(`after ${after} of ${Math.round(usual)} ms: ${published ? 'new' : 'old'}`)
    expect(seen, fates.join(', ')).toEqual(published ? truth() : before)
    usual = await sync(syncing)
  }
  expect(syncing.complaints).toEqual([])
})
