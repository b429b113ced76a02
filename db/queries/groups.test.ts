import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import type { Cursor } from '@/lib/domain/views'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { listDenials } from './denials'
import { getGroup, listGroups } from './groups'
import { listScopes } from './result'

const database = await createTestDatabase()
afterAll(() => database.close())

const LATER = new Date(PUBLISHED.getTime() + 1)
const ALL = { search: '', cursor: null }

/** Reads a list page by page, forward, and then the page before its last. */
async function paged<Row>(
  read: (cursor: Cursor | null) => Promise<{ rows: Row[]; previous: Cursor | null; next: Cursor | null }>,
) {
  const pages: Row[][] = []
  let [cursor, back]: (Cursor | null)[] = [null, null]
  do {
    const page = await read(cursor ?? null)
    pages.push(page.rows)
    cursor = page.next
    back = page.previous
  } while (cursor)
  if (back) expect((await read(back)).rows).toEqual(pages.at(-2))
  return pages.flat()
}

test('groups are listed by name with what they hold here themselves, and paged by key', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader')]
  const admins = await world.group(connection.id, { name: 'Admins', directMembers: 2, members: 7 })
  const inside: string[] = []
  for (const name of ['delta', 'Beta', 'Same', 'Same'])
    inside.push(await world.group(connection.id, { name, state: 'not_asked' }))
  for (const [role, scope] of [
    [owner, '/subscriptions/s'],
    [reader, '/subscriptions/s'],
    [reader, '/subscriptions/s/resourceGroups/rg'],
  ] as const)
    await world.assign(connection.id, { to: admins, role, scope, kind: 'group' })
  await world.assign(connection.id, { to: admins, role: owner, kind: 'group', until: PUBLISHED })
  for (const times of [{ from: LATER }, { until: PUBLISHED }])
    inside.push(await world.group(connection.id, { name: 'Another time', ...times }))
  await world.reach(connection.id, admins, inside)

  const rows = await paged((cursor) => listGroups(world.actor, connection, { search: '', cursor }, 2))
  expect(rows.map(({ name }) => name)).toEqual(['Admins', 'Beta', 'delta', 'Same', 'Same'])
  expect(new Set(rows.map(({ id }) => id)).size).toBe(5)
  expect(rows[0]).toEqual({
    id: admins,
    name: 'Admins',
    status: 'active',
    state: 'whole',
    directMembers: 2,
    members: 7,
    ages: { members: null, services: null, eligible: null, owners: null },
    owners: 0,
    eligible: 0,
    grants: 3,
    roles: 2,
    nestedOnly: false,
  })
  expect(rows[1]).toMatchObject({ state: 'not_asked', grants: 0, roles: 0, nestedOnly: true })
  const found = await listGroups(world.actor, connection, { search: 'ELT', cursor: null })
  expect(found.rows.map(({ name }) => name)).toEqual(['delta'])
})

test('a group comes with what it holds, the groups it is in, and its own members by name', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader')]
  const [team, outer, inner] = [
    await world.group(connection.id, { name: 'Team' }),
    await world.group(connection.id, { name: 'Outer' }),
    await world.group(connection.id, { name: 'Inner' }),
  ]
  await world.assign(connection.id, { to: team, role: reader, kind: 'group' })
  await world.assign(connection.id, { to: team, role: owner, kind: 'group', held: 'eligible', endsAt: LATER })
  await world.assign(connection.id, { to: outer, role: owner, kind: 'group' })
  await world.member(connection.id, outer, team, { kind: 'group' })
  await world.member(connection.id, team, inner, { kind: 'group' })
  await world.reach(connection.id, team, [inner])
  await world.reach(connection.id, outer, [team, inner])
  for (const name of ['Ada', 'Bo', 'Zed']) await world.member(connection.id, team, await world.principal({ name }))
  const unknown = randomUUID()
  await world.member(connection.id, team, unknown, { kind: 'device' })
  await world.member(connection.id, team, await world.principal({ name: 'Left' }), { until: PUBLISHED })
  await world.member(connection.id, inner, await world.principal({ name: 'Deeper' }))

  const group = await getGroup(world.actor, connection, team.toUpperCase())
  expect(group).toMatchObject({
    id: team,
    name: 'Team',
    grants: 2,
    held: [
      { roleName: 'Owner', kind: 'eligible', endsAt: LATER },
      { roleName: 'Reader', kind: 'active', endsAt: null },
    ],
    parents: [{ id: outer, name: 'Outer' }],
  })
  const members = await paged(async (cursor) => {
    const read = await getGroup(world.actor, connection, team, cursor, 2)
    if (!read) throw new Error('There is no such group.')
    return read.memberPage
  })
  expect(members.filter(({ id }) => id !== unknown).map(({ name }) => name)).toEqual(['Ada', 'Bo', 'Inner', 'Zed'])
  expect(members.find(({ id }) => id === unknown)).toMatchObject({ kind: 'device', name: null, status: 'not_readable' })
  expect(members.find(({ id }) => id === inner)?.kind).toBe('group')
})

test('a group of another time, of another connection or that nobody has is not found', async () => {
  const world = await createAccessWorld(database.db)
  const [connection, elsewhere] = [await world.connection(), await world.connection()]
  const past = await world.group(connection.id, { until: PUBLISHED })
  const other = await world.group(elsewhere.id)
  for (const id of [past, other, randomUUID(), '', '\0', 'x'])
    expect(await getGroup(world.actor, connection, id)).toBeNull()
  expect(await getGroup(world.actor, { ...elsewhere, publishedAt: null }, other)).toBeNull()
})

test('of the groups of an account a connection shows those that its own access or denials run through', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const beside = await world.connection({ label: 'Development', beside: connection })
  const reader = await world.role('Reader')
  const [holding, inner, denied, spared, elsewhere, unused] = [
    await world.group(connection.id, { name: 'Holding' }),
    await world.group(connection.id, { name: 'Inner' }),
    await world.group(connection.id, { name: 'Denied' }),
    await world.group(connection.id, { name: 'Spared' }),
    await world.group(connection.id, { name: 'Elsewhere' }),
    await world.group(connection.id, { name: 'Unused' }),
  ]
  await world.assign(connection.id, { to: holding, role: reader, kind: 'group' })
  await world.assign(connection.id, { to: unused, role: reader, kind: 'group', until: PUBLISHED })
  await world.assign(beside.id, { to: elsewhere, role: reader, kind: 'group' })
  await world.deny(connection.id, {
    principals: [{ id: denied, kind: 'group' }],
    excluded: [{ id: spared, kind: 'group' }],
  })
  await world.reach(connection.id, holding, [inner])
  await world.reach(connection.id, elsewhere, [inner])
  for (const group of [denied, spared, unused]) await world.reach(connection.id, group)
  await world.member(connection.id, holding, inner, { kind: 'group' })
  await world.member(connection.id, elsewhere, inner, { kind: 'group' })

  const namesOf = async (of: typeof connection) =>
    (await listGroups(world.actor, of, ALL)).rows.map(({ name }) => name).sort()
  expect(await namesOf(connection)).toEqual(['Denied', 'Holding', 'Inner', 'Spared'])
  expect(await namesOf(beside)).toEqual(['Elsewhere', 'Inner'])
  for (const id of [elsewhere, unused]) expect(await getGroup(world.actor, connection, id)).toBeNull()
  expect((await getGroup(world.actor, connection, inner))?.parents.map(({ name }) => name)).toEqual(['Holding'])
  expect((await getGroup(world.actor, beside, inner))?.parents.map(({ name }) => name)).toEqual(['Elsewhere'])
})

test('what a group holds at the nodes above a subscription counts with what it holds there', async () => {
  const world = await createAccessWorld(database.db)
  const start = await world.connection()
  const { connection, nodeId: node } = await world.nodeAbove(start)
  const reader = await world.role('Reader')
  const group = await world.group(connection.id)
  await world.reach(connection.id, group)
  await world.assign(connection.id, { to: group, role: reader, kind: 'group' })
  await world.assign(connection.id, { to: group, role: reader, kind: 'group', scope: '/', level: 'root', node })

  expect((await listGroups(world.actor, connection, ALL)).rows).toMatchObject([{ id: group, grants: 2, roles: 1 }])
  expect((await getGroup(world.actor, connection, group))?.held.map(({ scope }) => scope)).toEqual([
    '/',
    '/subscriptions/s',
  ])
  expect((await listGroups(world.actor, start, ALL)).rows).toMatchObject([{ grants: 1 }])
})

test('scopes are listed once however they are spelt, the widest first', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [ada, reader] = [await world.principal(), await world.role('Reader')]
  const deep = `/subscriptions/s/resourceGroups/rg/providers/microsoft.keyvault/vaults/${'v'.repeat(200)}`
  const held = [
    ['resource', `${deep}2`],
    ['resource', `${deep}1`],
    ['resource_group', '/subscriptions/s/resourceGroups/RG'],
    ['resource_group', '/subscriptions/s/resourcegroups/rg'],
    ['subscription', '/subscriptions/s'],
    ['root', '/'],
    ['management_group', '/providers/Microsoft.Management/managementGroups/corp'],
  ] as const
  for (const [level, scope] of held) await world.assign(connection.id, { to: ada, role: reader, level, scope })
  await world.assign(connection.id, { to: ada, role: reader, scope: '/subscriptions/past', until: PUBLISHED })

  const rows = await paged((cursor) => listScopes(world.actor, connection, { search: '', cursor }, 2))
  expect(rows.map(({ level, assignments }) => `${level} ${assignments}`)).toEqual([
    'root 1',
    'management_group 1',
    'subscription 1',
    'resource_group 2',
    'resource 1',
    'resource 1',
  ])
  expect(new Set(rows.map(({ scope }) => scope)).size).toBe(6)
  const found = await listScopes(world.actor, connection, { search: 'KEYVAULT', cursor: null })
  expect(found.rows.map(({ level }) => level)).toEqual(['resource', 'resource'])
})

test('denials are listed with whom they name and exclude, as of the moment', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const principals = [{ id: randomUUID(), kind: 'group' as const }]
  const excluded = [{ id: randomUUID(), kind: 'user' as const }]
  for (const name of ['b', 'A']) await world.deny(connection.id, { name, principals, excluded })
  await world.deny(connection.id, { name: 'past', principals, until: PUBLISHED })

  const rows = await listDenials(world.actor, connection)
  expect(rows.map(({ name }) => name).sort()).toEqual(['A', 'b'])
  expect(rows[0]).toMatchObject({ principals, excluded, level: 'subscription', permissions: [{ actions: ['*'] }] })
})

test('before a first result there are no groups, scopes or denials, and a cursor beyond a list gives its first page', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const group = await world.group(connection.id)
  await world.reach(connection.id, group)
  const role = await world.role('Reader')
  await world.assign(connection.id, { to: group, kind: 'group', role })
  const unpublished = { ...connection, publishedAt: null }
  expect((await listGroups(world.actor, unpublished, ALL)).rows).toEqual([])
  expect((await listScopes(world.actor, unpublished, ALL)).rows).toEqual([])
  expect(await listDenials(world.actor, unpublished)).toEqual([])
  const beyond: Cursor = { at: ['zzz', 'zzz'], side: 'after' }
  expect((await listGroups(world.actor, connection, { search: '', cursor: beyond })).rows).toHaveLength(1)
  expect((await listScopes(world.actor, connection, { search: '', cursor: beyond })).rows).toHaveLength(1)
})
