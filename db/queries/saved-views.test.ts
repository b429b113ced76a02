import { afterAll, expect, test } from 'vitest'
import { members } from '@/db/schema/organisations'
import { savedViews } from '@/db/schema/saved-views'
import { SAVED_VIEWS_LISTED } from '@/lib/domain/saved-views'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { listSavedViews } from './saved-views'

const database = await createTestDatabase()
afterAll(() => database.close())

/** An organisation with a second member, and a function that saves a view for either. */
async function startWorld() {
  const world = await createAccessWorld(database.db)
  const { organisationId, memberId } = world.actor
  const [other] = await database.db
    .insert(members)
    .values({ organisationId, objectId: 'walt', name: 'Walt', email: 'walt@contoso.example', role: 'viewer' })
    .returning({ id: members.id })
  const walt = { ...world.actor, memberId: other?.id ?? '', name: 'Walt' }
  type View = Omit<typeof savedViews.$inferInsert, 'organisationId' | 'memberId'>
  const save = (by: { memberId: string }, view: View) =>
    database.db.insert(savedViews).values({ organisationId, memberId: by.memberId, ...view })
  return { ...world, vera: { memberId }, walt, save }
}

const PEOPLE = { list: 'all_people', connectionId: null } as const

test('a member is shown their own views, then those that others share, by name and with who made them', async () => {
  const { actor, vera, walt, save } = await startWorld()
  await save(vera, { ...PEOPLE, name: 'team 10', query: '?q=ten' })
  await save(vera, { ...PEOPLE, name: 'Team 2', query: '?q=two', shared: true })
  await save(walt, { ...PEOPLE, name: 'Shared by Walt', query: '?q=walt', shared: true })
  await save(walt, { ...PEOPLE, name: 'For Walt alone', query: '' })

  expect(await listSavedViews(actor, PEOPLE)).toMatchObject({
    views: [
      { name: 'Team 2', query: '?q=two', shared: true, memberId: actor.memberId },
      { name: 'team 10', query: '?q=ten', shared: false, memberId: actor.memberId },
      { name: 'Shared by Walt', query: '?q=walt', shared: true, memberId: walt.memberId, memberName: 'Walt' },
    ],
    hasMore: false,
  })
  expect((await listSavedViews(walt, PEOPLE)).views.map(({ name }) => name)).toEqual([
    'For Walt alone',
    'Shared by Walt',
    'Team 2',
  ])
})

test('of more views than anybody looks through the first are listed, and that there are more is told', async () => {
  const { actor, vera, walt, save } = await startWorld()
  await save(vera, { ...PEOPLE, name: 'Zoe', query: '?q=own' })
  for (let made = 0; made < SAVED_VIEWS_LISTED; made++)
    await save(walt, { ...PEOPLE, name: `Shared ${made}`, query: '', shared: true })
  const { views, hasMore } = await listSavedViews(actor, PEOPLE)
  expect({ first: views[0]?.name, listed: views.length, hasMore }).toEqual({
    first: 'Zoe',
    listed: SAVED_VIEWS_LISTED,
    hasMore: true,
  })
})

test('each list has its own views, and so has each subscription', async () => {
  const { actor, vera, save, ...world } = await startWorld()
  const [{ id: first }, { id: second }] = [await world.connection(), await world.connection()]
  const lists = [
    PEOPLE,
    { list: 'matrix', connectionId: null },
    { list: 'changes', connectionId: null },
    { list: 'people', connectionId: first },
    { list: 'others', connectionId: first },
    { list: 'people', connectionId: second },
  ] as const
  for (const [place, list] of lists.entries()) await save(vera, { ...list, name: `View ${place}`, query: '' })
  for (const [place, list] of lists.entries())
    expect((await listSavedViews(actor, list)).views).toMatchObject([{ name: `View ${place}` }])
})

test.each([
  ['a name that is empty', { name: '' }],
  ['a name of 91 characters', { name: 'a'.repeat(91) }],
  ['a query of 4,001 characters', { query: 'a'.repeat(4_001) }],
  ['a list of a subscription without one', { list: 'people' }],
  ['a list that there is not', { list: 'runs' as 'people' }],
] as const)('the database refuses %s', async (_, wrong) => {
  const { vera, save } = await startWorld()
  await expect(save(vera, { ...PEOPLE, name: 'Team', query: '', ...wrong })).rejects.toThrow()
})

test('the database refuses a subscription for a list over all of them', async () => {
  const { vera, save, ...world } = await startWorld()
  const { id: connectionId } = await world.connection()
  await expect(save(vera, { ...PEOPLE, connectionId, name: 'Team', query: '' })).rejects.toThrow()
})
