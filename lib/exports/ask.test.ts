import { parse } from 'csv-parse/sync'
import { afterAll, expect, test } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { parseAskView } from '@/lib/domain/views'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { askList } from './ask'
import { toCsvFile } from './csv'
import { streamOf } from './export-file'

const database = await createTestDatabase()
afterAll(() => database.close())

const READ_SECRET = 'Microsoft.KeyVault/vaults/secrets/getSecret/action'
const DELETE_VAULT = 'Microsoft.KeyVault/vaults/delete'
const NOTHING = { actions: [], notActions: [], dataActions: [], notDataActions: [] }

/** A subscription with a role that deletes vaults, one that reads secrets, and one that could not be read. */
async function startWorld() {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()
  // The sums of a run that has none any more are counted from its holders.
  await world.publishedRun(id, { people: 1 })
  const [keeper, user, unread] = [
    await world.role('Vault Keeper', 'writes', false, { permissions: [{ ...NOTHING, actions: [DELETE_VAULT] }] }),
    await world.role('Secrets User', 'reads_data', false, {
      permissions: [{ ...NOTHING, dataActions: [READ_SECRET] }],
    }),
    await world.role('Odd'),
  ]
  const connection = async (actor = world.actor) => {
    const found = await getConnection(actor, id)
    if (!found) throw new Error('There is no such connection.')
    return found
  }
  const { subscriptionId } = await connection()
  const scope = `/subscriptions/${subscriptionId}`
  return {
    ...{ ...world, id, keeper, user, unread, scope, connection },
    /** Somebody who holds a role directly, or could activate it. */
    person: async (
      name: string,
      role: string,
      more: { held?: 'eligible'; condition?: string; scope?: string } = {},
    ) => {
      const person = await world.principal({ name })
      await world.assign(id, { scope, to: person, role, ...more })
      await world.holder(id, person, role, { scope, assignmentKind: more.held ?? 'active' })
      return person
    },
    ask: async (asked: Record<string, string>) => askList(world.actor, await connection(), parseAskView(asked)),
  }
}

type List = Awaited<ReturnType<typeof askList>>

/** The rows of the CSV file of an answer, under the names of their columns. */
const rowsOf = async ({ cells }: List): Promise<Record<string, string>[]> =>
  parse(await new Response(streamOf(toCsvFile(cells))).text(), { bom: true, columns: true })

test('the answer has a row for each way, and says what all ways of somebody come to', async () => {
  const { id, keeper, user, unread, scope, person, ask, ...world } = await startWorld()
  await person('Ada', keeper)
  await person('Bert', keeper, { held: 'eligible' })
  const cut = await person('Cara', keeper)
  await person('Dora', user)
  await person('Emil', unread)
  const [outer, inner] = [await world.group(id, { name: 'Outer' }), await world.group(id, { name: 'Inner' })]
  await world.reach(id, outer, [inner])
  await world.member(id, outer, inner, { kind: 'group' })
  const frida = await world.principal({ name: 'Frida' })
  await world.member(id, inner, frida)
  await world.assign(id, { to: outer, kind: 'group', role: keeper, scope })
  await world.holder(id, frida, keeper, { scope, group: outer })
  await world.deny(id, { name: 'Locked', scope, principals: [{ id: cut, kind: 'user' }] })

  const list = await ask({ operation: DELETE_VAULT })
  const rows = await rowsOf(list)
  expect(rows.map((row) => [row.name, row.answer, row.this_way, row.cut_off_by, row.path])).toEqual([
    ['Ada', 'can do it', 'now', '', 'direct'],
    ['Bert', 'could after activating a role', 'after activating a role', '', 'direct'],
    ['Cara', 'cut off', 'cut off', 'Locked', 'direct'],
    ['Frida', 'can do it', 'now', '', 'Inner > Outer'],
  ])
  expect(rows[3]).toMatchObject({ object_id: frida, role: 'Vault Keeper', path_group_ids: `${inner}; ${outer}` })
  expect(list).toMatchObject({ list: 'people who can', label: 'Production', snapshots: [{ id }], at: PUBLISHED })
  expect(list.filters).toEqual({ operation: `${DELETE_VAULT} as a control operation` })
  expect(await list.count()).toEqual({
    unit: 'people',
    all: 6,
    listed: 4,
    filters: [{ name: 'operation', value: `${DELETE_VAULT} as a control operation`, leavesOut: 2 }],
    notKnown: ['The definition of 1 more role could not be read: whether it allows it is not known.'],
  })
})

test('somebody with a way that is cut and one that is not has both rows, and can do it', async () => {
  const { id, keeper, scope, person, ask, ...world } = await startWorld()
  const within = `${scope}/resourceGroups/vaults`
  const ada = await person('Ada', keeper, { scope: within })
  await world.assign(id, { scope, to: ada, role: keeper })
  await world.deny(id, { scope: within, level: 'resource_group', principals: [{ id: ada, kind: 'user' }] })
  const rows = await rowsOf(await ask({ operation: DELETE_VAULT }))
  expect(rows.map((row) => [row.answer, row.this_way]).sort()).toEqual([
    ['can do it', 'cut off'],
    ['can do it', 'now'],
  ])
})

test('each part of a question says whom it leaves out by itself', async () => {
  const { keeper, user, scope, person, ask } = await startWorld()
  const elsewhere = `${scope}/resourceGroups/elsewhere`
  await person('Ada', keeper)
  await person('Bert', keeper, { scope: elsewhere })
  await person('Cara', user)
  const list = await ask({ role: keeper, scope: `${scope}/resourceGroups/vaults`, operation: DELETE_VAULT })
  expect((await rowsOf(list)).map(({ name }) => name)).toEqual(['Ada'])
  const { all, listed, filters } = await list.count()
  expect({ all, listed }).toEqual({ all: 3, listed: 1 })
  expect(filters.map(({ name, leavesOut }) => [name, leavesOut])).toEqual([
    ['role', 1],
    ['scope', 1],
    ['operation', 1],
  ])
  expect(list.filters).toMatchObject({ role: 'Vault Keeper' })
})

test('an operation that no role here allows is answered with nobody, and that is exported too', async () => {
  const { keeper, person, ask } = await startWorld()
  await person('Ada', keeper)
  const list = await ask({ operation: READ_SECRET })
  expect(await rowsOf(list)).toEqual([])
  expect(await list.count()).toMatchObject({ all: 1, listed: 0, filters: [{ name: 'operation', leavesOut: 1 }] })
})

test('a role that was asked for is held, and everything else than people is a list of its own', async () => {
  const { id, keeper, scope, person, ask, ...world } = await startWorld()
  await person('Ada', keeper)
  const pipeline = await world.principal({ name: 'Pipeline', kind: 'service_principal' })
  await world.assign(id, { scope, to: pipeline, role: keeper, kind: 'service_principal' })
  await world.holder(id, pipeline, keeper, { scope })
  expect(await rowsOf(await ask({ role: keeper }))).toMatchObject([{ name: 'Ada', answer: 'holds it' }])
  const others = await ask({ role: keeper, who: 'others' })
  expect(others.list).toBe('other principals that can')
  expect(await rowsOf(others)).toMatchObject([{ name: 'Pipeline', principal_type: 'service_principal' }])
})

test('a condition is told as it stands and in words', async () => {
  const { keeper, user, person, ask } = await startWorld()
  const condition = `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${user}}))`
  await person('Ada', keeper, { condition })
  await person('Dora', user)
  const [row] = await rowsOf(await ask({ role: keeper }))
  expect(row?.condition).toBe(condition)
  expect(row?.condition_in_words).toContain('Secrets User')
})

test('an earlier result is answered as it was', async () => {
  const { id, keeper, scope, connection, actor, ...world } = await startWorld()
  const [from, until] = [new Date('2026-02-01T00:00:00.000Z'), new Date('2026-02-20T00:00:00.000Z')]
  const ada = await world.principal({ name: 'Ada' })
  await world.assign(id, { scope, to: ada, role: keeper, from, until })
  await world.holder(id, ada, keeper, { scope, from, until })
  const namesAt = async (publishedAt: Date) => {
    const list = await askList(actor, { ...(await connection()), publishedAt }, parseAskView({ role: keeper }))
    return (await rowsOf(list)).map(({ name }) => name)
  }
  expect(await namesAt(new Date('2026-02-10T00:00:00.000Z'))).toEqual(['Ada'])
  expect(await namesAt(PUBLISHED)).toEqual([])
})

test('what asks nothing, or makes no sense, is refused with what the page says', async () => {
  const { ask } = await startWorld()
  await expect(ask({ who: 'others' })).rejects.toThrow('Nothing is asked')
  await expect(ask({ operation: 'read secrets' })).rejects.toThrow('This is not the name of an operation')
  await expect(ask({ scope: '/subscriptions/00000000-0000-4000-8000-000000000000' })).rejects.toThrow(
    'This scope lies in another subscription',
  )
})

test('another organisation is answered with nobody, with the right connection in hand', async () => {
  const ours = await startWorld()
  await ours.person('Ada', ours.keeper)
  const theirs = await createAccessWorld(database.db)
  const asked = parseAskView({ role: ours.keeper })
  expect(await rowsOf(await askList(ours.actor, await ours.connection(), asked))).toHaveLength(1)
  expect(await rowsOf(await askList(theirs.actor, await ours.connection(), asked))).toEqual([])
})
