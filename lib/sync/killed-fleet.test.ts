import { and, eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
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

/** How many workers are killed in the middle of syncing several subscriptions; `CHAOS_KILLS` raises it. */
const KILLS = Number(process.env.CHAOS_KILLS ?? 2)
const SUBSCRIPTIONS = 5
const OPTIONAL = [...OPTIONAL_SCOPES]

describe.runIf(process.env.TEST_DATABASE_URL)('two workers that sync the subscriptions of one account', () => {
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
  const startWorker = async () => {
    const worker = startProcess('lib/worker/main.ts', [], rolecall.settings)
    started.push(worker)
    await worker.hear(isEvent('worker_started'))
    return worker
  }

  test(`of ${KILLS} workers that are killed nothing is lost, and nothing is done twice`, {
    timeout: (1 + KILLS) * 90_000,
  }, async () => {
    const spec = {
      ...fullWorld('killed fleet'),
      managementGroupDepth: 2,
      managementGroups: 3,
      subscriptions: SUBSCRIPTIONS,
    }
    const tenant = await rolecall.tenant({ ...spec, consented: OPTIONAL })
    const connected = []
    for (const subscription of tenant.subscriptions)
      connected.push({ subscription, id: await connect(tenant, subscription.id, { optional: OPTIONAL }) })
    const runsOf = (ids: string[]) =>
      rolecall.db.select().from(syncRuns).where(inArray(syncRuns.id, ids)).orderBy(syncRuns.id)
    const isOfTenant = eq(syncRuns.organisationId, tenant.owner.organisationId)

    let usual = 1_000 // milliseconds that a sync of all takes
    for (let kill = 0; kill <= KILLS; kill++) {
      applyChange(tenant.world, { random: 20, seed: `kill ${kill}`, tenantId: tenant.tenantId })
      await rolecall.db.delete(limitCounts) // fifty kills ask for more syncs than a member may
      const asked: string[] = []
      for (const { id } of connected) asked.push((await requestSync(tenant.owner, id)).runId)
      const first = await startWorker()
      const began = performance.now()
      if (kill > 0) {
        await new Promise((resolve) => setTimeout(resolve, Math.round(usual * Math.random())))
        expect(await first.end('SIGKILL')).toEqual([null, 'SIGKILL'])
        await rolecall.db
          .update(syncRuns)
          .set({ heartbeatAt: sql`now() - interval '5 minutes'` })
          .where(and(isOfTenant, eq(syncRuns.state, 'running')))
      }
      const second = await startWorker()
      await vi.waitFor(
        async () => expect((await runsOf(asked)).map(({ state }) => state)).toEqual(asked.map(() => 'succeeded')),
        { timeout: 80_000, interval: 50 },
      )
      usual = kill === 0 ? performance.now() - began : usual
      for (const runId of asked) {
        const ends = [...first.lines, ...second.lines].filter(
          (line) => isEvent('sync_succeeded')(line) && line.includes(runId),
        )
        expect(ends.length, 'a run that was published by the killed worker may not have told it').toBeLessThanOrEqual(1)
      }
      for (const { subscription, id } of connected) {
        const told = { paths: MOST_PATHS, eligibleMembers: true, activatedMembers: true }
        expect(accessLines(await shownAccess(tenant.owner, id))).toEqual(
          accessLines(trueAccess({ ...tenant, subscription }, told)),
        )
      }
      await Promise.all([first, second].map((one) => one.end()))
    }
  })
})
