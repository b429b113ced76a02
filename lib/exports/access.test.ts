import { randomUUID } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { afterAll, expect, test } from 'vitest'
import type { Snapshot } from '@/db/queries/snapshot'
import { parseAccessView } from '@/lib/domain/views'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { accessTable } from './access'
import { toCsvFile } from './csv'
import { streamOf } from './export-file'
import { cellsOf } from './table'

const database = await createTestDatabase()
afterAll(() => database.close())

const ALL = parseAccessView({})

type World = Awaited<ReturnType<typeof createAccessWorld>>
type Query = Parameters<typeof accessTable>[2]

/** The CSV file of a list, and its rows under the names of their columns. */
const textOfFile = async (actor: World['actor'], snapshot: Snapshot, query: Query, batch?: number) =>
  new Response(streamOf(toCsvFile(cellsOf(accessTable(actor, { snapshot, coverage: [] }, query, batch))))).text()
const read = async (...of: Parameters<typeof textOfFile>): Promise<Record<string, string>[]> =>
  parse(await textOfFile(...of), { bom: true, columns: true })

test('the file holds every row of every batch once, in the order of the list', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  const names = Array.from({ length: 25 }, (_, index) => `Person ${String.fromCharCode(97 + index)}`)
  for (const name of names.toReversed()) {
    const person = await world.principal({ name })
    await world.assign(connection.id, { to: person, role: reader })
    await world.holder(connection.id, person, reader)
  }

  expect((await read(world.actor, connection, ALL, 10)).map((row) => row.name)).toEqual(names)
  const upsideDown = { ...ALL, direction: 'desc' as const, search: 'PERSON' }
  expect((await read(world.actor, connection, upsideDown, 10)).map((row) => row.name)).toEqual(names.toReversed())
})

test('a row says who has what, where, how and since when, and nothing in it runs as a formula', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const person = await world.principal({
    name: '=HYPERLINK("https://evil.example")',
    email: '+1@contoso.example',
    guest: true,
    status: 'invited',
  })
  const role = await world.role('@Auditor', 'reads', true)
  const assignment = await world.assign(connection.id, {
    to: person,
    role,
    scope: '/',
    level: 'root',
    held: 'eligible',
    startsAt: new Date('2026-02-01T00:00:00.000Z'),
    endsAt: new Date('2026-12-01T00:00:00.000Z'),
    condition: '-1',
  })
  await world.holder(connection.id, person, role)

  expect(await read(world.actor, connection, ALL)).toEqual([
    {
      name: '\'=HYPERLINK("https://evil.example")',
      email: "'+1@contoso.example",
      status: 'invited',
      guest: 'yes',
      role: "'@Auditor",
      role_type: 'custom',
      privilege: 'reads',
      scope: '/',
      scope_level: 'root',
      how: 'Direct',
      group: '',
      kind: 'eligible',
      starts: '2026-02-01T00:00:00.000Z',
      ends: '2026-12-01T00:00:00.000Z',
      condition: "'-1",
      licence: 'Microsoft Azure',
      assigned_on: '',
      first_seen: '2026-01-15T08:00:00.000Z',
      object_id: person,
      tenant_id: world.tenantId,
      principal_type: 'user',
      variety: '',
      organisation: '',
      email_source: '',
      not_read_since: '',
      user_principal_name: '',
      role_id: role,
      privileged: 'no',
      assignment: `eligible / ${assignment.split(' ').at(-1)}`,
      assigned_by: '',
      assigned_by_id: '',
      path: 'direct',
      path_group_ids: '',
      path_memberships: '',
      path_members_since: '',
      path_first_seen: '2026-01-15T08:00:00.000Z',
      path_ends: '2026-12-01T00:00:00.000Z',
      more_paths: 'no',
      denied: '',
      last_sign_in: '',
      last_sign_in_source: 'not read',
      signals: '',
    },
  ])
})

test('every role somebody has is a row, once for each group it comes through, as far as the filters ask for it', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader')]
  const ada = await world.principal({ name: 'Ada' })
  const [outer, inner, other] = [
    await world.group(connection.id, { name: 'Outer' }),
    await world.group(connection.id, { name: 'Inner' }),
    await world.group(connection.id, { name: 'Other' }),
  ]
  await world.reach(connection.id, outer, [inner])
  await world.reach(connection.id, other)
  await world.member(connection.id, inner, ada)
  await world.member(connection.id, other, ada)
  await world.assign(connection.id, { to: outer, kind: 'group', role: owner })
  await world.assign(connection.id, { to: other, kind: 'group', role: owner })
  await world.assign(connection.id, { to: ada, role: reader })
  await world.holder(connection.id, ada, owner, { group: other })

  const rows = async (query: Partial<typeof ALL>) =>
    (await read(world.actor, connection, { ...ALL, ...query })).map(({ role, how, group }) => `${role} ${how} ${group}`)
  expect((await rows({})).sort()).toEqual(['Owner Through group Other', 'Owner Through group Outer', 'Reader Direct '])
  expect(await rows({ roleIds: [reader] })).toEqual(['Reader Direct '])
  expect(await rows({ how: 'direct', roleIds: [owner] })).toEqual([])
  expect(await rows({ how: 'group' })).toHaveLength(2)
})

test('a result published while the file is read does not mix into it', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  for (const name of ['a', 'b', 'c', 'd']) {
    const person = await world.principal({ name })
    await world.assign(connection.id, { to: person, role: reader })
    await world.holder(connection.id, person, reader)
  }

  const reading = read(world.actor, connection, ALL, 1)
  const [late, from] = [await world.principal({ name: 'late' }), new Date(PUBLISHED.getTime() + 1)]
  await world.assign(connection.id, { to: late, role: reader, from })
  await world.holder(connection.id, late, reader, { from })
  expect((await reading).map((row) => row.name)).toEqual(['a', 'b', 'c', 'd'])
})

test('another organisation exports the heading and nothing else', async () => {
  const ours = await createAccessWorld(database.db)
  const theirs = await createAccessWorld(database.db)
  const connection = await ours.connection()
  const [person, reader] = [await ours.principal(), await ours.role('Reader')]
  await ours.assign(connection.id, { to: person, role: reader })
  await ours.holder(connection.id, person, reader)
  const lines = async (actor: typeof ours.actor) => (await textOfFile(actor, connection, ALL)).trimEnd().split('\r\n')
  expect(await lines(ours.actor)).toHaveLength(2)
  expect(await lines(theirs.actor)).toHaveLength(1)
})

test('two people with one name and one address are told apart by their object IDs', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const role = await world.role('Reader')
  const twins = [1, 2].map(() => world.principal({ name: 'Sam Twin', email: 'sam@contoso.example' }))
  for (const twin of await Promise.all(twins)) {
    await world.assign(connection.id, { to: twin, role })
    await world.holder(connection.id, twin, role)
  }
  const rows = await read(world.actor, connection, ALL)
  expect(rows.map((row) => row.object_id).sort()).toEqual((await Promise.all(twins)).sort())
  expect(new Set(rows.map((row) => row.tenant_id))).toEqual(new Set([world.tenantId]))
})

test('other principals are exported in the same columns, with what they are', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [reader, unread] = [await world.role('Reader'), randomUUID()]
  const pipeline = await world.principal({ name: 'Pipeline', kind: 'service_principal', variety: 'managed_identity' })
  const partner = await world.principal({
    name: 'Tier 1',
    kind: 'delegate',
    organisation: 'Fabrikam',
    status: 'other_tenant',
  })
  await world.assign(connection.id, { to: pipeline, role: reader, kind: 'service_principal' })
  await world.assign(connection.id, { to: partner, role: unread, kind: 'delegate' })
  await world.holder(connection.id, pipeline, reader)
  await world.holder(connection.id, partner, unread)

  const rows = await read(world.actor, connection, { ...ALL, who: 'others' })
  expect(rows).toMatchObject([
    { name: 'Pipeline', principal_type: 'service_principal', variety: 'managed_identity', role_type: 'built-in' },
    { name: 'Tier 1', principal_type: 'delegate', organisation: 'Fabrikam', role_type: 'unknown', role: unread },
  ])
})

test('every way to a role is a row of its own, with every group on it, outermost last', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const owner = await world.role('Owner', 'grants_access', false, { privileged: true })
  const ada = await world.principal({ name: 'Ada' })
  const [outer, left, right] = [
    await world.group(connection.id, { name: 'Outer' }),
    await world.group(connection.id, { name: 'Left' }),
    await world.group(connection.id, { name: 'Right' }),
  ]
  await world.reach(connection.id, outer, [left, right])
  for (const inner of [left, right]) {
    await world.member(connection.id, inner, ada)
    await world.member(connection.id, outer, inner, { kind: 'group' })
  }
  await world.assign(connection.id, { to: outer, kind: 'group', role: owner })
  await world.assign(connection.id, { to: ada, role: owner })
  await world.holder(connection.id, ada, owner)

  const rows = await read(world.actor, connection, ALL)
  expect(rows.map(({ path }) => path).sort()).toEqual(['Left > Outer', 'Right > Outer', 'direct'])
  expect(rows.find(({ path }) => path === 'Left > Outer')).toMatchObject({
    path_group_ids: `${left}; ${outer}`,
    path_memberships: 'active; active',
    how: 'Through group',
    group: 'Outer',
    privileged: 'yes',
  })
})
