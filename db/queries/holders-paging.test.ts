import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Cursor, HolderSort } from '@/lib/domain/views'
import { PRINCIPAL_STATUSES, type PrincipalStatus, type ScopeLevel } from '@/lib/domain/vocabulary'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { ALL_PEOPLE, countHolders, type HolderQuery, listHolders } from './holders'
import { EMPTY_PAGE } from './keyset'

const database = await createTestDatabase()
afterAll(() => database.close())

const STATUSES: PrincipalStatus[] = ['active', 'invited', 'disabled', 'deleted', 'not_readable']
const SCOPES: [ScopeLevel, string][] = [
  ['root', '/'],
  ['management_group', '/providers/microsoft.management/managementgroups/corp'],
  ['subscription', '/subscriptions/s'],
  ['resource_group', '/subscriptions/s/resourceGroups/rg'],
  ['resource', '/subscriptions/s/resourceGroups/rg/providers/microsoft.keyvault/vaults/v'],
]

/** Eighteen people in every state, each with one role, at scopes of every level. */
async function fullWorld() {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const roles = [
    await world.role('Owner', 'grants_access'),
    await world.role('Contributor', 'writes'),
    await world.role('Reader'),
  ]
  const people: string[] = []
  for (let index = 0; index < 18; index++) {
    // Several share a name, so that only the id tells their rows apart.
    const person = await world.principal({
      name: `Person ${'abcde'[index % 5]}`,
      email: index % 3 ? `p${index}@contoso.example` : null,
      status: STATUSES[index % 5],
    })
    const [level, scope] = SCOPES[(index * 7) % 5] ?? ['root', '/']
    const role = roles[index % 3] ?? ''
    await world.assign(connection.id, { to: person, role, level, scope })
    await world.holder(connection.id, person, role, { level, scope })
    people.push(person)
  }
  return { actor: world.actor, connection, people }
}

test('with any sort and page size each person is listed once, in order, forward and back, filtered by grants or not', async () => {
  const { actor, connection, people } = await fullWorld()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<HolderSort>('name', 'email', 'status', 'role', 'scope'),
      fc.constantFrom('asc', 'desc'),
      fc.constantFrom(null, 'held'),
      fc.integer({ min: 3, max: 30 }),
      async (sort, direction, held, limit) => {
        const query = { ...ALL_PEOPLE, sort, direction, held }
        const idsOf = ({ rows }: Awaited<ReturnType<typeof listHolders>>) => rows.map(({ principalId }) => principalId)
        const pages: string[][] = []
        let last: Cursor | null = null
        let next: Cursor | null = null
        do {
          const page = await listHolders(actor, connection, { ...query, cursor: next }, limit)
          pages.push(idsOf(page))
          last = page.previous
          next = page.next
        } while (next)
        expect(pages.flat()).toEqual(idsOf(await listHolders(actor, connection, query, 1000)))
        expect(pages.flat().sort()).toEqual([...people].sort())

        for (const expected of pages.slice(0, -1).reverse()) {
          const page = await listHolders(actor, connection, { ...query, cursor: last }, limit)
          expect(idsOf(page)).toEqual(expected)
          last = page.previous
        }
        expect(last).toBeNull()
      },
    ),
    { numRuns: 10 },
  )
})

test('each sort orders by what it is named after', async () => {
  const { actor, connection } = await fullWorld()
  const column = async (sort: HolderSort, direction: 'asc' | 'desc' = 'asc') =>
    (await listHolders(actor, connection, { ...ALL_PEOPLE, sort, direction }, 1000)).rows
  const ascending = (values: (string | number)[]) => expect(values).toEqual([...values].sort())

  ascending((await column('name')).map((row) => row.name ?? ''))
  ascending((await column('status')).map((row) => STATUSES.indexOf(row.status)))
  ascending((await column('scope')).map((row) => SCOPES.findIndex(([level]) => level === row.level)))
  const byStrength = ['grants_access', 'writes', 'reads']
  ascending((await column('role')).map((row) => byStrength.indexOf(row.role.privilege ?? '')))
  expect((await column('email'))[0]?.email).toBeNull()
  const ids = (await column('name')).map((row) => row.principalId)
  expect((await column('name', 'desc')).map((row) => row.principalId)).toEqual(ids.reverse())
})

test('statuses are ordered from known to unknown, and a cursor names the place of one', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  for (const status of PRINCIPAL_STATUSES)
    await world.holder(connection.id, await world.principal({ name: status, status }), reader)
  const read = (at: string[]) =>
    listHolders(world.actor, connection, { ...ALL_PEOPLE, sort: 'status', cursor: { at, side: 'after' } })

  const inOrder = [
    'active',
    'invited',
    'disabled',
    'deleted',
    'not_found',
    'unconfirmed',
    'other_tenant',
    'not_readable',
  ]
  for (const [index] of inOrder.entries()) {
    const { rows } = await read([String(index), 'zzzz', 'zzzz'])
    expect(rows.map(({ status }) => status)).toEqual(inOrder.slice(index))
  }
})

test('a cursor beyond the list, of another sort or made up opens the first page', async () => {
  const { actor, connection } = await fullWorld()
  const first = await listHolders(actor, connection, ALL_PEOPLE, 5)
  const cursors: Cursor[] = [
    { at: ['zzzz', 'zzzz'], side: 'after' },
    { at: [], side: 'before' },
    { at: ['one'], side: 'after' },
  ]
  for (const cursor of cursors)
    expect((await listHolders(actor, connection, { ...ALL_PEOPLE, cursor }, 5)).rows).toEqual(first.rows)
})

test('a search takes %, _ and \\ as they are', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  for (const name of ['100% Ada', '100 Ada', 'a_b', 'acb', 'back\\slash'])
    await world.holder(connection.id, await world.principal({ name }), reader)
  const found = async (search: string) =>
    (await listHolders(world.actor, connection, { ...ALL_PEOPLE, search })).rows.map((row) => row.name)

  expect(await found('0%')).toEqual(['100% Ada'])
  expect(await found('a_b')).toEqual(['a_b'])
  expect(await found('k\\s')).toEqual(['back\\slash'])
  expect(await found('%')).toEqual(['100% Ada'])
  expect(await found('\0')).toHaveLength(5)
  expect(await found('x'.repeat(100_000))).toEqual([])
})

test('groups of other tenants are among the other principals, groups of the directory are not', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  for (const kind of ['user', 'group', 'foreign_group', 'service_principal', 'device'] as const)
    await world.holder(connection.id, await world.principal({ kind, name: kind }), reader)
  const kinds = async (who: HolderQuery['who']) =>
    (await listHolders(world.actor, connection, { ...ALL_PEOPLE, who })).rows.map((row) => row.kind)

  expect(await kinds('people')).toEqual(['user'])
  expect(await kinds('groups')).toEqual(['group'])
  expect(await kinds('others')).toEqual(['device', 'foreign_group', 'service_principal'])
})

test('someone nothing could be read about is shown, not dropped', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [person, role] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
  await world.holder(connection.id, person, role)
  expect((await listHolders(world.actor, connection, ALL_PEOPLE)).rows).toMatchObject([
    { principalId: person, name: null, email: null, status: 'not_readable', role: { name: null, privilege: null } },
  ])
})

test('names that are made to attack come back unchanged', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  const names = [
    '<img src=x onerror=alert(1)>',
    '\u202Eadmin\u202C',
    `Ada ${'n'.repeat(150)}`,
    "Robert'); drop table assignments;--",
    '\u200B\u200D',
  ]
  for (const name of names) await world.holder(connection.id, await world.principal({ name }), reader)

  const shown: (string | null)[] = []
  let cursor: Cursor | null = null
  do {
    const page = await listHolders(world.actor, connection, { ...ALL_PEOPLE, cursor }, 1)
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
    await world.holder(connection.id, await world.principal({ name: `Before ${index}` }), reader, {
      until: index < 3 ? later : null,
    })

  const first = await listHolders(world.actor, connection, ALL_PEOPLE, 3)
  for (let index = 0; index < 4; index++)
    await world.holder(connection.id, await world.principal({ name: `After ${index}` }), reader, { from: later })
  const second = await listHolders(world.actor, connection, { ...ALL_PEOPLE, cursor: first.next }, 3)

  expect([...first.rows, ...second.rows].map((row) => row.name)).toEqual(
    [0, 1, 2, 3, 4, 5].map((index) => `Before ${index}`),
  )
  expect(await countHolders(world.actor, connection, ALL_PEOPLE)).toBe(6)
  expect(await countHolders(world.actor, { ...connection, publishedAt: later }, ALL_PEOPLE)).toBe(7)
})

test('a connection that has published nothing shows nothing', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection({ publishedAt: null })
  await world.holder(connection.id, await world.principal(), await world.role('Reader'))
  expect(await listHolders(world.actor, connection, ALL_PEOPLE)).toEqual(EMPTY_PAGE)
  expect(await countHolders(world.actor, connection, ALL_PEOPLE)).toBe(0)
})

test('each page says which rows it shows, forward and back, and the address of a page without a place says nothing', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  for (let index = 0; index < 7; index++)
    await world.holder(connection.id, await world.principal({ name: `Person ${index}` }), reader)
  const read = (cursor: Cursor | null) => listHolders(world.actor, connection, { ...ALL_PEOPLE, cursor }, 3)

  const first = await read(null)
  const second = await read(first.next)
  const third = await read(second.next)
  expect([first.start, second.start, third.start]).toEqual([0, 3, 6])
  const back = await read(third.previous)
  expect(back).toEqual(second)
  expect((await read(back.previous)).start).toBe(0)
  const { at, side } = first.next ?? { at: [], side: 'after' }
  expect((await read({ at, side })).start).toBeNull()
})
