import { afterAll, expect, test, vi } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { listRolePermissions } from '@/db/queries/grants'
import { getPersonAccess } from '@/db/queries/person-access'
import { MOST_COUNTED } from '@/lib/domain/words'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { createLargeAccess } from '@/testing/large-access'
import { countsOf, MOST_JUDGED, readAnswer } from './ask'

const database = await createTestDatabase()
afterAll(() => database.close())

const EVERYTHING = { actions: ['*'], notActions: [], dataActions: [], notDataActions: [] }
const EVERYONE = { id: '00000000-0000-0000-0000-000000000000', kind: 'everyone' } as const
const ANYTHING: Question = { roleIds: [], scope: null, operation: null, who: 'people', cursor: null }

type Question = Parameters<typeof readAnswer>[2]

/** A connection whose Owner role allows everything, with the means to ask who can do anything at all. */
async function startWorld() {
  const world = await createAccessWorld(database.db)
  const published = await world.connection()
  const { id } = published
  const owner = await world.role('Owner', 'grants_access', false, { permissions: [EVERYTHING] })
  return {
    ...world,
    id,
    published,
    /** Somebody who is Owner, directly. */
    person: async (name: string) => {
      const person = await world.principal({ name })
      await world.assign(id, { to: person, role: owner })
      await world.holder(id, person, owner)
      return person
    },
    ask: async (question: Partial<Question> = {}) => {
      const connection = await getConnection(world.actor, id)
      if (!connection) throw new Error('There is no such connection.')
      const permissions = await listRolePermissions(world.actor, connection)
      // Outside a transaction of ours every statement is a transaction, or a loan of a connection, of its own.
      const { engine } = database
      const statements =
        engine.kind === 'embedded' ? vi.spyOn(engine.pglite, 'transaction') : vi.spyOn(engine.pool, 'connect')
      try {
        const answer = await readAnswer(world.actor, connection, { ...ANYTHING, ...question }, permissions)
        return { ...answer, statements: statements.mock.calls.length }
      } finally {
        statements.mockRestore()
      }
    },
  }
}

test('the denials of a whole page are read in as many statements as those of one row', async () => {
  const { id, person, ask, ...world } = await startWorld()
  const group = await world.group(id)
  await world.reach(id, group)
  await world.deny(id, { name: 'Locked', principals: [{ id: group, kind: 'group' }] })
  await world.member(id, group, await person('Person 0'))
  const one = await ask()
  for (let index = 1; index < 50; index++) await world.member(id, group, await person(`Person ${index}`))
  const fifty = await ask()

  expect(one.rows).toHaveLength(1)
  expect(fifty.rows).toHaveLength(50)
  for (const { ways } of fifty.rows) expect(ways.map(({ denials }) => denials)).toEqual([['Locked']])
  expect(fifty.statements).toBe(one.statements)
})

test('a denial cuts off whoever it names, directly or through groups at any depth, and spares whom it excludes in the same way', async () => {
  const { id, published, person, ask, ...world } = await startWorld()
  const [outer, inner, flat, spared, past] = [
    await world.group(id, { name: 'Outer' }),
    await world.group(id, { name: 'Inner' }),
    await world.group(id, { name: 'Flat', state: 'flat' }),
    await world.group(id, { name: 'Spared' }),
    await world.group(id, { name: 'Past' }),
  ]
  await world.reach(id, outer, [inner])
  await world.member(id, outer, inner, { kind: 'group' })
  await world.reach(id, spared, [flat])
  await world.member(id, spared, flat, { kind: 'group' })
  for (const group of [inner, flat, past]) await world.reach(id, group)
  const people = {
    Directly: await person('Directly'),
    Nested: await person('Nested'),
    Flat: await person('Flat'),
    Left: await person('Left'),
    Nowhere: await person('Nowhere'),
  }
  await world.member(id, inner, people.Nested)
  await world.member(id, flat, people.Flat)
  await world.member(id, past, people.Left, { until: PUBLISHED })
  const groupOf = (groupId: string) => ({ id: groupId, kind: 'group' as const })
  await world.deny(id, { name: 'Directly', principals: [{ id: people.Directly, kind: 'user' }] })
  await world.deny(id, { name: 'Outer', principals: [groupOf(outer)] })
  await world.deny(id, { name: 'Flat', principals: [groupOf(flat)] })
  await world.deny(id, { name: 'Past', principals: [groupOf(past)] })
  await world.deny(id, { name: 'Not the spared', principals: [EVERYONE], excluded: [groupOf(spared)] })
  await world.deny(id, { name: 'Not the inner', principals: [groupOf(outer), EVERYONE], excluded: [groupOf(inner)] })
  await world.deny(id, { name: 'Over', principals: [EVERYONE], until: PUBLISHED })

  const { rows } = await ask()
  const denied = rows.map(({ name, ways }) => [name, ways.flatMap(({ denials }) => denials).sort()])
  expect(Object.fromEntries(denied)).toEqual({
    Directly: ['Directly', 'Not the inner', 'Not the spared'],
    Nested: ['Not the spared', 'Outer'],
    Flat: ['Flat', 'Not the inner'],
    Left: ['Not the inner', 'Not the spared'],
    Nowhere: ['Not the inner', 'Not the spared'],
  })
  for (const { principalId, ways } of rows) {
    const access = await getPersonAccess(world.actor, published, principalId)
    expect(ways.flatMap(({ denials }) => denials)).toEqual(access?.denies.map(({ name }) => name))
  }
})

test('those whom a denial leaves no way at all are counted apart from those who can', async () => {
  const { id, person, ask, ...world } = await startWorld()
  const [cut] = [await person('Cut'), await person('Free')]
  expect((await ask()).cutOff).toBe(0)
  await world.deny(id, { name: 'Locked', principals: [{ id: cut, kind: 'user' }] })
  expect(await ask()).toMatchObject({ held: 2, all: 2, cutOff: 1 })
})

test('when more hold it than can be looked at one by one, none of them is, and nobody is said to be cut off', async () => {
  const size = { groups: 20, runs: 1, events: 1 }
  const ask = async (people: number) => {
    const world = await createLargeAccess(database.db, { ...size, people })
    await world.deny(world.connection.id, { principals: [EVERYONE] })
    // As a publish and PostgreSQL do by themselves: without statistics a plan for so many rows takes longer than any page may.
    await database.asOwner('analyze')
    const connection = await getConnection(world.actor, world.connection.id)
    if (!connection) throw new Error('There is no such connection.')
    const permissions = await listRolePermissions(world.actor, connection)
    const { engine } = database
    const statements =
      engine.kind === 'embedded' ? vi.spyOn(engine.pglite, 'transaction') : vi.spyOn(engine.pool, 'connect')
    const { held, cutOff } = await readAnswer(world.actor, connection, ANYTHING, permissions)
    const asked = statements.mock.calls.length
    statements.mockRestore()
    return { held, cutOff, asked }
  }
  const whole = await ask(MOST_JUDGED)
  const tooMany = await ask(MOST_JUDGED + 1)
  expect(whole).toMatchObject({ held: MOST_JUDGED, cutOff: MOST_JUDGED })
  expect(tooMany).toMatchObject({ held: MOST_JUDGED + 1, cutOff: null })
  expect(tooMany.asked).toBeLessThan(whole.asked)
})

test('where very many have access, an answer says that many can, and does not count those who only could', async () => {
  const world = await createLargeAccess(database.db, { groups: 1, runs: 1, events: 1, people: MOST_COUNTED + 500 })
  await database.asOwner('analyze')
  const ask = async () => {
    const connection = await getConnection(world.actor, world.connection.id)
    if (!connection) throw new Error('There is no such connection.')
    return readAnswer(world.actor, connection, ANYTHING, await listRolePermissions(world.actor, connection))
  }
  const exact = await ask()
  expect(countsOf(exact)).toEqual({ held: exact.held, eligible: 0 })
  expect(exact.held).toBeGreaterThan(MOST_COUNTED)
  await world.publishedRun(world.connection.id, { people: 1_000_000 })
  const answer = await ask()
  expect(answer).toMatchObject({ all: 'more', held: 'more' })
  expect(countsOf(answer)).toEqual({ held: 'more', eligible: null })
  expect(answer.rows).toEqual(exact.rows)
})

test('those who are cut off are not among those who can, and who holds it already is not among those who only could', () => {
  expect(countsOf({ all: 9, held: 5, cutOff: 2 })).toEqual({ held: 3, eligible: 4 })
  expect(countsOf({ all: 9, held: 5, cutOff: null })).toEqual({ held: 5, eligible: 4 })
  expect(countsOf({ all: 'more', held: 5, cutOff: 2 })).toEqual({ held: 3, eligible: null })
})
