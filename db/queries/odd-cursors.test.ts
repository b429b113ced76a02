import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Cursor } from '@/lib/domain/views'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { listFleet } from './fleet'
import { getGroup, listGroups } from './groups'
import { ALL_PEOPLE, listHolders } from './holders'
import { listPeople } from './people'
import { listScopes } from './result'
import { listRuns } from './runs'

const database = await createTestDatabase()
afterAll(() => database.close())

const world = await createAccessWorld(database.db)
const connection = await world.connection()
const reader = await world.role('Reader')
const group = await world.group(connection.id, { name: 'Readers' })
for (const name of ['Ada', 'Berta', 'Carla']) {
  const person = await world.principal({ name })
  await world.assign(connection.id, { to: person, role: reader })
  await world.holder(connection.id, person, reader)
}

const { actor } = world
const LISTS: [string, (cursor: Cursor | null) => Promise<unknown>][] = [
  ...(['name', 'email', 'status', 'role', 'scope'] as const).map(
    (sort): [string, (cursor: Cursor | null) => Promise<unknown>] => [
      `holders by ${sort}`,
      (cursor) => listHolders(actor, connection, { ...ALL_PEOPLE, sort, cursor }),
    ],
  ),
  ['groups', (cursor) => listGroups(actor, connection, { search: '', cursor })],
  ['members of a group', (cursor) => getGroup(actor, connection, group, cursor)],
  ['scopes', (cursor) => listScopes(actor, connection, { search: '', cursor })],
  ['people', (cursor) => listPeople(actor, 'now', { search: '', status: null, direction: 'asc', cursor })],
  ['runs', (cursor) => listRuns(actor, connection.id, cursor)],
  [
    'connections',
    async (cursor) =>
      (await listFleet(actor, { search: '', states: null }, { grouping: 'account', cursor })).rows.map(({ id }) => id),
  ],
]

const A_DAY_THAT_IS_NOT = '2024-02-30T00:00:00Z'
const AN_ID = '00000000-0000-4000-8000-000000000000'

/** What a hand or a mangled link may put where a time, a number, an ID or a name belongs. */
const value = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(
    A_DAY_THAT_IS_NOT,
    '9'.repeat(400),
    '-1e400',
    'NaN',
    'infinity',
    '{}',
    AN_ID,
    '99999-01-01T00:00:00Z',
  ),
)

test.each(LISTS)('the list of %s opens at whatever cursor an address holds', async (_, read) => {
  const first = await read(null)
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('after', 'before'),
      async (at, side) => void (await read({ at, side })),
    ),
    { numRuns: 150, examples: [[[A_DAY_THAT_IS_NOT, AN_ID], 'after'] as [string[], 'after']] },
  )
  expect(await read({ at: [], side: 'after' })).toEqual(first)
})
