import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { members } from '@/db/schema/organisations'
import { savedViews } from '@/db/schema/saved-views'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import {
  listFoundGroups,
  listFoundPeople,
  listFoundSubscriptions,
  listFoundViews,
  listLastSubscriptions,
} from './found'

const database = await createTestDatabase()
afterAll(() => database.close())

type World = Awaited<ReturnType<typeof createAccessWorld>>
const labels = (rows: { label: string }[]) => rows.map(({ label }) => label)
const names = (rows: { name: string | null }[]) => rows.map(({ name }) => name)

/** People of these names, each Reader of a subscription. */
async function withPeople(world: World, people: string[]) {
  const [connection, reader] = [await world.connection(), await world.role('Reader')]
  for (const name of people) {
    const email = `${name.replaceAll(' ', '.').toLowerCase()}@contoso.example`
    await world.holder(connection.id, await world.principal({ name, email }), reader)
  }
  return { connection, reader }
}

test('a subscription is found by its label, its name in Azure and its ID, the ones first that begin so', async () => {
  const world = await createAccessWorld(database.db)
  for (const label of ['Non-production', 'Production 10', 'Production 2', 'Staging', 'Hundred % sure'])
    await world.connection({ label })
  await world.connection({ label: 'Production of old', state: 'disconnected' })
  await world.connection({ label: 'Production that is deleted', state: 'deleting', publishedAt: null })
  const [staging] = await listFoundSubscriptions(world.actor, 'stag')

  expect(labels(await listFoundSubscriptions(world.actor, ' PRODUCTION '))).toEqual([
    ...['Production 2', 'Production 10', 'Production of old', 'Non-production'],
  ])
  expect(labels(await listFoundSubscriptions(world.actor, 'staging subscription'))).toEqual(['Staging'])
  expect(labels(await listFoundSubscriptions(world.actor, staging?.subscriptionId.toUpperCase() ?? ''))).toEqual([
    'Staging',
  ])
  expect(labels(await listFoundSubscriptions(world.actor, '%'))).toEqual(['Hundred % sure'])
  expect(labels(await listFoundSubscriptions(world.actor, 'production', 2))).toEqual(['Production 2', 'Production 10'])
  for (const nothing of ['', '  ', '\0', 'no such subscription'])
    expect(await listFoundSubscriptions(world.actor, nothing)).toEqual([])
})

test('the subscriptions that were opened last come in that order, and then those that were connected last', async () => {
  const world = await createAccessWorld(database.db)
  const made: string[] = []
  for (let index = 0; index < 4; index++) {
    const { id } = await world.connection({ label: `Sub ${index}` })
    const createdAt = new Date(PUBLISHED.getTime() + index * 60_000)
    await database.db.update(connections).set({ createdAt }).where(eq(connections.id, id))
    made.push(id)
  }
  const [first = '', second = ''] = made

  expect(labels(await listLastSubscriptions(world.actor, []))).toEqual(['Sub 3', 'Sub 2', 'Sub 1', 'Sub 0'])
  const opened = [second, randomUUID(), 'no id at all', first]
  expect(labels(await listLastSubscriptions(world.actor, opened, 3))).toEqual(['Sub 1', 'Sub 0', 'Sub 3'])
})

test('people are found by a part of their name or email, or by their object ID, the ones first whose name begins so', async () => {
  const world = await createAccessWorld(database.db)
  await withPeople(world, ['Bo Novak', 'Ada Byron', 'Novak Djoko', 'Nova Li', 'Grace Hopper'])

  expect(names(await listFoundPeople(world.actor, 'nova'))).toEqual(['Nova Li', 'Novak Djoko', 'Bo Novak'])
  expect(names(await listFoundPeople(world.actor, 'nova', 2))).toEqual(['Nova Li', 'Novak Djoko'])
  expect(names(await listFoundPeople(world.actor, 'grace.hopper@'))).toEqual(['Grace Hopper'])
  const [ada] = await listFoundPeople(world.actor, 'ADA')
  expect(ada).toMatchObject({ name: 'Ada Byron', status: 'active', subscriptions: 1, first: { label: 'Production' } })
  expect(names(await listFoundPeople(world.actor, ada?.id.toUpperCase() ?? ''))).toEqual(['Ada Byron'])
  for (const nothing of ['', ' ', '%', '_', 'nobody of this name'])
    expect(await listFoundPeople(world.actor, nothing)).toEqual([])
})

test('only people with access in a subscription that is connected and published are found, with the number of these', async () => {
  const world = await createAccessWorld(database.db)
  const { connection, reader } = await withPeople(world, [])
  const another = await world.connection({ label: 'Another' })
  const left = await world.connection({ state: 'disconnected' })
  const [ada, gone, elsewhere] = [
    await world.principal({ name: 'Ada' }),
    await world.principal({ name: 'Ada who is gone' }),
    await world.principal({ name: 'Ada elsewhere' }),
  ]
  await world.principal({ name: 'Ada without access' })
  for (const { id } of [connection, another, left]) await world.holder(id, ada, reader)
  await world.holder(connection.id, gone, reader, { until: PUBLISHED })
  await world.holder(left.id, elsewhere, reader)

  expect(await listFoundPeople(world.actor, 'ada')).toMatchObject([
    { id: ada, subscriptions: 2, first: { id: another.id, label: 'Another' } },
  ])
})

test('groups are found apart from people, with a subscription in which each holds a role', async () => {
  const world = await createAccessWorld(database.db)
  const { connection, reader } = await withPeople(world, ['Paula Payments'])
  const payments = await world.group(connection.id, { name: 'Payments leads' })
  await world.group(connection.id, { name: 'Payments without a role' })
  await world.holder(connection.id, payments, reader)

  expect(await listFoundGroups(world.actor, 'payments')).toMatchObject([
    { id: payments, name: 'Payments leads', subscriptions: 1, first: { id: connection.id } },
  ])
  expect(names(await listFoundPeople(world.actor, 'payments'))).toEqual(['Paula Payments'])
})

test('saved views are found by a part of their name: one’s own, and what others share', async () => {
  const world = await createAccessWorld(database.db)
  const { organisationId, memberId } = world.actor
  const [walt] = await database.db
    .insert(members)
    .values({ organisationId, objectId: 'walt', name: 'Walt', email: 'walt@contoso.example', role: 'viewer' })
    .returning({ id: members.id })
  const [production, deleting] = [
    await world.connection({ label: 'Production' }),
    await world.connection({ state: 'deleting', publishedAt: null }),
  ]
  const own = { organisationId, memberId, list: 'all_people', query: '?q=a' } as const
  const ofWalt = { ...own, memberId: walt?.id ?? '' }
  await database.db.insert(savedViews).values([
    { ...own, name: 'Team owners' },
    { ...own, name: 'Owners 10' },
    { ...own, name: 'Owners 2', list: 'people', connectionId: production.id },
    { ...own, name: 'Owners of what is deleted', list: 'people', connectionId: deleting.id },
    { ...ofWalt, name: 'Owners for Walt alone' },
    { ...ofWalt, name: 'Walt’s owners', shared: true },
  ])

  expect(await listFoundViews(world.actor, ' OWNERS ')).toMatchObject([
    { name: 'Owners 2', list: 'people', connectionId: production.id, query: '?q=a', label: 'Production' },
    { name: 'Owners 10', list: 'all_people', connectionId: null, label: null },
    { name: 'Team owners', memberId },
    { name: 'Walt’s owners', memberId: walt?.id, memberName: 'Walt' },
  ])
  expect(names(await listFoundViews(world.actor, 'owners', 1))).toEqual(['Owners 2'])
  for (const nothing of ['', '  ', '%', 'no such view']) expect(await listFoundViews(world.actor, nothing)).toEqual([])
})

test('what another organisation has is found by nobody else, by name or by id', async () => {
  const ours = await createAccessWorld(database.db)
  const { connection, reader } = await withPeople(ours, ['Ada Novak'])
  await ours.holder(connection.id, await ours.group(connection.id, { name: 'Ada’s friends' }), reader)
  const theirs = await createAccessWorld(database.db)
  await withPeople(theirs, ['Adam Ito'])
  const found = async (world: World) => [
    names(await listFoundPeople(world.actor, 'ada')),
    names(await listFoundGroups(world.actor, 'ada')),
    (await listFoundSubscriptions(world.actor, connection.id)).length,
    (await listFoundSubscriptions(world.actor, 'production')).some(({ id }) => id === connection.id),
    (await listLastSubscriptions(world.actor, [connection.id])).some(({ id }) => id === connection.id),
  ]

  expect(await found(ours)).toEqual([['Ada Novak'], ['Ada’s friends'], 0, true, true])
  expect(await found(theirs)).toEqual([['Adam Ito'], [], 0, false, false])
})
