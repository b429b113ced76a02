import { afterAll, expect, test } from 'vitest'
import { members } from '@/db/schema/organisations'
import { savedViews } from '@/db/schema/saved-views'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { findByName } from './find'

const database = await createTestDatabase()
afterAll(() => database.close())

async function startWorld() {
  const world = await createAccessWorld(database.db)
  const production = await world.connection({ label: 'Production' })
  const staging = await world.connection({ label: 'Staging' })
  const reader = await world.role('Reader')
  return {
    ...world,
    production: `/integrations/azure/${production.id}`,
    staging: `/integrations/azure/${staging.id}`,
    ids: [production.id, staging.id],
    reader,
    find: (search: string, last: string[] = []) => findByName(world.actor, { search, last }),
  }
}

test('while nothing is typed, the last subscriptions are offered', async () => {
  const { find, ids, production, staging } = await startWorld()
  const [{ options } = { options: [] }, ...others] = await find('', ids)
  expect(options.map(({ href }) => href)).toEqual([production, staging])
  expect(others).toEqual([])
})

test('what is found leads to its page, and says where it lies', async () => {
  const { find, ids, production, staging, ...world } = await startWorld()
  const [first = '', second = ''] = ids
  const ada = await world.principal({ name: 'Prodan Novak', email: 'prodan@contoso.example', guest: true })
  const nameless = await world.principal({ name: null, email: 'robot.prod@contoso.example', status: 'deleted' })
  const leads = await world.group(first, { name: 'Prod leads' })
  for (const id of ids) await world.holder(id, ada, world.reader)
  await world.holder(second, nameless, world.reader)
  await world.holder(first, leads, world.reader)

  expect(await find('prod')).toEqual([
    {
      kind: 'subscriptions',
      options: [
        {
          href: production,
          label: 'Production',
          detail: expect.stringMatching(/^Production subscription · [0-9a-f-]{36}$/),
        },
      ],
    },
    {
      kind: 'people',
      options: [
        {
          ...{ href: `/people/${ada}`, label: 'Prodan Novak', status: 'active', guest: true },
          detail: 'prodan@contoso.example · in Production and 1 other',
        },
        {
          ...{ href: `/people/${nameless}`, label: 'robot.prod@contoso.example', detail: 'in Staging' },
          ...{ status: 'deleted', guest: false },
        },
      ],
    },
    {
      kind: 'groups',
      options: [{ href: `${production}/groups?group=${leads}`, label: 'Prod leads', detail: 'in Production' }],
    },
  ])
  expect(await find('nothing of this name')).toEqual([])
})

test('a question in plain words is offered, and leads to its answers of all subscriptions', async () => {
  const { find } = await startWorld()
  const deletes = {
    href: '/people/ask?operation=Microsoft.Storage%2FstorageAccounts%2Fdelete',
    label: 'Who can delete a storage account?',
    detail: 'Microsoft.Storage/storageAccounts/delete',
  }
  for (const typed of ['who can delete a storage account', 'delete storage acc'])
    expect(await find(typed)).toEqual([{ kind: 'questions', options: [deletes] }])
  expect(await find('who can grant')).toMatchObject([{ options: [{ label: 'Who can grant access?' }] }])
  // A single word is as well a name.
  expect(await find('grant')).toEqual([])
})

test('a subscription and one of its tabs are found together', async () => {
  const { find, staging } = await startWorld()
  expect(await find('staging ro')).toMatchObject([
    { kind: 'subscriptions', options: [{ href: `${staging}/roles`, label: 'Staging: Roles' }] },
  ])
  expect(await find('people staging')).toMatchObject([{ options: [{ href: staging, label: 'Staging: People' }] }])
})

test('a subscription that is called like one of its tabs comes first, and a page comes once', async () => {
  const { find, staging, ...world } = await startWorld()
  const { id } = await world.connection({ label: 'Staging people' })
  const [found] = await find('staging people')
  expect(found?.options.map(({ href }) => href)).toEqual([`/integrations/azure/${id}`, staging])
})

test('a saved view leads to its list with its filters, and says of which subscription it is and who shares it', async () => {
  const { find, ids, production, actor } = await startWorld()
  const { organisationId, memberId } = actor
  const [walt] = await database.db
    .insert(members)
    .values({ organisationId, objectId: 'walt', name: 'Walt', email: 'walt@contoso.example', role: 'viewer' })
    .returning({ id: members.id })
  const ofWalt = { organisationId, memberId: walt?.id ?? '', shared: true }
  await database.db.insert(savedViews).values([
    { organisationId, memberId, name: 'Gone, high up', list: 'people', connectionId: ids[0], query: '?level=root' },
    { ...ofWalt, name: 'Gone for long', list: 'changes', query: '?effect=lost' },
    { ...ofWalt, name: 'Gone for long, again', list: 'changes', query: '?effect=lost' },
  ])
  expect(await find('gone')).toEqual([
    {
      kind: 'views',
      options: [
        { href: '/changes?effect=lost', label: 'Gone for long', detail: 'Changes · shared by Walt' },
        { href: `${production}?level=root`, label: 'Gone, high up', detail: 'People of Production' },
      ],
    },
  ])
})
