import { randomBytes, randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listFeeds } from '@/db/queries/feeds'
import { feeds } from '@/db/schema/feeds'
import { auditEvents } from '@/db/schema/organisations'
import { FreshSignInNeeded, NotFound } from '@/lib/actor'
import { FEEDS_PER_MEMBER, parseFeedQuery } from '@/lib/domain/feed'
import { ALL_CHANGES } from '@/lib/domain/views'
import { letMemberIn, removeMember } from '@/lib/members'
import { hashToken } from '@/lib/random-token'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import { findFeed } from './find-feed'
import { makeFeed } from './make-feed'
import { revokeFeed } from './revoke-feed'

let database: TestDatabase
beforeAll(async () => {
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  database = await createTestDatabase()
})
afterAll(() => database.close())

type Member = Awaited<ReturnType<typeof signInAs>>
const NOWHERE = { address: null, requestId: null }

async function make(member: Member, name = 'Access', view = ALL_CHANGES) {
  const made = await makeFeed(member, { name, view })
  if (made.kind !== 'made') throw new Error('The member has too many feeds.')
  return made
}

const isRead = async ({ feedId, token }: { feedId: string; token: string }) =>
  (await findFeed(feedId, token, NOWHERE)) !== null

async function twoMembers() {
  const olga = await signInAs()
  return { olga, vera: await signInAs({ tenantId: olga.tenantId, name: 'Vera Viewer' }) }
}

test('a feed is read with the rights of the member who made it, and stored without its token', async () => {
  const { vera } = await twoMembers()
  const made = await make(vera, 'Gained', parseFeedQuery('?effect=gained'))
  const found = await findFeed(made.feedId, made.token, { address: '192.0.2.7', requestId: null })
  const { organisationId, memberId } = vera
  expect(found).toMatchObject({
    feed: { id: made.feedId, name: 'Gained', query: '?effect=gained' },
    actor: { organisationId, memberId, role: 'viewer', name: 'Vera Viewer', visitor: { address: '192.0.2.7' } },
  })
  expect(JSON.stringify([found, await database.db.select().from(feeds)])).not.toContain(made.token)
})

test('a feed whose token an earlier version made, without its organisation, is read as before', async () => {
  const made = await make((await twoMembers()).vera)
  const token = randomBytes(32).toString('base64url')
  await database.db
    .update(feeds)
    .set({ tokenHash: hashToken(token) })
    .where(eq(feeds.id, made.feedId))
  expect(await isRead({ ...made, token })).toBe(true)
  expect(await isRead(made)).toBe(false)
})

test('a feed goes on after the session, so it takes a fresh sign-in to make one, and none to revoke it', async () => {
  const olga = await signInAs({ authenticatedAt: new Date(Date.now() - 16 * 60_000) })
  await expect(makeFeed(olga, { name: 'Access', view: ALL_CHANGES })).rejects.toThrow(FreshSignInNeeded)
  expect(await listFeeds(olga)).toEqual([])
  const { feedId } = await make({ ...olga, signedInFreshly: true })
  await revokeFeed(olga, feedId)
  expect(await listFeeds(olga)).toEqual([])
})

test('a member has twenty feeds at the most, also when many are made at once, and another member their own', async () => {
  const { olga, vera } = await twoMembers()
  const made = await Promise.all(
    Array.from({ length: FEEDS_PER_MEMBER + 3 }, () => makeFeed(vera, { name: 'Access', view: ALL_CHANGES })),
  )
  expect(made.filter(({ kind }) => kind === 'made')).toHaveLength(FEEDS_PER_MEMBER)
  expect(await listFeeds(vera)).toHaveLength(FEEDS_PER_MEMBER)
  await make(olga)
})

test('members see and revoke their own feeds, owners those of everybody', async () => {
  const { olga, vera } = await twoMembers()
  const [ofOlga, ofVera, ofVeraToo] = [await make(olga, 'Olga’s'), await make(vera, 'Vera’s'), await make(vera, 'More')]
  const namesFor = async (member: Member) => (await listFeeds(member)).map(({ name }) => name)
  expect(await namesFor(vera)).toEqual(['More', 'Vera’s'])
  expect(await namesFor(olga)).toEqual(['More', 'Vera’s', 'Olga’s'])

  await expect(revokeFeed(vera, ofOlga.feedId)).rejects.toThrow(NotFound)
  await expect(revokeFeed({ ...vera, role: 'admin' }, ofOlga.feedId)).rejects.toThrow(NotFound)
  await revokeFeed(vera, ofVera.feedId)
  await revokeFeed(olga, ofVeraToo.feedId)
  expect([await isRead(ofOlga), await isRead(ofVera), await isRead(ofVeraToo)]).toEqual([true, false, false])
  await expect(revokeFeed(vera, ofVera.feedId)).rejects.toThrow(NotFound)
})

test('nobody revokes a feed of another organisation, or one that does not exist', async () => {
  const [olga, sten] = [await signInAs(), await signInAs({ name: 'Sten Stranger' })]
  const made = await make(olga)
  for (const id of [made.feedId, randomUUID(), 'no id', ''])
    await expect(revokeFeed(sten, id)).rejects.toThrow(NotFound)
  expect(await isRead(made)).toBe(true)
})

test('the feeds of a removed member end with them, and do not come back when they are let in again', async () => {
  const { olga, vera } = await twoMembers()
  const made = [await make(vera), await make(vera, 'More')]
  await removeMember(olga, vera.memberId)
  expect(await Promise.all(made.map(isRead))).toEqual([false, false])
  await letMemberIn(olga, vera.memberId)
  expect(await Promise.all(made.map(isRead))).toEqual([false, false])
  expect(await listFeeds(olga)).toEqual([])
})

test('a member who is removed meanwhile makes no feed any more', async () => {
  const { olga, vera } = await twoMembers()
  await removeMember(olga, vera.memberId)
  await expect(makeFeed(vera, { name: 'Access', view: ALL_CHANGES })).rejects.toThrow(NotFound)
})

test('when a feed was read last is written down once an hour', async () => {
  const olga = await signInAs()
  const made = await make(olga)
  const lastUsed = async () => (await listFeeds(olga))[0]?.lastUsedAt ?? null
  const setBack = (minutes: number) =>
    database.db.execute(
      `update feeds set last_used_at = now() - interval '${minutes} minutes' where id = '${made.feedId}'`,
    )
  expect(await lastUsed()).toBeNull()
  await findFeed(made.feedId, 'another token', NOWHERE)
  expect(await lastUsed(), 'a wrong token is no use').toBeNull()
  await isRead(made)
  expect(await lastUsed()).not.toBeNull()

  await setBack(59)
  const before = await lastUsed()
  await isRead(made)
  expect(await lastUsed()).toEqual(before)
  await setBack(61)
  await isRead(made)
  expect((await lastUsed())?.getTime()).toBeGreaterThan(before?.getTime() ?? 0)
})

test('the audit log says who made and revoked which feed, and with how many a member was removed', async () => {
  const { olga, vera } = await twoMembers()
  const first = await make(vera, 'Gained', parseFeedQuery('?effect=gained'))
  await make(vera, 'All')
  const own = await make(olga, 'Mine')
  await revokeFeed(olga, first.feedId)
  await revokeFeed(olga, own.feedId)
  await removeMember(olga, vera.memberId)
  const events = await database.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.organisationId, olga.organisationId))
    .orderBy(auditEvents.seq)
  expect(
    events
      .filter(({ action }) => action.startsWith('feed.') || action === 'member.removed')
      .map(({ kind, action, memberName, subject, details }) => [kind, action, memberName, subject, details]),
  ).toEqual([
    ['change', 'feed.made', 'Vera Viewer', 'Gained', { filters: 'Gained' }],
    ['change', 'feed.made', 'Vera Viewer', 'All', { filters: 'All changes' }],
    ['change', 'feed.made', 'Olga Owner', 'Mine', { filters: 'All changes' }],
    ['change', 'feed.revoked', 'Olga Owner', 'Gained', { made_by: 'Vera Viewer' }],
    ['change', 'feed.revoked', 'Olga Owner', 'Mine', { made_by: null }],
    ['change', 'member.removed', 'Olga Owner', 'Vera Viewer', { feeds: 1 }],
  ])
})
