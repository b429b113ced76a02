import { afterAll, expect, test } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { listRolesHeld } from '@/db/queries/roles'
import { parseAccessView } from '@/lib/domain/views'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { readTypedFilter } from './typed-filter'

const database = await createTestDatabase()
afterAll(() => database.close())

const GROUP = '/providers/Microsoft.Management/managementGroups/mg-1'

/** A subscription below a management group called Corp, with roles at two resource groups, and the means to type into its list. */
async function startWorld() {
  const world = await createAccessWorld(database.db)
  const published = await world.connection({
    managementGroups: [{ id: 'mg-1', name: 'Corp' }],
  })
  const { subscriptionId } = (await getConnection(world.actor, published.id)) ?? {}
  const scopeOf = (name: string) => `/subscriptions/${subscriptionId}/resourceGroups/${name}`
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader', 'reads')]
  const ada = await world.principal({ name: 'Ada' })
  for (const name of ['rg-payments', 'rg-payroll'])
    await world.assign(published.id, { to: ada, role: reader, scope: scopeOf(name), level: 'resource_group' })
  await world.assign(published.id, { to: ada, role: owner, scope: GROUP, level: 'management_group' })
  await world.holder(published.id, ada, owner)
  const type = async (search: string, more = {}) => {
    const connection = await getConnection(world.actor, published.id)
    if (!connection) throw new Error('There is no such connection.')
    const roles = await listRolesHeld(world.actor, connection)
    return readTypedFilter(world.actor, connection, { ...parseAccessView({}), ...more, search }, roles)
  }
  return { owner, reader, scopeOf, type }
}

test('typed filters become those of the view, before the ones that its address has, and the rest is searched for', async () => {
  const { type, scopeOf } = await startWorld()
  const { view, problems } = await type('scope:rg-payments guest -disabled ada', { guest: 'none', how: 'group' })
  expect(problems).toEqual([])
  expect(view).toEqual({
    ...parseAccessView({}),
    search: 'ada',
    scope: scopeOf('rg-payments'),
    guest: 'only',
    notStatus: ['disabled'],
    how: 'group',
  })
})

test('a scope is found by its name, a management group by the name that is shown, and any scope by its path', async () => {
  const { type, scopeOf } = await startWorld()
  expect((await type('scope:PAYROLL')).view.scope).toBe(scopeOf('rg-payroll'))
  expect((await type('scope:corp')).view.scope).toBe(GROUP)
  expect((await type(`scope:${scopeOf('rg-empty')}`)).view.scope).toBe(scopeOf('rg-empty'))
})

test('a scope that is not to be told from another, or that is not known, is told and left out', async () => {
  const { type } = await startWorld()
  const several = await type('scope:pay')
  expect(several.view).toEqual(parseAccessView({}))
  expect(several.problems).toEqual([expect.stringContaining('it fits 2 scopes')])
  expect((await type('scope:nowhere')).problems).toEqual([
    expect.stringContaining('no role is held at a scope of that name'),
  ])
  expect((await type('scope:/subscriptions/other')).problems).toEqual([expect.stringContaining('another subscription')])
})
