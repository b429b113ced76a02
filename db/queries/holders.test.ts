import { afterAll, expect, test } from 'vitest'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { ALL_PEOPLE, countHolders, countHoldersByStatus, type HolderQuery, listHolders } from './holders'

const database = await createTestDatabase()
afterAll(() => database.close())

const RG = '/subscriptions/s/resourceGroups/rg'

/** Ada is Reader by herself and Owner through a group inside a group; Bob is Contributor and could become Owner. */
async function createCompany() {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [owner, contributor, reader] = [
    await world.role('Owner', 'grants_access'),
    await world.role('Contributor', 'writes'),
    await world.role('Reader', 'reads'),
  ]
  const [ada, bob] = [
    await world.principal({ name: 'Ada', email: 'z@contoso.example' }),
    await world.principal({ name: 'Bob', email: 'a@contoso.example', status: 'disabled' }),
  ]
  const outer = await world.group(connection.id, { name: 'Outer' })
  const inner = await world.group(connection.id, { name: 'Inner' })
  await world.reach(connection.id, outer, [inner])
  await world.member(connection.id, outer, inner, { kind: 'group' })
  await world.member(connection.id, inner, ada)
  await world.assign(connection.id, { to: outer, kind: 'group', role: owner })
  await world.assign(connection.id, { to: ada, role: reader, scope: RG, level: 'resource_group' })
  await world.assign(connection.id, { to: bob, role: contributor })
  await world.assign(connection.id, { to: bob, role: owner, held: 'eligible' })
  await world.holder(connection.id, ada, owner, {
    group: outer,
    grants: 2,
    direct: 1,
    signals: ['can_grant', 'large_group'],
  })
  await world.holder(connection.id, bob, contributor, {
    eligible: { role: owner, privilege: 'grants_access' },
    grants: 2,
    eligibleCount: 1,
    signals: ['gone'],
  })
  await world.holder(connection.id, outer, owner)
  const names = async (query: Partial<HolderQuery>) => {
    const { rows } = await listHolders(world.actor, connection, { ...ALL_PEOPLE, ...query })
    expect(await countHolders(world.actor, connection, { ...ALL_PEOPLE, ...query })).toBe(rows.length)
    return rows.map((row) => row.name)
  }
  return { world, connection, owner, contributor, reader, ada, bob, outer, inner, names }
}

test('a person is one row with the strongest role, the group it comes through and a stronger eligible one', async () => {
  const { world, connection, owner, contributor, ada, bob, outer } = await createCompany()
  const { rows } = await listHolders(world.actor, connection, ALL_PEOPLE)
  expect(rows).toEqual([
    {
      principalId: ada,
      tenantId: world.tenantId,
      kind: 'user',
      name: 'Ada',
      email: 'z@contoso.example',
      emailSource: null,
      status: 'active',
      guest: false,
      variety: null,
      organisation: null,
      lastSignInAt: null,
      role: { id: owner, name: 'Owner', privilege: 'grants_access', custom: false },
      scope: '/subscriptions/s',
      level: 'subscription',
      assignmentKind: 'active',
      group: { id: outer, name: 'Outer', state: 'whole' },
      eligible: null,
      grants: 2,
      direct: 1,
      eligibleCount: 0,
      groups: 1,
      unreadSince: null,
      signals: ['can_grant', 'large_group'],
    },
    expect.objectContaining({
      principalId: bob,
      tenantId: world.tenantId,
      status: 'disabled',
      role: { id: contributor, name: 'Contributor', privilege: 'writes', custom: false },
      group: null,
      eligible: { roleId: owner, roleName: 'Owner', privilege: 'grants_access' },
      signals: ['gone'],
    }),
  ])
})

test('a list filtered by grants shows the matching grant, not the strongest', async () => {
  const { world, connection, owner, reader } = await createCompany()
  const readers = await listHolders(world.actor, connection, { ...ALL_PEOPLE, roleIds: [reader] })
  expect(readers.rows).toMatchObject([{ name: 'Ada', role: { name: 'Reader' }, scope: RG, group: null }])
  const owners = await listHolders(world.actor, connection, { ...ALL_PEOPLE, roleIds: [owner] })
  expect(owners.rows).toMatchObject([
    { name: 'Ada', group: { name: 'Outer' }, assignmentKind: 'active' },
    { name: 'Bob', group: null, assignmentKind: 'eligible', eligible: null },
  ])
})

test('every filter narrows the list and its count alike', async () => {
  const { names, owner, contributor, reader } = await createCompany()
  expect(await names({})).toEqual(['Ada', 'Bob'])
  expect(await names({ who: 'groups' })).toEqual(['Outer'])
  expect(await names({ who: 'others' })).toEqual([])
  expect(await names({ search: 'Z@CONTOSO' })).toEqual(['Ada'])
  expect(await names({ status: 'disabled' })).toEqual(['Bob'])
  expect(await names({ notStatus: ['disabled', 'deleted'] })).toEqual(['Ada'])
  expect(await names({ guest: 'only' })).toEqual([])
  expect(await names({ guest: 'none' })).toEqual(['Ada', 'Bob'])
  expect(await names({ signal: 'large_group' })).toEqual(['Ada'])
  expect(await names({ signal: 'orphan' })).toEqual([])
  expect(await names({ how: 'direct' })).toEqual(['Ada', 'Bob'])
  expect(await names({ how: 'group' })).toEqual(['Ada'])
  expect(await names({ how: 'direct', roleIds: [owner] })).toEqual(['Bob'])
  expect(await names({ held: 'eligible' })).toEqual(['Bob'])
  expect(await names({ held: 'held', roleIds: [owner] })).toEqual(['Ada'])
  expect(await names({ held: 'activated' })).toEqual([])
  expect(await names({ level: 'resource_group' })).toEqual(['Ada'])
  expect(await names({ roleIds: [contributor, reader] })).toEqual(['Ada', 'Bob'])
  expect(await names({ roleIds: [owner], who: 'groups' })).toEqual(['Outer'])
})

test('those whom a filter leaves are counted for each status', async () => {
  const { world, connection, owner } = await createCompany()
  const countBy = async (query: Partial<HolderQuery>) =>
    Object.fromEntries(await countHoldersByStatus(world.actor, connection, { ...ALL_PEOPLE, ...query }))
  expect(await countBy({})).toEqual({ active: 1, disabled: 1 })
  expect(await countBy({ roleIds: [owner], held: 'held' })).toEqual({ active: 1 })
  expect(await countBy({ search: 'nobody' })).toEqual({})
})

test('of two equal grants a filtered list shows the one that was assigned outright, like a list that is not filtered', async () => {
  const { world, connection, contributor } = await createCompany()
  const carla = await world.principal({ name: 'Carla' })
  await world.holder(connection.id, carla, contributor, { grants: 2 })
  await world.assign(connection.id, { to: carla, role: contributor, held: 'activated' })
  await world.assign(connection.id, { to: carla, role: contributor })
  const query = { ...ALL_PEOPLE, search: 'Carla' }
  const shown = async (more: Partial<HolderQuery>) =>
    (await listHolders(world.actor, connection, { ...query, ...more })).rows.map(({ assignmentKind }) => assignmentKind)
  expect(await shown({ roleIds: [contributor] })).toEqual(await shown({}))
  expect(await shown({})).toEqual(['active'])
})

test('a search for a whole object ID finds whose it is, in any case, and a part of one finds nobody', async () => {
  const { ada, names } = await createCompany()
  expect(await names({ search: ada.toUpperCase() })).toEqual(['Ada'])
  expect(await names({ search: ada.slice(0, 13) })).toEqual([])
})
