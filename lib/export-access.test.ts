import { parse } from 'csv-parse/sync'
import { afterAll, expect, test } from 'vitest'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { parseAccessView } from './access-view'
import { exportAccess } from './export-access'

const database = await createTestDatabase()
afterAll(() => database.close())

const ALL = parseAccessView({})

const read = async (file: ReadableStream<Uint8Array>): Promise<Record<string, string>[]> =>
  parse(await new Response(file).bytes().then(Buffer.from), { bom: true, columns: true })

test('the file holds every row of every batch once, in the order of the list', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  const names = Array.from({ length: 25 }, (_, index) => `Person ${String.fromCharCode(97 + index)}`)
  for (const name of names.toReversed())
    await world.assign(connection.id, { to: await world.principal({ name }), role: reader })

  expect((await read(exportAccess(world.actor, connection, ALL, 10))).map((row) => row.name)).toEqual(names)
  const upsideDown = { ...ALL, direction: 'desc' as const, search: 'PERSON' }
  expect((await read(exportAccess(world.actor, connection, upsideDown, 10))).map((row) => row.name)).toEqual(
    names.toReversed(),
  )
})

test('a row says who, what, where, how and since when, and nothing in it runs as a formula', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const person = await world.principal({
    name: '=HYPERLINK("https://evil.example")',
    email: '+1@contoso.example',
    guest: true,
    status: 'invited',
  })
  await world.assign(connection.id, {
    to: person,
    role: await world.role('@Auditor', 'reads', true),
    scope: '/',
    level: 'root',
  })

  expect(await read(exportAccess(world.actor, connection, ALL))).toEqual([
    {
      name: '\'=HYPERLINK("https://evil.example")',
      email: "'+1@contoso.example",
      status: 'invited',
      guest: 'yes',
      role: "'@Auditor",
      role_type: 'custom',
      scope: '/',
      scope_level: 'root',
      how: 'Inherited',
      licence: 'Microsoft Azure',
      assigned_on: '',
      first_seen: '2026-01-15T08:00:00.000Z',
    },
  ])
})

test('a result published while the file is read does not mix into it', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  for (const name of ['a', 'b', 'c', 'd'])
    await world.assign(connection.id, { to: await world.principal({ name }), role: reader })

  const stream = exportAccess(world.actor, connection, ALL, 1)
  await world.assign(connection.id, {
    to: await world.principal({ name: 'late' }),
    role: reader,
    from: new Date(PUBLISHED.getTime() + 1),
  })
  expect((await read(stream)).map((row) => row.name)).toEqual(['a', 'b', 'c', 'd'])
})

test('another organisation exports the heading and nothing else', async () => {
  const ours = await createAccessWorld(database.db)
  const theirs = await createAccessWorld(database.db)
  const connection = await ours.connection()
  await ours.assign(connection.id, { to: await ours.principal(), role: await ours.role('Reader') })
  const text = await new Response(exportAccess(theirs.actor, connection, ALL)).text()
  expect(text.trimEnd().split('\r\n')).toHaveLength(1)
})
