import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { MOST_PATHS } from '@/lib/domain/access-paths'
import { findAllResults } from '@/lib/past-results'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createRandomCompany } from '@/testing/random-company'
import { carryRun, type Rolecall, startRolecall } from '@/testing/rolecall'
import { accessKey, trueAccess, wayOf } from '@/testing/true-access'
import { everyWayList } from './every-way'
import { openExport } from './open-export'
import type { Cells } from './table'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** The rows as objects, under the names of their columns. */
async function rowsOf({ columns, rows }: Cells) {
  const all = (await Array.fromAsync(rows)).flat()
  return all.map((cells) => Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? null])))
}

/** The assignment's own name: what comes last in its key, or in front of the principal, the role and the kind of a delegation. */
const nameIn = (key: string) => key.split(' ').at(key.startsWith('delegated ') ? -4 : -1) ?? ''

test('the rows are exactly the ways that there are in each subscription of a random company', {
  timeout: 120_000,
}, async () => {
  const { tenant, connected } = await createRandomCompany(rolecall, 'every way')
  const { owner } = tenant
  for (const { id } of connected) await carryRun(rolecall, owner, id)
  const exporter = { ...owner, organisationName: 'Contoso' }
  const list = await openExport(exporter, '/people/export?list=ways&q=nobody+is+called+so')
  expect(list).toMatchObject({ list: 'every way', label: 'Contoso', filters: {}, notShown: [] })
  expect(list.snapshots.map(({ id }) => id).toSorted()).toEqual(connected.map(({ id }) => id).toSorted())

  const sees = ({ principalType }: { principalType: string }) => !principalType.endsWith('Group')
  const truth = connected.flatMap(({ subscription }) => {
    const asked = { paths: MOST_PATHS, eligibleMembers: true, activatedMembers: true, sees }
    return [...trueAccess({ ...tenant, subscription }, asked)].flatMap(([key, { ways }]) =>
      [...ways].map((way) => `${subscription.id}: ${key} by ${way}`),
    )
  })
  const rows = await rowsOf(list.cells)
  const told = rows.map((row) => {
    const key = accessKey(String(row.object_id), String(row.role_id), String(row.scope), String(row.kind))
    const groups = Array.isArray(row.path_group_ids) ? row.path_group_ids.toReversed() : []
    return `${row.subscription_id}: ${key} by ${wayOf(nameIn(String(row.assignment)), groups)}`
  })
  expect(truth.length).toBeGreaterThan(30)
  expect(told.toSorted()).toEqual(truth.toSorted())

  const holders = new Set(rows.map((row) => `${row.subscription_id} ${row.object_id}`))
  expect(await list.count()).toEqual({
    ...{ unit: 'people and other principals, counted in each subscription', filters: [], notKnown: [] },
    ...{ all: holders.size, listed: holders.size },
  })
})

/** Two subscriptions with a person each, and in the second one a pipeline too. */
async function createCompany() {
  const world = await createAccessWorld(rolecall.db)
  const [one, two] = [await world.connection({ label: 'One' }), await world.connection({ label: 'Two' })]
  const owner = await world.role('Owner', 'grants_access')
  const put = async (connectionId: string, kind: 'user' | 'service_principal', name: string) => {
    const to = await world.principal({ kind, name })
    await world.assign(connectionId, { to, role: owner, kind })
    await world.holder(connectionId, to, owner)
  }
  await put(one.id, 'user', 'Ada')
  await put(two.id, 'service_principal', 'Pipeline')
  await put(two.id, 'user', 'Bo')
  for (const { id } of [one, two]) await world.publishedRun(id, { people: 1 })
  const list = async (asked = '') =>
    everyWayList(
      world.actor,
      await findAllResults(world.actor, asked),
      { organisation: 'Contoso', at: PUBLISHED },
      asked,
    )
  return { world, two, list }
}

const namesIn = async (cells: Cells) => (await rowsOf(cells)).map(({ subscription, name }) => [subscription, name])

test('people come before other principals, one subscription after the other, also as of a moment', async () => {
  const { list } = await createCompany()
  const everyone = [
    ['One', 'Ada'],
    ['Two', 'Bo'],
    ['Two', 'Pipeline'],
  ]
  expect(await namesIn((await list()).cells)).toEqual(everyone)
  expect(await namesIn((await list('2026-03-01T12:00')).cells)).toEqual(everyone)
})

test('a subscription that was never read is named, and another organisation gets nothing', async () => {
  const { world, list } = await createCompany()
  await world.connection({ label: 'New', publishedAt: null })
  expect((await list()).notShown).toEqual([{ label: 'New', why: 'nothing of it has been read yet' }])

  const other = await createAccessWorld(rolecall.db)
  const theirs = await findAllResults(other.actor, '')
  const of = { organisation: 'Fabrikam', at: PUBLISHED }
  expect(await rowsOf((await everyWayList(other.actor, theirs, of, '')).cells)).toEqual([])
  await expect(everyWayList(other.actor, await findAllResults(world.actor, ''), of, '')).rejects.toThrow(
    'disconnected or deleted',
  )
})

test('a subscription that is disconnected before its rows are taken ends the export', async () => {
  const { two, list } = await createCompany()
  const { cells } = await list()
  await rolecall.db.update(connections).set({ state: 'disconnected' }).where(eq(connections.id, two.id))
  await expect(Array.fromAsync(cells.rows)).rejects.toThrow('disconnected or deleted')
})

test('no more is read than is taken: the second subscription waits for the first one', async () => {
  const { two, list } = await createCompany()
  const rows = (await list()).cells.rows[Symbol.asyncIterator]()
  expect((await rows.next()).value).toHaveLength(1)
  await rolecall.db.update(connections).set({ state: 'disconnected' }).where(eq(connections.id, two.id))
  // What the second one has is only asked for now, and ends in its being gone.
  await expect(Array.fromAsync({ [Symbol.asyncIterator]: () => rows })).rejects.toThrow('disconnected or deleted')
})
