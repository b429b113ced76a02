import { randomUUID } from 'node:crypto'
import { and, eq, lt } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { listRuns } from '@/db/queries/runs'
import { syncRuns } from '@/db/schema/runs'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { readPages } from './pages'

const database = await createTestDatabase()
afterAll(() => database.close())

/** A connection with runs that were asked for on these days of January. */
async function startWorld(days: number[]) {
  const { actor, connection } = await createAccessWorld(database.db)
  const { id } = await connection()
  const run = { organisationId: actor.organisationId, connectionId: id, trigger: 'manual', state: 'failed' } as const
  if (days.length > 0)
    await database.db
      .insert(syncRuns)
      .values(days.map((day) => ({ ...run, id: randomUUID(), requestedAt: new Date(Date.UTC(2026, 0, day)) })))
  return { id, pages: readPages((cursor) => listRuns(actor, id, cursor, 2)) }
}

const daysOf = (rows: { requestedAt: Date }[]) => rows.map(({ requestedAt }) => requestedAt.getUTCDate())

test('every row comes once, page by page, and a list without rows has no page', async () => {
  const batches = await Array.fromAsync((await startWorld([1, 2, 3, 4, 5])).pages)
  expect(batches.map(daysOf)).toEqual([[5, 4], [3, 2], [1]])
  expect(await Array.fromAsync((await startWorld([])).pages)).toEqual([])
})

test('rows that are deleted while a list is read end it, and do not begin it anew', async () => {
  const { id, pages } = await startWorld([1, 2, 3, 4])
  const first = await pages.next()
  expect(daysOf(first.value ?? [])).toEqual([4, 3])
  await database.db
    .delete(syncRuns)
    .where(and(eq(syncRuns.connectionId, id), lt(syncRuns.requestedAt, new Date('2026-01-03T00:00:00.000Z'))))
  expect(await pages.next()).toEqual({ done: true, value: undefined })
})
