import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listSavedViews } from '@/db/queries/saved-views'
import { connections } from '@/db/schema/connections'
import { auditEvents } from '@/db/schema/organisations'
import {
  type ListAddress,
  LONGEST_SAVED_QUERY,
  readListAddress,
  readViewName,
  SAVED_VIEWS_PER_MEMBER,
} from '@/lib/domain/saved-views'
import { removeMember } from '@/lib/members'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import { NotFound } from './actor'
import { deleteView, renameView, saveView, shareView } from './saved-views'

let database: TestDatabase
beforeAll(async () => {
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  database = await createTestDatabase()
})
afterAll(() => database.close())

type Member = Awaited<ReturnType<typeof signInAs>>

async function threeMembers() {
  const olga = await signInAs()
  const { tenantId } = olga
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  return { olga, vera, walt: await signInAs({ tenantId, name: 'Walt Viewer' }) }
}

function addressOf(text: string): ListAddress {
  const address = readListAddress(text)
  if (!address) throw new Error(`${text} is no list.`)
  return address
}

const DISABLED = '/people?status=disabled'

const save = (member: Member, name = 'Disabled', { at = DISABLED, shared = false } = {}) =>
  saveView(member, { name, address: addressOf(at), shared })

const listed = async (member: Member, at = DISABLED) => (await listSavedViews(member, addressOf(at))).views
const namesFor = async (member: Member, at?: string) => (await listed(member, at)).map(({ name }) => name)

async function idOf(member: Member, name = 'Disabled'): Promise<string> {
  const view = (await listed(member)).find((one) => one.name === name)
  if (!view) throw new Error(`There is no view ${name}.`)
  return view.id
}

test('a viewer saves the filters of a list for themselves, and nobody else sees them, an owner included', async () => {
  const { olga, vera, walt } = await threeMembers()
  expect(await save(vera)).toEqual({ kind: 'saved' })
  expect(await listed(vera)).toMatchObject([
    { name: 'Disabled', query: '?status=disabled', shared: false, memberName: 'Vera Viewer' },
  ])
  expect([await listed(walt), await listed(olga)]).toEqual([[], []])
  const viewId = await idOf(vera)
  for (const other of [walt, olga, { ...walt, role: 'admin' as const }]) {
    await expect(renameView(other, viewId, 'Mine now')).rejects.toThrow(NotFound)
    await expect(shareView(other, viewId, true)).rejects.toThrow(NotFound)
    await expect(deleteView(other, viewId)).rejects.toThrow(NotFound)
  }
  expect(await namesFor(vera)).toEqual(['Disabled'])
})

test('a shared view is open to everyone of the organisation, and changed only by its maker, an owner or an admin', async () => {
  const { olga, vera, walt } = await threeMembers()
  await save(vera, 'Disabled', { shared: true })
  const viewId = await idOf(walt)
  expect(await namesFor(olga)).toEqual(['Disabled'])

  await expect(renameView(walt, viewId, 'Mine now')).rejects.toThrow(NotFound)
  await expect(shareView(walt, viewId, false)).rejects.toThrow(NotFound)
  await expect(deleteView(walt, viewId)).rejects.toThrow(NotFound)

  expect(await renameView({ ...walt, role: 'admin' }, viewId, 'Disabled accounts')).toEqual({ kind: 'renamed' })
  expect(await namesFor(vera)).toEqual(['Disabled accounts'])
  await shareView(olga, viewId, false)
  expect([await namesFor(vera), await namesFor(walt)]).toEqual([['Disabled accounts'], []])
  await expect(shareView(olga, viewId, true), 'it is only for Vera now').rejects.toThrow(NotFound)

  await shareView(vera, viewId, true)
  await deleteView(olga, viewId)
  expect(await namesFor(vera)).toEqual([])
  await expect(deleteView(vera, viewId)).rejects.toThrow(NotFound)
})

test('a name is taken once for each member and list, in whatever case', async () => {
  const { vera, walt } = await threeMembers()
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [ofOrganisation, ofSubscription] = ['/changes?effect=lost', `/integrations/azure/${connection.id}?level=root`]
  await save(vera, 'Gone')
  expect(await save(vera, 'GONE', { at: '/people?min=writes' })).toEqual({ kind: 'taken' })
  expect(await save(vera, 'Gone', { at: ofOrganisation })).toEqual({ kind: 'saved' })
  expect(await save(walt, 'Gone')).toEqual({ kind: 'saved' })

  const actor = { ...vera, ...world.actor }
  expect(await save(actor, 'Gone', { at: ofSubscription })).toEqual({ kind: 'saved' })
  expect(await save(actor, 'gone', { at: ofSubscription })).toEqual({ kind: 'taken' })
  const { id: another } = await world.connection()
  expect(await save(actor, 'Gone', { at: `/integrations/azure/${another}?level=root` })).toEqual({ kind: 'saved' })

  await save(vera, 'Left')
  expect(await renameView(vera, await idOf(vera, 'Left'), 'gone')).toEqual({ kind: 'taken' })
  expect(await renameView(vera, await idOf(vera, 'Left'), 'LEFT')).toEqual({ kind: 'renamed' })
  expect(await namesFor(vera)).toEqual(['Gone', 'LEFT'])
})

test('a member has fifty views at the most, also when many are saved at once, and another member their own', async () => {
  const { olga, vera } = await threeMembers()
  const kinds = await Promise.all(
    Array.from({ length: SAVED_VIEWS_PER_MEMBER + 3 }, async (_, index) => (await save(vera, `View ${index}`)).kind),
  )
  expect(kinds.filter((kind) => kind === 'saved')).toHaveLength(SAVED_VIEWS_PER_MEMBER)
  expect(kinds.filter((kind) => kind === 'full')).toHaveLength(3)
  expect(await save(olga)).toEqual({ kind: 'saved' })
  // Which of those that came at once were in time is not determined, only that all are in the order of their numbers.
  const names = await namesFor(vera)
  expect(names).toHaveLength(SAVED_VIEWS_PER_MEMBER)
  expect(names).toEqual(names.toSorted((one, other) => Number(one.slice(5)) - Number(other.slice(5))))
})

test('filters that are too long are not saved, and the longest that can be are', async () => {
  const { vera } = await threeMembers()
  const query = `?q=${'a'.repeat(LONGEST_SAVED_QUERY)}`
  const address = { list: 'all_people', connectionId: null } as const
  const saved = (length: number) =>
    saveView(vera, { name: 'Long', address: { ...address, query: query.slice(0, length) }, shared: false })
  expect(await saved(LONGEST_SAVED_QUERY + 1)).toEqual({ kind: 'too_long' })
  expect(await saved(LONGEST_SAVED_QUERY)).toEqual({ kind: 'saved' })
})

test('the longest name that is taken fits into the database', async () => {
  const { vera } = await threeMembers()
  const read = readViewName('😀'.repeat(45))
  expect(await save(vera, 'name' in read ? read.name : '')).toEqual({ kind: 'saved' })
})

test('a list of a subscription is saved only where the organisation has it, and goes with its connection', async () => {
  const { olga, vera } = await threeMembers()
  const [ours, theirs] = [await createAccessWorld(database.db), await createAccessWorld(database.db)]
  const [kept, deleted, deleting] = [
    await ours.connection(),
    await ours.connection(),
    await ours.connection({ state: 'deleting', publishedAt: null }),
  ]
  const actor = { ...vera, ...ours.actor }
  const listOf = (connectionId: string) => `/integrations/azure/${connectionId}/principals?level=root`
  for (const connectionId of [(await theirs.connection()).id, deleting.id, randomUUID()])
    await expect(save(actor, 'High up', { at: listOf(connectionId) })).rejects.toThrow(NotFound)
  for (const { id } of [kept, deleted]) await save(actor, 'High up', { at: listOf(id) })

  await database.db.delete(connections).where(eq(connections.id, deleted.id))
  expect(await namesFor(actor, listOf(deleted.id))).toEqual([])
  expect(await namesFor(actor, listOf(kept.id))).toEqual(['High up'])
  expect(await namesFor(olga, listOf(kept.id)), 'nor is it found by another organisation').toEqual([])
})

test('nobody changes a view of another organisation, or one that does not exist', async () => {
  const [olga, sten] = [await signInAs(), await signInAs({ name: 'Sten Stranger' })]
  await save(olga, 'Disabled', { shared: true })
  for (const viewId of [await idOf(olga), randomUUID(), 'no id', '']) {
    await expect(renameView(sten, viewId, 'Mine now')).rejects.toThrow(NotFound)
    await expect(shareView(sten, viewId, false)).rejects.toThrow(NotFound)
    await expect(deleteView(sten, viewId)).rejects.toThrow(NotFound)
  }
  expect(await listed(olga)).toMatchObject([{ name: 'Disabled', shared: true }])
})

test('what a removed member shared stays, and they save nothing more', async () => {
  const { olga, vera, walt } = await threeMembers()
  await save(vera, 'Disabled', { shared: true })
  await removeMember(olga, vera.memberId)
  expect(await namesFor(walt)).toEqual(['Disabled'])
  await expect(save(vera, 'More')).rejects.toThrow(NotFound)
  await deleteView(olga, await idOf(olga))
  expect(await namesFor(walt)).toEqual([])
})

test('the audit log tells who shares which view and who ends that, and nothing of views for oneself', async () => {
  const { olga, vera } = await threeMembers()
  await save(vera, 'For me')
  await deleteView(vera, await idOf(vera, 'For me'))
  await save(vera, 'Disabled', { shared: true })
  const viewId = await idOf(vera)
  await shareView(vera, viewId, true)
  await shareView(olga, viewId, false)
  await shareView(vera, viewId, true)
  await renameView(vera, viewId, 'Disabled accounts')
  await deleteView(vera, viewId)
  const events = await database.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.organisationId, olga.organisationId))
    .orderBy(auditEvents.seq)
  expect(
    events
      .filter(({ action }) => action.startsWith('view.'))
      .map(({ kind, action, memberName, subject, details }) => [kind, action, memberName, subject, details]),
  ).toEqual([
    ['change', 'view.shared', 'Vera Viewer', 'Disabled', { made_by: null }],
    ['change', 'view.unshared', 'Olga Owner', 'Disabled', { made_by: 'Vera Viewer' }],
    ['change', 'view.shared', 'Vera Viewer', 'Disabled', { made_by: null }],
    ['change', 'view.renamed', 'Vera Viewer', 'Disabled accounts', { before: 'Disabled', made_by: null }],
    ['change', 'view.unshared', 'Vera Viewer', 'Disabled accounts', { made_by: null }],
  ])
})
