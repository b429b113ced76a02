import { afterAll, expect, test } from 'vitest'
import { parseAskAllView } from '@/lib/domain/views'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { readAnswersOfAll, readQuestionOfAll, withPlane } from './ask-everywhere'
import { askAllList } from './exports/ask-everywhere'
import { findAllResults, listNotReadYet } from './past-results'

const database = await createTestDatabase()
afterAll(() => database.close())

const EVERYTHING = { actions: ['*'], notActions: [], dataActions: [], notDataActions: [] }
const READ_ONLY = { ...EVERYTHING, actions: ['*/read'] }
const DELETE = 'Microsoft.Storage/storageAccounts/delete'

/** Two subscriptions: in one Ada is Owner, Bob could be and Carla is denied everything; in the other Ada only reads. */
async function createCompany() {
  const world = await createAccessWorld(database.db)
  const production = await world.connection({ label: 'Production' })
  const test = await world.connection({ label: 'Test', beside: production })
  const owner = await world.role('Owner', 'grants_access', false, { permissions: [EVERYTHING] })
  const reader = await world.role('Reader', 'reads', false, { permissions: [READ_ONLY] })
  const [ada, bob, carla] = [
    await world.principal({ name: 'Ada' }),
    await world.principal({ name: 'Bob' }),
    await world.principal({ name: 'Carla' }),
  ]
  for (const person of [ada, carla]) {
    await world.assign(production.id, { to: person, role: owner })
    await world.holder(production.id, person, owner)
  }
  await world.assign(production.id, { to: bob, role: owner, held: 'eligible' })
  await world.holder(production.id, bob, owner, { assignmentKind: 'eligible', eligibleCount: 1 })
  await world.deny(production.id, { name: 'Locked', principals: [{ id: carla, kind: 'user' }] })
  await world.assign(test.id, { to: ada, role: reader })
  await world.holder(test.id, ada, reader)
  const people = { people: 1, others: 0, eligible: 0, eligibleOthers: 0 }
  await world.publishedRun(production.id, { roleCounts: { [owner]: { ...people, people: 2, eligible: 1 } } })
  await world.publishedRun(test.id, { roleCounts: { [reader]: people } })
  return { world, owner }
}

test('each subscription answers by its own roles, grants and denials', async () => {
  const { world, owner } = await createCompany()
  const { connections } = await findAllResults(world.actor, '')
  const ask = async (question: Partial<ReturnType<typeof parseAskAllView>>) =>
    readAnswersOfAll(world.actor, connections, { ...parseAskAllView({}), ...question })
  expect(await ask({ operation: DELETE })).toMatchObject([
    { label: 'Production', held: 1, eligible: 1, cutOff: 1 },
    { label: 'Test', held: 0, eligible: 0, cutOff: 0 },
  ])
  expect(await ask({ roleId: owner })).toMatchObject([
    { label: 'Production', held: 1, eligible: 1 },
    { label: 'Test', held: 0, eligible: 0 },
  ])
  expect(await ask({ operation: 'Microsoft.Compute/virtualMachines/read' })).toMatchObject([{ held: 1 }, { held: 1 }])
})

test('plain words suggest operations of all subscriptions, and what is no operation is told', async () => {
  const { world } = await createCompany()
  const { problem, suggestions } = await readQuestionOfAll(world.actor, {
    ...parseAskAllView({}),
    operation: 'delete a storage account',
  })
  expect(problem).not.toBeNull()
  expect(suggestions.map(({ operation }) => operation)).toContain(DELETE)
})

test('the export has a row for every way, with the subscription that it is in, and counts them together', async () => {
  const { world } = await createCompany()
  const of = { organisation: 'Contoso', at: new Date() }
  const question = { ...parseAskAllView({}), operation: DELETE }
  const list = await askAllList(world.actor, await findAllResults(world.actor, ''), of, question)
  const rows = (await Array.fromAsync(list.cells.rows)).flat()
  const column = (name: string) => list.cells.columns.indexOf(name)
  const told = rows.map((row) => ['subscription', 'name', 'this_way'].map((name) => row[column(name)]))
  expect(told.toSorted()).toEqual([
    ['Production', 'Ada', 'now'],
    ['Production', 'Bob', 'after activating a role'],
    ['Production', 'Carla', 'cut off'],
  ])
  expect(await list.count()).toMatchObject({ all: 4, listed: 3 })
  await expect(askAllList(world.actor, await findAllResults(world.actor, ''), of, parseAskAllView({}))).rejects.toThrow(
    'Nothing is asked',
  )
})

test('an operation is asked about on one plane in all subscriptions, the one that the roles known anywhere say', async () => {
  const { world } = await createCompany()
  const operation = 'Microsoft.Unheard/things/read'
  const question = { ...parseAskAllView({}), operation }
  expect((await withPlane(world.actor, question)).plane).toBe('control')
  const permissions = [{ ...EVERYTHING, actions: [], dataActions: [operation] }]
  await world.role('Thing reader', 'reads_data', true, { permissions })
  expect((await withPlane(world.actor, question)).plane).toBe('data')
  expect((await withPlane(world.actor, { ...question, plane: 'control' })).plane).toBe('control')
  const of = { organisation: 'Contoso', at: new Date() }
  const list = await askAllList(world.actor, await findAllResults(world.actor, ''), of, question)
  expect(list.filters).toEqual({ operation: `${operation} as a data operation` })
})

test('a connected subscription that was never read is told, and never looks like one in which nobody can', async () => {
  const { world } = await createCompany()
  await world.connection({ label: 'New', publishedAt: null })
  const all = await findAllResults(world.actor, '')
  expect(listNotReadYet(all.connections).map(({ label }) => label)).toEqual(['New'])
  const of = { organisation: 'Contoso', at: new Date() }
  const list = await askAllList(world.actor, all, of, { ...parseAskAllView({}), operation: DELETE })
  expect(list.notShown).toEqual([{ label: 'New', why: 'nothing of it has been read yet' }])
})
