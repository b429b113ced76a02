import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { principals } from '@/db/schema/directory'
import type { Cursor } from '@/lib/domain/views'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { listCells } from './cells'
import { countPeople, listPeople, type PeopleQuery } from './people'
import { getPerson } from './person'
import type { Results } from './results-shown'

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
  await world.holder(first.id, ada, reader, { grants: 2 })
  await world.holder(second.id, ada, owner)

  expect((await listPeople(world.actor, 'now', ALL)).rows).toMatchObject([
    { id: ada, subscriptions: 2, grants: 3, strongest: 'grants_access' },
  ])
  expect(
    (await getPerson(world.actor, 'now', ada))?.roles.map((role) => [role.connectionLabel, role.roleName]),
  ).toEqual([
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
    await world.holder(connection.id, await world.principal({ name: 'Elsewhere' }), reader)
  await world.holder(live.id, gone, reader, { until: PUBLISHED })
  await world.assign(live.id, { to: gone, role: reader, until: PUBLISHED })
  await world.holder(live.id, await world.principal({ name: 'Not yet' }), reader, {
    from: new Date(PUBLISHED.getTime() + 1),
  })
  await world.holder(live.id, ada, reader)

  expect((await listPeople(world.actor, 'now', ALL)).rows.map((row) => row.name)).toEqual(['Ada Novak'])
  expect(await countPeople(world.actor, 'now', ALL)).toBe(1)
  expect(await getPerson(world.actor, 'now', gone)).toMatchObject({ name: 'Gone', roles: [] })
})

test('as of a moment each connection shows its own result of then, and a person is as they were then', async () => {
  const world = await createAccessWorld(database.db)
  const { actor } = world
  const [first, second] = [await world.connection({ label: 'First' }), await world.connection({ label: 'Second' })]
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader')]
  const earlier = new Date(PUBLISHED.getTime() - 60_000)
  const ada = await world.principal({ guest: true })
  await world.holder(first.id, ada, owner, { until: PUBLISHED, signals: ['can_grant'] })
  await world.assign(first.id, { to: ada, role: owner, until: PUBLISHED })
  await database.db.update(principals).set({ status: 'disabled', guest: false }).where(eq(principals.id, ada))
  for (const { id } of [first, second]) {
    await world.holder(id, ada, reader, { from: PUBLISHED })
    await world.assign(id, { to: ada, role: reader, from: PUBLISHED })
  }
  const then = (...published: (Date | null)[]): Results => ({
    at: earlier,
    of: [first, second].flatMap((one, index) => {
      const publishedAt = published[index]
      return publishedAt ? [{ ...one, publishedAt }] : []
    }),
  })
  const listed = async (results: Results) => (await listPeople(actor, results, ALL)).rows
  const rolesIn = async (results: Results) =>
    (await getPerson(actor, results, ada))?.roles.map((role) => [role.connectionLabel, role.roleName, role.publishedAt])
  const inCells = async (results: Results) =>
    (await listCells(actor, results, [{ tenantId: world.tenantId, id: ada }])).map(({ role }) => role.name)

  const before = then(earlier, earlier)
  expect(await listed(before)).toMatchObject([
    { id: ada, status: 'active', guest: true, subscriptions: 1, strongest: 'grants_access' },
  ])
  expect(await getPerson(actor, before, ada)).toMatchObject({ status: 'active', guest: true })
  expect(await rolesIn(before)).toEqual([['First', 'Owner', earlier]])
  expect(await inCells(before)).toEqual(['Owner'])
  expect(await listed('now')).toMatchObject([
    { status: 'disabled', guest: false, subscriptions: 2, strongest: 'reads' },
  ])
  expect((await inCells('now')).sort()).toEqual(['Reader', 'Reader'])
  for (const [results, filter, people] of [
    [before, { status: 'active' }, 1],
    [before, { status: 'disabled' }, 0],
    [before, { status: null, signal: 'can_grant' }, 1],
    [before, { status: null, minimum: 'grants_access' }, 1],
    ['now', { status: 'active' }, 0],
    ['now', { status: null, signal: 'can_grant' }, 0],
  ] as const) {
    expect(await countPeople(actor, results, { search: '', ...filter })).toBe(people)
    expect((await listPeople(actor, results, { ...ALL, ...filter })).rows).toHaveLength(people)
  }

  // The second one has published since, the first one has not; and the second one alone.
  expect(await rolesIn(then(earlier, PUBLISHED))).toEqual([
    ['First', 'Owner', earlier],
    ['Second', 'Reader', PUBLISHED],
  ])
  expect(await rolesIn(then(null, PUBLISHED))).toEqual([['Second', 'Reader', PUBLISHED]])
  expect(await listed(then(null, earlier))).toEqual([])
  expect(await listed(then())).toEqual([])
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
    await world.holder(connection.id, person, reader, {
      signals: name > 'e' ? ['gone'] : [],
      eligible: name === 'b' ? { role: reader, privilege: 'writes' } : null,
    })
  }
  const names = async (query: Partial<PeopleQuery>) => {
    const found: (string | null)[] = []
    let cursor: Cursor | null = null
    do {
      const page = await listPeople(world.actor, 'now', { ...ALL, ...query, cursor }, 2)
      found.push(...page.rows.map((row) => row.name))
      cursor = page.next
    } while (cursor)
    return found.map((name) => name?.slice(-1)).join('')
  }

  expect(await names({})).toBe('abcdefg')
  expect(await names({ direction: 'desc' })).toBe('gfedcba')
  expect(await names({ status: 'disabled' })).toBe('defg')
  expect(await names({ search: 'C@CONTOSO' })).toBe('c')
  expect(await names({ signal: 'gone' })).toBe('fg')
  expect(await names({ minimum: 'reads' })).toBe('abcdefg')
  expect(await names({ minimum: 'writes_data' })).toBe('b')
  expect(await names({ minimum: 'grants_access' })).toBe('')
  expect(await countPeople(world.actor, 'now', { search: '', status: 'active' })).toBe(3)
  expect(await countPeople(world.actor, 'now', { search: '', status: null, signal: 'gone' })).toBe(2)
  expect(await countPeople(world.actor, 'now', { search: '', status: null, minimum: 'writes_data' })).toBe(1)

  const second = await listPeople(
    world.actor,
    'now',
    { ...ALL, cursor: (await listPeople(world.actor, 'now', ALL, 3)).next },
    3,
  )
  const back = await listPeople(world.actor, 'now', { ...ALL, cursor: second.previous }, 3)
  expect(back.rows.map((row) => row.name)).toEqual(['Person a', 'Person b', 'Person c'])
  expect(back.previous).toBeNull()
})

test('a group is not a person', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const group = await world.principal({ kind: 'group', name: 'Admins' })
  await world.holder(connection.id, group, await world.role('Reader'))
  expect((await listPeople(world.actor, 'now', ALL)).rows).toEqual([])
  expect(await getPerson(world.actor, 'now', group)).toBeNull()
})

test('a cell says what somebody has in a subscription, through which group, and what they could activate', async () => {
  const world = await createAccessWorld(database.db)
  const [first, second] = [await world.connection({ label: 'First' }), await world.connection({ label: 'Second' })]
  await world.connection({ label: 'Third' })
  const left = await world.connection({ label: 'Left', state: 'disconnected' })
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader')]
  const [ada, bob] = [await world.principal({ name: 'Ada' }), await world.principal({ name: 'Bob' })]
  const group = await world.group(first.id)
  await world.holder(first.id, ada, reader, { group, eligible: { role: owner, privilege: 'grants_access' }, grants: 3 })
  await world.holder(second.id, ada, owner, { assignmentKind: 'eligible' })
  await world.holder(left.id, ada, owner)
  await world.holder(first.id, bob, owner)

  const cells = await listCells(world.actor, 'now', [{ tenantId: world.tenantId, id: ada }])
  expect(Map.groupBy(cells, ({ connectionId }) => connectionId)).toEqual(
    new Map([
      [
        first.id,
        [
          expect.objectContaining({
            personId: ada,
            role: { id: reader, name: 'Reader', privilege: 'reads', custom: false },
            groupId: group,
            eligible: { roleId: owner, roleName: 'Owner', privilege: 'grants_access' },
            grants: 3,
          }),
        ],
      ],
      [second.id, [expect.objectContaining({ assignmentKind: 'eligible', eligible: null, groupId: null })]],
    ]),
  )
  expect(await listCells(world.actor, 'now', [])).toEqual([])
})

test('a person’s roles include those of groups they are in at any depth, by the name of the group that holds them', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader')]
  const ada = await world.principal()
  const outer = await world.group(connection.id, { name: 'Outer' })
  const [one, other] = [await world.group(connection.id), await world.group(connection.id)]
  await world.reach(connection.id, outer, [one, other])
  for (const inner of [one, other]) await world.member(connection.id, inner, ada)
  await world.assign(connection.id, { to: outer, kind: 'group', role: owner, held: 'eligible' })
  await world.assign(connection.id, { to: ada, role: reader })

  expect((await getPerson(world.actor, 'now', ada))?.roles).toMatchObject([
    { roleName: 'Owner', kind: 'eligible', groupId: outer, groupName: 'Outer' },
    { roleName: 'Reader', kind: 'active', groupId: null, groupName: null },
  ])
})
