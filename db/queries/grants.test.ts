import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { syncRuns } from '@/db/schema/runs'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { listMatchingGrants } from './grants'
import { listRoleHolders } from './roles'

const database = await createTestDatabase()
afterAll(() => database.close())

const MANAGEMENT_GROUP = '/providers/Microsoft.Management/managementGroups/'

test('a filter by scope finds the grants at it and above it, never those below or beside it', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection({
    managementGroups: [
      { id: 'Root', name: 'Tenant root group' },
      { id: 'Corp', name: 'Corp' },
    ],
  })
  const { id } = connection
  const [ada, reader] = [await world.principal(), await world.role('Reader')]
  const held = [
    ['/', 'root'],
    [`${MANAGEMENT_GROUP}Root`, 'management_group'],
    [`${MANAGEMENT_GROUP}Corp`, 'management_group'],
    ['/subscriptions/s', 'subscription'],
    ['/subscriptions/s/resourceGroups/App', 'resource_group'],
    ['/subscriptions/s/resourceGroups/AppTwo', 'resource_group'],
    ['/subscriptions/s/resourceGroups/App/providers/x/y/z', 'resource'],
  ] as const
  for (const [scope, level] of held) await world.assign(id, { to: ada, role: reader, scope, level })
  const actingAt = async (scope: string) =>
    (await listMatchingGrants(world.actor, connection, [ada], { scope })).map((grant) => grant.scope).sort()
  const first = (count: number) => held.slice(0, count).map(([scope]) => scope)

  expect(await actingAt('/')).toEqual(['/'])
  expect(await actingAt(`${MANAGEMENT_GROUP}ROOT`)).toEqual(first(2).sort())
  expect(await actingAt(`${MANAGEMENT_GROUP}corp`)).toEqual(first(3).sort())
  expect(await actingAt('/subscriptions/S')).toEqual(first(4).sort())
  expect(await actingAt('/subscriptions/s/resourcegroups/app')).toEqual(first(5).sort())
  expect(await actingAt('/subscriptions/s/resourceGroups/App/providers/x/y/z/w')).toEqual(
    [...first(5), held[6][0]].sort(),
  )
})

test('grants are those of the people asked about, as of the moment, each once however many groups lead to it', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [ada, bob, owner] = [
    await world.principal(),
    await world.principal(),
    await world.role('Owner', 'grants_access'),
  ]
  const outer = await world.group(connection.id, { name: 'Outer' })
  const inner = [await world.group(connection.id), await world.group(connection.id)]
  await world.reach(connection.id, outer, inner)
  for (const group of inner) await world.member(connection.id, group, ada)
  await world.member(connection.id, outer, bob, { until: PUBLISHED })
  await world.assign(connection.id, { to: outer, kind: 'group', role: owner })
  await world.assign(connection.id, { to: bob, role: owner, until: PUBLISHED })
  const endsAt = new Date('2026-03-01T18:00:00.000Z')
  await world.assign(connection.id, { to: ada, role: owner, held: 'activated', endsAt, condition: 'only here' })

  const both = await listMatchingGrants(world.actor, connection, [ada, bob])
  expect(both).toHaveLength(2)
  expect(both).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ principalId: ada, groupId: outer, groupName: 'Outer', privilege: 'grants_access' }),
      expect.objectContaining({ groupId: null, kind: 'activated', endsAt, condition: 'only here' }),
    ]),
  )
  expect(await listMatchingGrants(world.actor, connection, [bob])).toEqual([])
  expect(await listMatchingGrants(world.actor, connection, [])).toEqual([])
  expect(await listMatchingGrants(world.actor, connection, [ada], { held: 'eligible' })).toEqual([])
  expect(await listMatchingGrants(world.actor, connection, [ada], { how: 'group' })).toHaveLength(1)
})

test('the first holders of a role, and of those who could activate it, are the same whether few or many hold it', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const { id } = connection
  const [reader, owner] = [await world.role('Reader'), await world.role('Owner', 'grants_access')]
  const group = await world.group(id)
  await world.reach(id, group)
  for (const name of ['Eve', 'Dan', 'Cid', 'Bo', 'Al']) {
    const person = await world.principal({ name })
    if (name !== 'Cid') await world.member(id, group, person)
    await world.holder(id, person, reader)
    await world.assign(id, { to: person, role: reader })
  }
  await world.assign(id, { to: group, role: owner, kind: 'group' })
  // They come first by name, and leave no room for the holders if both are counted together.
  for (const name of ['Aa', 'Ab', 'Ac', 'Ad']) {
    const person = await world.principal({ name })
    await world.holder(id, person, reader)
    await world.assign(id, { to: person, role: reader, held: 'eligible' })
  }
  const names = async () =>
    (await listRoleHolders(world.actor, connection, [reader, owner], 3)).map(({ roleId, name, held }) =>
      [roleId === owner ? 'Owner' : 'Reader', held ? 'held' : 'eligible', name].join(' '),
    )
  const wanted = ['Owner held Al', 'Owner held Bo', 'Owner held Dan']
    .concat(['Reader eligible Aa', 'Reader eligible Ab', 'Reader eligible Ac'])
    .concat(['Reader held Al', 'Reader held Bo', 'Reader held Cid'])

  const few = { people: 5, others: 0, eligible: 4, eligibleOthers: 0 }
  const many = { ...few, people: 1_001 }
  const runId = await world.publishedRun(id, { roleCounts: { [reader]: few, [owner]: few } })
  expect((await names()).sort()).toEqual(wanted)
  await database.db
    .update(syncRuns)
    .set({ roleCounts: { [reader]: many, [owner]: many } })
    .where(eq(syncRuns.id, runId))
  expect((await names()).sort()).toEqual(wanted)
})
