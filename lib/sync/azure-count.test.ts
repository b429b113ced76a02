import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { syncRuns } from '@/db/schema/runs'
import { countedSentence } from '@/lib/domain/coverage'
import type { AzureCount } from '@/lib/domain/vocabulary'
import { carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { requestSync } from './request-sync'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

type Run = typeof syncRuns.$inferSelect
const countedBy = ({ coverage }: Run) => coverage.find(({ dataset }) => dataset === 'assignments')?.counted

async function connected() {
  const tenant = await rolecall.tenant({ people: 10, assignments: 20, pageSize: { assignments: 15 } })
  const id = await connect(tenant)
  const first = await carryRun(rolecall, tenant.owner, id)
  const path = `${tenant.subscription.id}/providers/Microsoft.Authorization/`
  return {
    ...tenant,
    first,
    path,
    sync: async () => {
      await requestSync(tenant.owner, id)
      return carryRun(rolecall, tenant.owner, id)
    },
    asked: () => tenant.world.log.filter((entry) => entry.path.includes('roleAssignmentsUsageMetrics')).length,
    /** Makes the count of a run older than it is. */
    age: async (run: Run, hours: number) => {
      const at = new Date(Date.now() - hours * 3_600_000).toISOString()
      const coverage = run.coverage.map((line) => (line.counted ? { ...line, counted: { ...line.counted, at } } : line))
      await rolecall.db.update(syncRuns).set({ coverage }).where(eq(syncRuns.id, run.id))
      return at
    },
  }
}

test('a first sync asks Azure how many assignments it counts, and the next one takes that over for a day', async () => {
  const { first, sync, asked, age } = await connected()
  const counted = countedBy(first)
  expect(counted).toMatchObject({ azure: counted?.read, limit: 4000 })
  expect(counted?.azure).toBeGreaterThan(10)
  const before = asked()
  const second = await sync()
  expect([countedBy(second), asked()]).toEqual([counted, before])
  const at = await age(second, 25)
  const third = countedBy(await sync())
  expect([asked(), third?.azure]).toEqual([before + 1, counted?.azure])
  expect(Date.parse(third?.at ?? '')).toBeGreaterThan(Date.parse(at))
})

test('a list that hides assignments from the account is told by the count at once, since it is asked for again', async () => {
  const { first, path, during, sync } = await connected()
  const match = { host: 'management.azure.com', path: `${path}roleAssignments$` }
  const run = await during([{ match, nextLink: '' }], sync)
  const counted = countedBy(run)
  expect(counted?.azure).toBe(countedBy(first)?.azure)
  expect(counted?.read).toBeLessThan(counted?.azure ?? 0)
  expect(countedSentence(counted ?? NONE)).toContain('perhaps hidden from the account')
})

test.each([
  ['refused', { status: 403, body: { error: { code: 'MadeUp', message: 'refused' } } }],
  ['not understood', { status: 200, body: { roleAssignmentsCurrentCount: 'many' } }],
])('a count that is %s fails nothing, and the earlier one stays with its time', async (_, answer) => {
  const { first, path, during, sync, age } = await connected()
  const at = await age(first, 25)
  const match = { host: 'management.azure.com', path: `${path}roleAssignmentsUsageMetrics` }
  const run = await during([{ match, ...answer }], sync)
  expect(run).toMatchObject({ state: 'succeeded', gaps: first.gaps })
  expect(countedBy(run)).toEqual({ ...countedBy(first), at })
})

test('beside a list of another length nothing is said of an earlier count, when Azure does not tell a new one', async () => {
  const { path, during, sync } = await connected()
  const of = (list: string) => ({ host: 'management.azure.com', path: `${path}${list}` })
  const body = { error: { code: 'MadeUp', message: 'refused' } }
  const run = await during(
    [
      { match: of('roleAssignments$'), nextLink: '' },
      { match: of('roleAssignmentsUsageMetrics'), status: 403, body },
    ],
    sync,
  )
  expect([run.state, countedBy(run)]).toEqual(['succeeded', undefined])
})

const NONE: AzureCount = { azure: 0, read: 0, limit: null, at: '' }
