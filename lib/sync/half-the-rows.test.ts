import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import type { syncRuns } from '@/db/schema/runs'
import { connectionStatus } from '@/lib/domain/connection-status'
import { coverageSummary } from '@/lib/domain/coverage'
import { carryRun, connect, currentAccess, type Rolecall, startRolecall } from '@/testing/rolecall'
import { requestSync } from './request-sync'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

const ASSIGNMENTS = 20

/** A connection whose assignments come in pages of `pageSize`, of which `cut` lets only the first arrive. */
async function connected(pageSize: number) {
  const tenant = await rolecall.tenant({ people: 10, assignments: ASSIGNMENTS, pageSize: { assignments: pageSize } })
  const id = await connect(tenant)
  const first = await carryRun(rolecall, tenant.owner, id)
  const path = `${tenant.subscription.id}/providers/Microsoft.Authorization/roleAssignments`
  const match = { host: 'management.azure.com', path }
  const sync = async () => {
    await requestSync(tenant.owner, id)
    return carryRun(rolecall, tenant.owner, id)
  }
  return {
    id,
    first,
    sync,
    path,
    log: tenant.world.log,
    shown: () => currentAccess(rolecall, tenant.owner, id),
    cut: (times?: number) => tenant.during([{ match, nextLink: '', ...(times ? { times } : {}) }], sync),
  }
}
const lineOf = ({ coverage }: typeof syncRuns.$inferSelect) => coverage.find(({ dataset }) => dataset === 'assignments')

test('a list of which half is gone is read again, and the longer one is believed', async () => {
  const { first, cut, shown } = await connected(5)
  const before = await shown()
  const run = await cut(1)
  expect(run).toMatchObject({ state: 'succeeded', lost: 0, gaps: first.gaps })
  expect(lineOf(run)).toMatchObject({ state: 'whole', read: first.assignments })
  expect(await shown()).toEqual(before)
})

test('a list of which half stays gone is published with a warning, which stays until the rows are back', async () => {
  const { id, first, cut, sync, shown, log, path } = await connected(5)
  log.length = 0
  const run = await cut()
  expect(log.filter((entry) => entry.path.endsWith(path))).toHaveLength(2)
  const since = first.finishedAt?.toISOString()
  const drop = { before: first.assignments, since }
  expect(run).toMatchObject({ state: 'succeeded', gaps: true, assignments: 5 })
  expect(lineOf(run)).toEqual({
    dataset: 'assignments',
    state: 'whole',
    read: 5,
    missing: 0,
    why: 'assignments_halved',
    drop,
    // Azure does not lose what its list leaves out.
    counted: { azure: first.assignments, read: 5, limit: 4000, at: expect.any(String) },
  })
  const day = first.finishedAt?.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  const words = `${first.assignments - 5} of ${first.assignments} role assignments are gone since ${day}`
  expect(coverageSummary(run.coverage)).toContain(words)
  const [connection] = await rolecall.db.select().from(connections).where(eq(connections.id, id))
  if (!connection) throw new Error('There is no connection.')
  expect(connectionStatus({ ...connection, lastRun: run, openRun: null, now: new Date() })).toMatchObject({
    state: 'gaps',
    detail: words,
  })

  // The next run has nothing to compare with but the short list, and still tells.
  expect(lineOf(await cut())).toMatchObject({ why: 'assignments_halved', drop })
  const back = await sync()
  expect(lineOf(back)).toMatchObject({ state: 'whole', read: first.assignments })
  expect(lineOf(back)).not.toHaveProperty('drop')
  expect(await shown()).toHaveLength(first.assignments)
})

test('fewer rows than before, but more than half, are believed at once', async () => {
  const { first, cut, log, path } = await connected(ASSIGNMENTS - 5)
  log.length = 0
  const run = await cut()
  expect(log.filter((entry) => entry.path.endsWith(path))).toHaveLength(1)
  expect(run).toMatchObject({ state: 'succeeded', gaps: first.gaps, assignments: ASSIGNMENTS - 5 })
  expect(lineOf(run)).not.toHaveProperty('drop')
})

test('exactly half of the rows is half', async () => {
  const { first, cut } = await connected(10)
  expect(first.assignments).toBe(ASSIGNMENTS)
  expect(lineOf(await cut())).toMatchObject({ why: 'assignments_halved', drop: { before: ASSIGNMENTS } })
})
