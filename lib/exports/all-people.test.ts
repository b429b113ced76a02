import { parse } from 'csv-parse/sync'
import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { listConnections } from '@/db/queries/connections'
import { connections } from '@/db/schema/connections'
import { parsePeopleView } from '@/lib/domain/views'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { allPeopleList } from './all-people'
import { toCsvFile } from './csv'
import { streamOf } from './export-file'

const database = await createTestDatabase()
afterAll(() => database.close())

const NEXT = new Date(PUBLISHED.getTime() + 60_000)

test('a sync that publishes while all people are exported is shown with its own time, and both results are proven', async () => {
  const world = await createAccessWorld(database.db)
  const { actor } = world
  const connection = await world.connection()
  const reader = await world.role('Reader')
  const left = await world.principal({ name: 'Ada' })
  const came = await world.principal({ name: 'Bert' })
  await world.holder(connection.id, left, reader, { until: NEXT })
  await world.holder(connection.id, came, reader, { from: NEXT })
  const list = allPeopleList(
    actor,
    await listConnections(actor),
    { organisation: 'Contoso', at: PUBLISHED },
    parsePeopleView({}),
  )
  await database.db.update(connections).set({ publishedAt: NEXT }).where(eq(connections.id, connection.id))

  const text = await new Response(streamOf(toCsvFile(list.cells))).text()
  const rows: Record<string, string>[] = parse(text, { bom: true, columns: true })
  expect(rows.map(({ name, subscription_shown_as_of: at }) => [name, at])).toEqual([['Bert', NEXT.toISOString()]])
  expect(list.snapshots.map(({ publishedAt }) => publishedAt)).toEqual([PUBLISHED, NEXT])
})

test('a subscription that is disconnected while all people are exported ends the export', async () => {
  const world = await createAccessWorld(database.db)
  const { actor } = world
  const { id } = await world.connection()
  await world.holder(id, await world.principal(), await world.role('Reader'))
  const list = allPeopleList(
    actor,
    await listConnections(actor),
    { organisation: 'Contoso', at: PUBLISHED },
    parsePeopleView({}),
  )
  await database.db.update(connections).set({ state: 'disconnected' }).where(eq(connections.id, id))
  await expect(new Response(streamOf(toCsvFile(list.cells))).text()).rejects.toThrow('disconnected or deleted')
})
