import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { syncRuns } from '@/db/schema/runs'
import { carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

test('a run writes down each request that it made, page by page, with the rows that came and no id', async () => {
  const tenant = await rolecall.tenant({ people: 12, assignments: 40, pageSize: 3 })
  const id = await connect(tenant)
  await carryRun(rolecall, tenant.owner, id)
  const [run] = await rolecall.db.select().from(syncRuns).where(eq(syncRuns.connectionId, id))
  const made = run?.requests?.made ?? []
  const sent = made.filter(({ batched }) => !batched)
  expect(sent.reduce((sum, { requests }) => sum + requests, 0)).toBe(run?.calls)

  const assignments = made.find(({ path }) => path.endsWith('/Microsoft.Authorization/roleAssignments'))
  expect(assignments).toMatchObject({
    host: 'management.azure.com',
    path: '/subscriptions/{id}/providers/Microsoft.Authorization/roleAssignments',
    apiVersion: expect.stringMatching(/^\d{4}-\d{2}-\d{2}/),
  })
  expect(assignments?.rows).toBeGreaterThanOrEqual(run?.assignments ?? Number.POSITIVE_INFINITY)
  expect(assignments?.requests).toBe(Math.ceil((assignments?.rows ?? 0) / 3))
  expect(assignments?.furtherPages).toBe((assignments?.requests ?? 0) - 1)
  expect(made.some(({ batched, rows }) => batched && rows > 0)).toBe(true)
  expect(run?.requests?.directoryReadAt).toHaveLength(1)
  expect(JSON.stringify(run?.requests)).not.toContain(tenant.subscription.id)
  expect(JSON.stringify(run?.requests)).not.toContain(tenant.tenantId)
})
