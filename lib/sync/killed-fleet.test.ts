import { and, eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { getDbOfEveryOrganisation } from '@/db/client'
import { sharedReadings } from '@/db/schema/directory'
import { limitCounts } from '@/db/schema/limits'
import { syncRuns } from '@/db/schema/runs'
import { MOST_PATHS } from '@/lib/domain/access-paths'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { applyChange } from '@/sandbox/world/changes'
import { accessLines } from '@/testing/access-lines'
import { fullWorld } from '@/testing/full-world'
import { connect } from '@/testing/rolecall'
import { type SharedRolecall, startSharedRolecall } from '@/testing/shared-rolecall'
import { shownAccess } from '@/testing/shown-access'
import { type SpokenProcess, startProcess } from '@/testing/start-process'
import { trueAccess } from '@/testing/true-access'
import { requestSync } from './request-sync'

/** How many processes are killed in the middle of syncing several subscriptions; `CHAOS_KILLS` raises it. */
const KILLS = Number(process.env.CHAOS_KILLS ?? 2)
const SUBSCRIPTIONS = 5
const OPTIONAL = [...OPTIONAL_SCOPES]

let rolecall: SharedRolecall
const started: SpokenProcess[] = []
beforeAll(async () => {
  rolecall = await startSharedRolecall()
})
afterAll(async () => {
  await Promise.all(started.map((one) => one.end()))
  await rolecall.close()
})

const isEvent = (name: string) => (line: string) => line.includes(`"event":"${name}"`)

async function startWorker(program: string): Promise<SpokenProcess> {
  const worker = startProcess(program, [], rolecall.settings)
  started.push(worker)
  await worker.hear(isEvent('worker_started'))
  return worker
}

const successesOf = (workers: SpokenProcess[]) =>
  workers.flatMap(({ lines }) => lines).filter(isEvent('sync_succeeded'))

/**
 * Kills a process in the middle of its work: in turns right after it has published some of the subscriptions, while others
 * are still being published, and at a random moment of the milliseconds that its work usually takes.
 */
async function kill(worker: SpokenProcess, usual: number, turn: number): Promise<void> {
  if (turn % 2 === 0) {
    await new Promise((resolve) => setTimeout(resolve, Math.round(usual * Math.random())))
  } else {
    const published = 1 + Math.floor(Math.random() * (SUBSCRIPTIONS - 1))
    const isThere = () => expect(successesOf([worker]).length).toBeGreaterThanOrEqual(published)
    await vi.waitFor(isThere, { timeout: 80_000, interval: 1 })
  }
  expect(await worker.end('SIGKILL')).toEqual([null, 'SIGKILL'])
}

/** The subscriptions of a tenant, all connected with one account. */
async function connectFleet() {
  const spec = {
    ...fullWorld('killed fleet'),
    managementGroupDepth: 2,
    managementGroups: 3,
    subscriptions: SUBSCRIPTIONS,
  }
  const tenant = await rolecall.tenant({ ...spec, consented: OPTIONAL })
  const connected: { id: string; subscription: (typeof tenant)['subscription'] }[] = []
  for (const subscription of tenant.subscriptions)
    connected.push({ subscription, id: await connect(tenant, subscription.id, { optional: OPTIONAL }) })

  return {
    connected,
    /**
     * Changes the world, and asks for a sync of every subscription. Gives the ids of the runs, in the order of the subscriptions. What was
     * read before the change is an hour old by then: to a run that `letMinutesPass` makes five minutes older it would be new.
     */
    async changeAndAsk(seed: string) {
      applyChange(tenant.world, { random: 20, seed, tenantId: tenant.tenantId })
      const db = await getDbOfEveryOrganisation()
      await db.update(sharedReadings).set({ beganAt: sql`began_at - interval '1 hour'` })
      await db.delete(limitCounts) // fifty kills ask for more syncs than a member may
      const asked: string[] = []
      for (const { id } of connected) asked.push((await requestSync(tenant.owner, id)).runId)
      return asked
    },
    /** Lets the minutes pass after which a run counts as lost whose worker is gone, before it took the run up or after. */
    async letMinutesPass() {
      const db = await getDbOfEveryOrganisation()
      const earlier = sql`now() - interval '5 minutes'`
      const isInState = (state: 'queued' | 'running') =>
        and(eq(syncRuns.organisationId, tenant.owner.organisationId), eq(syncRuns.state, state))
      await db.update(syncRuns).set({ heartbeatAt: earlier }).where(isInState('running'))
      await db.update(syncRuns).set({ requestedAt: earlier }).where(isInState('queued'))
    },
    shown: async ({ id }: { id: string }) => accessLines(await shownAccess(tenant.owner, id)),
    truth: ({ subscription }: (typeof connected)[number]) =>
      accessLines(
        trueAccess({ ...tenant, subscription }, { paths: MOST_PATHS, eligibleMembers: true, activatedMembers: true }),
      ),
  }
}

async function statesOf(runIds: string[]): Promise<string[]> {
  const db = await getDbOfEveryOrganisation()
  const runs = await db.select().from(syncRuns).where(inArray(syncRuns.id, runIds))
  return runIds.map((runId) => runs.find(({ id }) => id === runId)?.state ?? 'no such run')
}

/** A run that was published by a killed process may not have been told of, but none is told of twice. */
function expectToldOnce(workers: SpokenProcess[], runIds: string[]): void {
  const told = successesOf(workers)
  for (const runId of runIds) expect(told.filter((line) => line.includes(runId)).length).toBeLessThanOrEqual(1)
}

describe.runIf(process.env.TEST_DATABASE_URL)('two workers that sync the subscriptions of one account', () => {
  const startOne = () => startWorker('lib/worker/main.ts')

  test(`of ${KILLS} workers that are killed nothing is lost, and nothing is done twice`, {
    timeout: (1 + KILLS) * 90_000,
  }, async () => {
    const { connected, changeAndAsk, letMinutesPass, shown, truth } = await connectFleet()
    let usual = 1_000 // milliseconds that a sync of all takes
    for (let turn = 0; turn <= KILLS; turn++) {
      const asked = await changeAndAsk(`kill ${turn}`)
      const first = await startOne()
      const began = performance.now()
      if (turn > 0) {
        await kill(first, usual, turn)
        await letMinutesPass()
      }
      const second = await startOne()
      await vi.waitFor(async () => expect(await statesOf(asked)).toEqual(asked.map(() => 'succeeded')), {
        ...{ timeout: 80_000, interval: 50 },
      })
      usual = turn === 0 ? performance.now() - began : usual
      expectToldOnce([first, second], asked)
      for (const one of connected) expect(await shown(one)).toEqual(truth(one))
      await Promise.all([first, second].map((one) => one.end()))
    }
  })
})

// The folder of the embedded database belongs to one process at a time: this one, the one that is killed, or the one after it.
describe.skipIf(process.env.TEST_DATABASE_URL)('the one process that has the embedded database', () => {
  const startOne = async () => {
    await rolecall.release()
    return startWorker('testing/worker-process.ts')
  }

  test(`loses nothing of the subscriptions of one account when it is killed ${KILLS} times, and does nothing twice`, {
    timeout: (1 + KILLS) * 120_000,
  }, async () => {
    const { connected, changeAndAsk, letMinutesPass, shown, truth } = await connectFleet()
    const before = new Map<string, string[]>()
    let usual = 1_000 // milliseconds that a sync of all takes
    for (let turn = 0; turn <= KILLS; turn++) {
      const asked = await changeAndAsk(`kill ${turn}`)
      const first = await startOne()
      const workers = [first]
      const began = performance.now()
      let left = asked
      if (turn > 0) {
        await kill(first, usual, turn)
        const states = await statesOf(asked)
        left = asked.filter((_, index) => states[index] !== 'succeeded')
        for (const [index, one] of connected.entries())
          expect(await shown(one)).toEqual(states[index] === 'succeeded' ? truth(one) : before.get(one.id))
        await letMinutesPass()
        workers.push(await startOne())
      }
      const last = workers.at(-1) ?? first
      for (const runId of left) await last.hear((line) => isEvent('sync_succeeded')(line) && line.includes(runId))
      usual = turn === 0 ? performance.now() - began : usual
      expect(await last.end('SIGTERM')).toEqual([0, null])

      expectToldOnce(workers, asked)
      expect(await statesOf(asked)).toEqual(asked.map(() => 'succeeded'))
      const db = await getDbOfEveryOrganisation()
      expect(await db.$count(syncRuns)).toBe((1 + turn) * SUBSCRIPTIONS)
      for (const one of connected) {
        expect(await shown(one)).toEqual(truth(one))
        before.set(one.id, truth(one))
      }
    }
  })
})
