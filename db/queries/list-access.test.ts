import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { PersonStatus, ScopeLevel } from '@/db/schema'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { countAccess } from './count-access'
import type { Cursor } from './keyset'
import { type AccessQuery, type AccessSort, listAccess } from './list-access'

const ALL: AccessQuery = {
  search: '',
  roleId: null,
  status: null,
  level: null,
  sort: 'name',
  direction: 'asc',
  cursor: null,
}

const database = await createTestDatabase()
afterAll(() => database.close())

/** Twelve people in every state, each with up to three roles at scopes of every level. */
async function fullWorld() {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const roles = [
    await world.role('Owner', 'grants_access'),
    await world.role('Contributor', 'writes'),
    await world.role('Reader'),
  ]
  const statuses: PersonStatus[] = ['active', 'disabled', 'invited', 'deleted', 'not_readable']
  const scopes: [ScopeLevel, string][] = [
    ['root', '/'],
    ['management_group', '/providers/microsoft.management/managementgroups/corp'],
    ['subscription', '/subscriptions/s'],
    ['resource_group', '/subscriptions/s/resourceGroups/rg'],
    ['resource', '/subscriptions/s/resourceGroups/rg/providers/microsoft.keyvault/vaults/v'],
  ]
  const keys: string[] = []
  for (let index = 0; index < 12; index++) {
    // Several share a name, so that only the key tells their rows apart.
    const person = await world.principal({
      name: `Person ${'abcde'[index % 5]}`,
      email: index % 3 ? `p${index}@contoso.example` : null,
      status: statuses[index % 5],
    })
    for (let held = 0; held <= index % 3; held++) {
      const [level, scope] = scopes[(index + held) % 5] ?? ['root', '/']
      keys.push(await world.assign(connection.id, { to: person, role: roles[held] ?? '', level, scope }))
    }
  }
  return { ...world, connectionNow: connection, keys, roles }
}

describe('paging', () => {
  test('with any sort and page size each row comes once, in order, forward and back', async () => {
    const { actor, connectionNow, keys } = await fullWorld()
    const sorts = fc.constantFrom<AccessSort>('name', 'email', 'status', 'role', 'scope')
    await fc.assert(
      fc.asyncProperty(
        sorts,
        fc.constantFrom('asc', 'desc'),
        fc.integer({ min: 3, max: 30 }),
        async (sort, direction, limit) => {
          const whole = await listAccess(actor, connectionNow, { ...ALL, sort, direction }, 1000)
          const pages: string[][] = []
          let last: Cursor | null = null
          let next: Cursor | null = null
          do {
            const page = await listAccess(actor, connectionNow, { ...ALL, sort, direction, cursor: next }, limit)
            pages.push(page.rows.map((row) => row.key))
            last = page.previous
            next = page.next
          } while (next)
          expect(pages.flat()).toEqual(whole.rows.map((row) => row.key))
          expect(pages.flat().sort()).toEqual([...keys].sort())

          for (const expected of pages.slice(0, -1).reverse()) {
            const page = await listAccess(actor, connectionNow, { ...ALL, sort, direction, cursor: last }, limit)
            expect(page.rows.map((row) => row.key)).toEqual(expected)
            last = page.previous
          }
          expect(last).toBeNull()
        },
      ),
      { numRuns: 12 },
    )
  })

  test('each sort orders by what it is named after', async () => {
    const { actor, connectionNow } = await fullWorld()
    const column = async (sort: AccessSort, direction: 'asc' | 'desc' = 'asc') =>
      (await listAccess(actor, connectionNow, { ...ALL, sort, direction }, 1000)).rows
    const ascending = (values: string[]) => expect(values).toEqual([...values].sort())
    const place = (order: string[]) => (value: string) => String(order.indexOf(value))

    ascending((await column('name')).map((row) => row.name ?? ''))
    ascending((await column('role')).map((row) => row.roleName ?? ''))
    ascending(
      (await column('status'))
        .map((row) => row.status)
        .map(place(['active', 'invited', 'disabled', 'deleted', 'not_readable'])),
    )
    ascending(
      (await column('scope'))
        .map((row) => row.level)
        .map(place(['root', 'management_group', 'subscription', 'resource_group', 'resource'])),
    )
    expect((await column('email'))[0]?.email).toBeNull()
    expect((await column('name', 'desc')).map((row) => row.key)).toEqual(
      (await column('name')).map((row) => row.key).reverse(),
    )
  })

  test('a cursor beyond the list, of another sort or made up opens the first page', async () => {
    const { actor, connectionNow } = await fullWorld()
    const first = await listAccess(actor, connectionNow, ALL, 5)
    for (const cursor of [
      { at: ['zzzz', 'zzzz', 'zzzz'], side: 'after' },
      { at: [], side: 'before' },
      { at: ['one'], side: 'after' },
    ] as Cursor[]) {
      expect((await listAccess(actor, connectionNow, { ...ALL, cursor }, 5)).rows).toEqual(first.rows)
    }
  })
})

describe('filters', () => {
  test('role, status and scope level each leave only what matches, and the counts agree', async () => {
    const { actor, connectionNow, roles } = await fullWorld()
    const filters: Partial<AccessQuery>[] = [
      { roleId: roles[1] },
      { status: 'disabled' },
      { status: 'not_readable' },
      { level: 'management_group' },
      { roleId: roles[0], status: 'active', level: 'root' },
      { search: 'P1@CONTOSO' },
      { search: 'person b' },
    ]
    const everything = (await listAccess(actor, connectionNow, ALL, 1000)).rows
    for (const filter of filters) {
      const query = { ...ALL, ...filter }
      const wanted = everything.filter(
        (row) =>
          (!query.roleId || row.roleId === query.roleId) &&
          (!query.status || row.status === query.status) &&
          (!query.level || row.level === query.level) &&
          `${row.name} ${row.email}`.toLowerCase().includes(query.search.toLowerCase()),
      )
      const { rows } = await listAccess(actor, connectionNow, query, 1000)
      expect(rows).toEqual(wanted)
      expect(rows.length).toBeGreaterThan(0)
      expect(await countAccess(actor, connectionNow, query)).toMatchObject({
        assignments: wanted.length,
        people: new Set(wanted.map((row) => row.personId)).size,
      })
    }
  })

  test('a search takes %, _ and \\ as they are', async () => {
    const world = await createAccessWorld(database.db)
    const connection = await world.connection()
    const reader = await world.role('Reader')
    for (const name of ['100% Ada', '100 Ada', 'a_b', 'acb', 'back\\slash'])
      await world.assign(connection.id, { to: await world.principal({ name }), role: reader })
    const found = async (search: string) =>
      (await listAccess(world.actor, connection, { ...ALL, search })).rows.map((row) => row.name)

    expect(await found('0%')).toEqual(['100% Ada'])
    expect(await found('a_b')).toEqual(['a_b'])
    expect(await found('k\\s')).toEqual(['back\\slash'])
    expect(await found('%')).toEqual(['100% Ada'])
    expect(await found('\0')).toHaveLength(5)
    expect(await found('x'.repeat(100_000))).toEqual([])
  })
})

test('only people are listed: what groups and service principals hold is counted apart', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  await world.assign(connection.id, { to: await world.principal(), role: reader })
  await world.assign(connection.id, {
    to: await world.principal({ kind: 'group', name: 'Admins' }),
    role: reader,
    kind: 'group',
  })
  await world.assign(connection.id, {
    to: await world.principal({ kind: 'service_principal', name: null }),
    role: reader,
    kind: 'service_principal',
  })

  expect((await listAccess(world.actor, connection, ALL)).rows.map((row) => row.name)).toEqual(['Ada Novak'])
  expect(await countAccess(world.actor, connection)).toEqual({
    people: 1,
    assignments: 1,
    roles: 1,
    otherPrincipals: 2,
    otherAssignments: 2,
    groups: 1,
  })
})

test('an assignment of someone or something nothing could be read about is shown, not dropped', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  await world.assign(connection.id, {
    to: '00000000-0000-4000-8000-000000000001',
    role: '00000000-0000-4000-8000-000000000002',
  })
  expect((await listAccess(world.actor, connection, ALL)).rows).toMatchObject([
    { name: null, email: null, status: 'not_readable', guest: false, roleName: null, privilege: null },
  ])
})

test('names made to attack come back unharmed', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  const names = [
    '<img src=x onerror=alert(1)>',
    '\u202Eadmin\u202C',
    `Ada ${'n'.repeat(10_000)}`,
    "Robert'); drop table assignments;--",
    '\u200B\u200D',
  ]
  for (const name of names) await world.assign(connection.id, { to: await world.principal({ name }), role: reader })

  const shown: (string | null)[] = []
  let cursor: Cursor | null = null
  do {
    const page = await listAccess(world.actor, connection, { ...ALL, cursor }, 1)
    shown.push(...page.rows.map((row) => row.name))
    expect(JSON.stringify(page.next).length).toBeLessThan(1000)
    cursor = page.next
  } while (cursor)
  expect(shown.sort()).toEqual([...names].sort())
})

test('a result published between two reads of one page does not mix into it', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  const later = new Date(PUBLISHED.getTime() + 60_000)
  for (let index = 0; index < 6; index++)
    await world.assign(connection.id, {
      to: await world.principal({ name: `Before ${index}` }),
      role: reader,
      until: index < 3 ? later : null,
    })

  const first = await listAccess(world.actor, connection, ALL, 3)
  for (let index = 0; index < 4; index++)
    await world.assign(connection.id, {
      to: await world.principal({ name: `After ${index}` }),
      role: reader,
      from: later,
    })
  const second = await listAccess(world.actor, connection, { ...ALL, cursor: first.next }, 3)

  expect([...first.rows, ...second.rows].map((row) => row.name)).toEqual(
    [0, 1, 2, 3, 4, 5].map((index) => `Before ${index}`),
  )
  expect(await countAccess(world.actor, connection)).toMatchObject({ people: 6, assignments: 6 })
  const now = { ...connection, publishedAt: later }
  expect(await countAccess(world.actor, now)).toMatchObject({ people: 7, assignments: 7 })
  expect((await listAccess(world.actor, now, ALL)).rows.filter((row) => row.name?.startsWith('Before'))).toHaveLength(3)
})

test('a connection that has published nothing shows nothing', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection({ publishedAt: null })
  await world.assign(connection.id, { to: await world.principal(), role: await world.role('Reader') })
  expect(await listAccess(world.actor, connection, ALL)).toEqual({ rows: [], previous: null, next: null })
  expect(await countAccess(world.actor, connection)).toMatchObject({ people: 0, assignments: 0 })
})
