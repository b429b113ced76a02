import { parse } from 'csv-parse/sync'
import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { changes } from '@/db/schema/changes'
import { connections } from '@/db/schema/connections'
import { parseChangesView } from '@/lib/domain/views'
import { findAllResults } from '@/lib/past-results'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { changesList } from './changes'
import { toCsvFile } from './csv'
import { streamOf } from './export-file'

const database = await createTestDatabase()
afterAll(() => database.close())

type World = Awaited<ReturnType<typeof createAccessWorld>>

const NEXT = new Date(PUBLISHED.getTime() + 60_000)

const listOf = async ({ actor }: World, asked: Record<string, string> = {}) =>
  changesList(
    actor,
    await findAllResults(actor, ''),
    { organisation: 'Contoso', at: PUBLISHED },
    parseChangesView(asked),
  )

const rowsOf = async ({ cells }: Awaited<ReturnType<typeof listOf>>): Promise<Record<string, string>[]> =>
  parse(await new Response(streamOf(toCsvFile(cells))).text(), { bom: true, columns: true })

/** Somebody who was assigned a role. Gives the id of the change. */
async function assignedTo(world: World, connectionId: string, name: string, role: string) {
  const to = await world.principal({ name })
  const key = await world.assign(connectionId, { to, role })
  return { to, key, id: await world.change(connectionId, { to, role, key }) }
}

test('a row says what a change did, what caused it, who did it, and where each of these is found', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()
  const reader = await world.role('Reader')
  const { to, key, id: changeId } = await assignedTo(world, id, '=Ada', reader)
  await database.db.update(changes).set({ byName: 'Grace' }).where(eq(changes.id, changeId))

  const list = await listOf(world)
  const [row] = await rowsOf(list)
  expect(row).toMatchObject({
    first_seen: '2026-01-15T08:00:00.000Z',
    not_so_yet: '',
    effect: 'gained',
    what: "'=Ada gained Reader of Production",
    why: 'Grace assigned it to =Ada.',
    people: '1',
    other_principals: '0',
    grants: '1',
    role: 'Reader',
    role_id: reader,
    privilege: 'reads',
    privileged: 'no',
    eligible: 'no',
    scope: '/subscriptions/s',
    scope_level: 'subscription',
    subscriptions: '1',
    first_subscriptions: 'Production',
    cause: 'assignment',
    turn: 'begun',
    kind: 'active',
    principal: "'=Ada",
    principal_id: to,
    principal_type: 'user',
    cause_role: 'Reader',
    assignment: key,
    done_by: 'Grace',
    tenant_id: world.tenantId,
    change_id: changeId,
  })
  expect(list).toMatchObject({ list: 'changes', label: 'Contoso', filters: {}, snapshots: [{ id }] })
})

test('every change of every batch comes once', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()
  const [reader, ada] = [await world.role('Reader'), await world.principal({ name: 'Ada' })]
  const ids: string[] = []
  for (let index = 0; index < 230; index++) ids.push(await world.change(id, { to: ada, role: reader, key: `${index}` }))
  const list = await listOf(world)
  expect((await rowsOf(list)).map((row) => row.change_id).sort()).toEqual(ids.sort())
  expect(await list.count()).toEqual({ unit: 'changes', all: 230, listed: 230, filters: [] })
})

test('the filters of the page choose the changes, and the proof says how many each leaves out', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()
  const [reader, owner] = [await world.role('Reader'), await world.role('Owner', 'grants_access')]
  await assignedTo(world, id, 'Ada', reader)
  await assignedTo(world, id, 'Bert', owner)
  const { to } = await assignedTo(world, id, 'Cara', owner)
  const list = await listOf(world, { role: owner, person: to, after: '2026-01-01T00:00:00.000Z' })
  expect((await rowsOf(list)).map(({ principal }) => principal)).toEqual(['Cara'])
  expect(list.filters).toEqual({ roleId: owner, personId: to, after: '2026-01-01T00:00:00.000Z' })
  const { all, listed, filters } = await list.count()
  expect({ all, listed }).toEqual({ all: 3, listed: 1 })
  expect(Object.fromEntries(filters.map(({ name, leavesOut }) => [name, leavesOut]))).toEqual({
    ...{ roleId: 1, personId: 2, after: 0 },
  })
  expect(await rowsOf(await listOf(world, { effect: 'lost' }))).toEqual([])
})

test('the changes of one subscription are exported under its name, and its result alone is proven', async () => {
  const world = await createAccessWorld(database.db)
  const [production, test] = [
    await world.connection({ label: 'Production' }),
    await world.connection({ label: 'Test' }),
  ]
  const reader = await world.role('Reader')
  await assignedTo(world, production.id, 'Ada', reader)
  await assignedTo(world, test.id, 'Bert', reader)
  const list = await listOf(world, { connection: test.id })
  expect(list).toMatchObject({ label: 'Test', snapshots: [{ id: test.id }] })
  expect(list.snapshots).toHaveLength(1)
  expect((await rowsOf(list)).map(({ principal }) => principal)).toEqual(['Bert'])
})

test('a result that is published while changes are exported is proven as well', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  await assignedTo(world, connection.id, 'Ada', await world.role('Reader'))
  const list = await listOf(world)
  await database.db.update(connections).set({ publishedAt: NEXT }).where(eq(connections.id, connection.id))
  expect(await rowsOf(list)).toHaveLength(1)
  expect(list.snapshots.map(({ publishedAt }) => publishedAt)).toEqual([PUBLISHED, NEXT])
})

test('another organisation exports no change', async () => {
  const ours = await createAccessWorld(database.db)
  const theirs = await createAccessWorld(database.db)
  const { id } = await ours.connection()
  await assignedTo(ours, id, 'Ada', await ours.role('Reader'))
  expect(await rowsOf(await listOf(ours))).toHaveLength(1)
  expect(await rowsOf(await listOf(theirs, { connection: id }))).toEqual([])
  expect(await (await listOf(theirs)).count()).toMatchObject({ all: 0, listed: 0 })
})
