import { parse } from 'csv-parse/sync'
import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { organisations } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import { formatMoment } from '@/lib/domain/as-of'
import { parsePeopleView } from '@/lib/domain/views'
import { findAllResults } from '@/lib/past-results'
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
    await findAllResults(actor, ''),
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
    await findAllResults(actor, ''),
    { organisation: 'Contoso', at: PUBLISHED },
    parsePeopleView({}),
  )
  await database.db.update(connections).set({ state: 'disconnected' }).where(eq(connections.id, id))
  await expect(new Response(streamOf(toCsvFile(list.cells))).text()).rejects.toThrow('disconnected or deleted')
})

/** Two subscriptions, of which the second one was connected later, when Ada had been followed by Bert in the first. */
async function startPast() {
  const world = await createAccessWorld(database.db)
  const { organisationId } = world.actor
  const [one, late] = [await world.connection({ label: 'One' }), await world.connection({ label: 'Late' })]
  for (const [{ id: connectionId }, at] of [[one, PUBLISHED] as const, [one, NEXT] as const, [late, NEXT] as const]) {
    const run = { organisationId, connectionId, trigger: 'schedule', state: 'succeeded' } as const
    await database.db.insert(syncRuns).values({ ...run, requestedAt: at, finishedAt: at })
    await database.db.update(connections).set({ publishedAt: at }).where(eq(connections.id, connectionId))
  }
  const reader = await world.role('Reader')
  const [left, came] = [await world.principal({ name: 'Ada' }), await world.principal({ name: 'Bert' })]
  await world.holder(one.id, left, reader, { until: NEXT })
  for (const { id } of [one, late]) await world.holder(id, came, reader, { from: NEXT })
  const all = await findAllResults(world.actor, formatMoment(PUBLISHED))
  const list = allPeopleList(world.actor, all, { organisation: 'Contoso', at: PUBLISHED }, parsePeopleView({}))
  return { world, one, list }
}

test('as of a moment the file has the results of then, and its proof says of which subscription there is none', async () => {
  const { one, list } = await startPast()
  const text = await new Response(streamOf(toCsvFile(list.cells))).text()
  const rows: Record<string, string>[] = parse(text, { bom: true, columns: true })
  expect(rows.map(({ name, subscription, subscription_shown_as_of: at }) => [name, subscription, at])).toEqual([
    ['Ada', 'One', PUBLISHED.toISOString()],
  ])
  expect(await list.count()).toMatchObject({ all: 1, listed: 1 })
  expect(list.snapshots.map(({ id, publishedAt }) => [id, publishedAt])).toEqual([[one.id, PUBLISHED]])
  expect(list.notShown).toEqual([{ label: 'Late', why: 'its first sync ended on 1 March 2026 at 12:01 UTC' }])
})

test('an export of a moment breaks off when the history of that moment is deleted meanwhile', async () => {
  const { world, list } = await startPast()
  await database.db
    .update(organisations)
    .set({ historyPrunedTo: NEXT, historyPrunedAfter: '90_days' })
    .where(eq(organisations.id, world.actor.organisationId))
  await expect(Array.fromAsync(list.cells.rows)).rejects.toThrow('deleted meanwhile')
})
