import { parse } from 'csv-parse/sync'
import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { parsePeopleView } from '@/lib/domain/views'
import { DATASETS } from '@/lib/domain/vocabulary'
import { findAllResults } from '@/lib/past-results'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { toCsvFile } from './csv'
import { streamOf } from './export-file'
import { matrixList } from './matrix'

const database = await createTestDatabase()
afterAll(() => database.close())

type World = Awaited<ReturnType<typeof createAccessWorld>>

const NEXT = new Date(PUBLISHED.getTime() + 60_000)

const listOf = async ({ actor }: World, asked: Record<string, string> = {}) =>
  matrixList(actor, await findAllResults(actor, ''), { organisation: 'Contoso', at: PUBLISHED }, parsePeopleView(asked))

/** The rows of the CSV file, each under the labels of the subscriptions, without their IDs. */
async function rowsOf({ cells }: Awaited<ReturnType<typeof listOf>>): Promise<Record<string, string>[]> {
  const text = await new Response(streamOf(toCsvFile(cells))).text()
  return parse(text, { bom: true, columns: (names: string[]) => names.map((name) => name.replace(/ \(.{36}\)$/, '')) })
}

test('people stand beside subscriptions as on the page, and what is not known is not called nothing', async () => {
  const world = await createAccessWorld(database.db)
  const [production, test, unpublished] = [
    await world.connection({ label: 'Production' }),
    await world.connection({ label: 'Test' }),
    await world.connection({ label: 'New', publishedAt: null }),
  ]
  await world.connection({ label: 'Gone', state: 'disconnected' })
  const coverage = DATASETS.map((dataset) => ({ dataset, state: 'whole', read: 1, missing: 0 }) as const)
  const closed = { dataset: 'groups', state: 'partly', read: 1, missing: 2, why: 'consent_missing' } as const
  await world.publishedRun(production.id, { coverage: coverage.map((line) => ({ ...line })) })
  await world.publishedRun(test.id, {
    coverage: coverage.map((line) => (line.dataset === 'groups' ? closed : { ...line })),
  })
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader')]
  const [ada, bert] = [await world.principal({ name: 'Ada' }), await world.principal({ name: 'Bert' })]
  await world.holder(production.id, ada, owner, { grants: 3 })
  await world.holder(production.id, bert, reader, {
    ...{ scope: '/subscriptions/s/resourceGroups/app', level: 'resource_group', assignmentKind: 'eligible' },
  })
  await world.holder(test.id, bert, reader, { grants: 2, eligible: { role: owner, privilege: 'grants_access' } })

  const list = await listOf(world)
  expect(list.cells.columns.filter((name) => name.includes('('))).toEqual([
    expect.stringMatching(/^Production \([0-9a-f-]{36}\)$/),
    expect.stringMatching(/^Test \([0-9a-f-]{36}\)$/),
  ])
  const rows = await rowsOf(list)
  expect(rows.map((row) => [row.name, row.object_id, row.Production, row.Test])).toEqual([
    ['Ada', ada, 'Owner; 2 more', expect.stringMatching(/^not known: /)],
    ['Bert', bert, 'Reader, eligible at /subscriptions/s/resourceGroups/app', 'Reader; Owner, eligible'],
  ])
  expect(rows.map((row) => row.later_results)).toEqual(['', ''])
  expect(list.snapshots.map(({ id }) => id).sort()).toEqual([production.id, test.id, unpublished.id].sort())
})

test('an empty cell is that of somebody who has nothing in a subscription that was read whole', async () => {
  const world = await createAccessWorld(database.db)
  const [production, test] = [
    await world.connection({ label: 'Production' }),
    await world.connection({ label: 'Test' }),
  ]
  const coverage = DATASETS.map((dataset) => ({ dataset, state: 'whole' as const, read: 1, missing: 0 }))
  await world.publishedRun(test.id, { coverage })
  const [reader, ada] = [await world.role('Reader'), await world.principal({ name: 'Ada' })]
  await world.holder(production.id, ada, reader)
  expect(await rowsOf(await listOf(world))).toMatchObject([{ Production: 'Reader', Test: '' }])
})

test('the filters of the page leave people out, and the proof counts them', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader')]
  await world.holder(id, await world.principal({ name: 'Ada' }), owner)
  await world.holder(id, await world.principal({ name: 'Bert' }), reader)
  const list = await listOf(world, { min: 'grants_access' })
  expect((await rowsOf(list)).map(({ name }) => name)).toEqual(['Ada'])
  expect(list.filters).toEqual({ minimum: 'grants_access' })
  expect(await list.count()).toMatchObject({ unit: 'people', all: 2, listed: 1, filters: [{ leavesOut: 1 }] })
})

test('a sync that publishes meanwhile is named in the rows that show it, and both results are proven', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  await world.holder(connection.id, await world.principal({ name: 'Ada' }), reader, { until: NEXT })
  await world.holder(connection.id, await world.principal({ name: 'Bert' }), reader, { from: NEXT })
  const list = await listOf(world)
  await database.db.update(connections).set({ publishedAt: NEXT }).where(eq(connections.id, connection.id))
  expect((await rowsOf(list)).map((row) => [row.name, row.later_results])).toEqual([
    ['Bert', `Production as of ${NEXT.toISOString()}`],
  ])
  expect(list.snapshots.map(({ publishedAt }) => publishedAt)).toEqual([PUBLISHED, NEXT])
})

test.each(['disconnected', 'deleting'] as const)(
  'a subscription that is %s meanwhile ends the export, since its cells would claim that nobody has anything',
  async (state) => {
    const world = await createAccessWorld(database.db)
    const [kept, lost] = [await world.connection({ label: 'Kept' }), await world.connection({ label: 'Lost' })]
    const reader = await world.role('Reader')
    for (const { id } of [kept, lost]) await world.holder(id, await world.principal(), reader)
    const list = await listOf(world)
    const shown = state === 'deleting' ? { publishedAt: null } : {}
    await database.db
      .update(connections)
      .set({ state, ...shown })
      .where(eq(connections.id, lost.id))
    await expect(rowsOf(list)).rejects.toThrow('disconnected or deleted while it was exported')
  },
)

test('another organisation has people and subscriptions of its own only', async () => {
  const ours = await createAccessWorld(database.db)
  const theirs = await createAccessWorld(database.db)
  const { id } = await ours.connection()
  await ours.holder(id, await ours.principal(), await ours.role('Reader'))
  expect(await rowsOf(await listOf(ours))).toHaveLength(1)
  const list = matrixList(
    theirs.actor,
    await findAllResults(theirs.actor, ''),
    { organisation: 'Fabrikam', at: PUBLISHED },
    parsePeopleView({}),
  )
  expect(await rowsOf(list)).toEqual([])
  expect(list.snapshots).toEqual([])
})
