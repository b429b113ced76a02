import { afterAll, expect, test } from 'vitest'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { countPeople } from './count-people'
import { getPerson } from './get-person'
import type { Cursor } from './keyset'
import { listPeople, type PeopleQuery } from './list-people'

const ALL: PeopleQuery = { search: '', status: null, direction: 'asc', cursor: null }

const database = await createTestDatabase()
afterAll(() => database.close())

test('a person is one row with their subscriptions, roles and strongest role counted together', async () => {
  const world = await createAccessWorld(database.db)
  const [first, second] = [await world.connection({ label: 'First' }), await world.connection({ label: 'Second' })]
  const [ada, owner, reader] = [
    await world.principal(),
    await world.role('Owner', 'grants_access'),
    await world.role('Reader'),
  ]
  await world.assign(first.id, { to: ada, role: reader })
  await world.assign(first.id, {
    to: ada,
    role: reader,
    scope: '/subscriptions/s/resourceGroups/rg',
    level: 'resource_group',
  })
  await world.assign(second.id, { to: ada, role: owner })

  expect((await listPeople(world.actor, ALL)).rows).toMatchObject([
    { id: ada, subscriptions: 2, roles: 2, strongest: 'grants_access' },
  ])
  expect((await getPerson(world.actor, ada))?.roles.map((role) => [role.connectionLabel, role.roleName])).toEqual([
    ['First', 'Reader'],
    ['First', 'Reader'],
    ['Second', 'Owner'],
  ])
})

test('only what is published and connected counts', async () => {
  const world = await createAccessWorld(database.db)
  const reader = await world.role('Reader')
  const live = await world.connection()
  const left = await world.connection({ state: 'disconnected' })
  const fresh = await world.connection({ publishedAt: null })
  const [gone, ada] = [await world.principal({ name: 'Gone' }), await world.principal()]
  for (const connection of [left, fresh])
    await world.assign(connection.id, { to: await world.principal({ name: 'Elsewhere' }), role: reader })
  await world.assign(live.id, { to: gone, role: reader, until: PUBLISHED })
  await world.assign(live.id, {
    to: await world.principal({ name: 'Not yet' }),
    role: reader,
    from: new Date(PUBLISHED.getTime() + 1),
  })
  await world.assign(live.id, { to: ada, role: reader })

  expect((await listPeople(world.actor, ALL)).rows.map((row) => row.name)).toEqual(['Ada Novak'])
  expect(await countPeople(world.actor, ALL)).toBe(1)
  expect(await getPerson(world.actor, gone)).toMatchObject({ name: 'Gone', roles: [] })
})

test('search, status, direction and paging work together', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  for (const name of 'abcdefg') {
    const person = await world.principal({
      name: `Person ${name}`,
      email: `${name}@contoso.example`,
      status: name < 'd' ? 'active' : 'disabled',
    })
    await world.assign(connection.id, { to: person, role: reader })
  }
  const names = async (query: Partial<PeopleQuery>) => {
    const found: (string | null)[] = []
    let cursor: Cursor | null = null
    do {
      const page = await listPeople(world.actor, { ...ALL, ...query, cursor }, 2)
      found.push(...page.rows.map((row) => row.name))
      cursor = page.next
    } while (cursor)
    return found.map((name) => name?.slice(-1)).join('')
  }

  expect(await names({})).toBe('abcdefg')
  expect(await names({ direction: 'desc' })).toBe('gfedcba')
  expect(await names({ status: 'disabled' })).toBe('defg')
  expect(await names({ search: 'C@CONTOSO' })).toBe('c')
  expect(await countPeople(world.actor, { search: '', status: 'active' })).toBe(3)

  const second = await listPeople(world.actor, { ...ALL, cursor: (await listPeople(world.actor, ALL, 3)).next }, 3)
  const back = await listPeople(world.actor, { ...ALL, cursor: second.previous }, 3)
  expect(back.rows.map((row) => row.name)).toEqual(['Person a', 'Person b', 'Person c'])
  expect(back.previous).toBeNull()
})

test('a group is no person', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const group = await world.principal({ kind: 'group', name: 'Admins' })
  await world.assign(connection.id, { to: group, role: await world.role('Reader'), kind: 'group' })
  expect((await listPeople(world.actor, ALL)).rows).toEqual([])
  expect(await getPerson(world.actor, group)).toBeNull()
})
