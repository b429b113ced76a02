import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listMembers, listOwnSessions } from '@/db/queries/organisation'
import { auditEvents } from '@/db/schema/organisations'
import { findSession } from '@/lib/auth/sessions'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import { NotAllowed, NotFound } from './actor'
import { endOtherSessions, endOwnSession, endSessionsOfMember, signOutEverywhere } from './member-sessions'

let database: TestDatabase
beforeAll(async () => {
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  database = await createTestDatabase()
})
afterAll(() => database.close())

/** One person, signed in with three browsers. */
async function threeBrowsers(who: { tenantId?: string; name?: string } = {}) {
  const account = { tenantId: randomUUID(), objectId: randomUUID(), ...who }
  const laptop = await signInAs({
    ...account,
    browser: 'Firefox on Windows',
    visitor: { address: '192.0.2.7', requestId: null },
  })
  const phone = await signInAs({
    ...account,
    browser: 'Safari on iPhone',
    visitor: { address: '2001:db8::7', requestId: null },
  })
  const tablet = await signInAs({ ...account, browser: 'Chrome on Android' })
  return { laptop, phone, tablet }
}

const isAlive = async ({ token }: { token: string }) => (await findSession(token)) !== null

test('members see their own sessions, this one first', async () => {
  const { laptop } = await threeBrowsers()
  const sessions = await listOwnSessions(laptop)
  expect(sessions.map(({ browser, clientAddress, isThis }) => [browser, clientAddress, isThis])).toEqual([
    ['Firefox on Windows', '192.0.2.7', true],
    expect.arrayContaining([false]),
    expect.arrayContaining([false]),
  ])
  const { organisationId, tenantId } = laptop
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  expect(await listOwnSessions(vera)).toHaveLength(1)
  expect((await listMembers({ ...vera, organisationId })).map(({ sessions: count }) => count)).toEqual([3, 1])
})

test('a member ends one of their sessions, or all but this one', async () => {
  const { laptop, phone, tablet } = await threeBrowsers()
  await endOwnSession(laptop, phone.sessionId)
  expect([await isAlive(laptop), await isAlive(phone), await isAlive(tablet)]).toEqual([true, false, true])
  await expect(endOwnSession(laptop, phone.sessionId)).rejects.toThrow(NotFound)
  expect(await endOtherSessions(laptop)).toBe(1)
  expect([await isAlive(laptop), await isAlive(tablet)]).toEqual([true, false])
})

test('signing out everywhere ends all of them', async () => {
  const { laptop, phone, tablet } = await threeBrowsers()
  await signOutEverywhere(laptop)
  expect([await isAlive(laptop), await isAlive(phone), await isAlive(tablet)]).toEqual([false, false, false])
})

test('nobody ends a session of anybody else, not even an owner by its id', async () => {
  const { laptop: olga } = await threeBrowsers()
  const vera = await signInAs({ tenantId: olga.tenantId, name: 'Vera Viewer' })
  await expect(endOwnSession(vera, olga.sessionId)).rejects.toThrow(NotFound)
  await expect(endOwnSession(olga, vera.sessionId)).rejects.toThrow(NotFound)
  expect(await endOtherSessions(vera)).toBe(0)
  expect([await isAlive(olga), await isAlive(vera)]).toEqual([true, true])
})

test('an owner ends the sessions of a member, who can sign in again', async () => {
  const { laptop: olga } = await threeBrowsers()
  const account = { tenantId: olga.tenantId, objectId: randomUUID(), name: 'Vera Viewer' }
  const vera = await signInAs(account)
  await endSessionsOfMember(olga, vera.memberId)
  expect([await isAlive(olga), await isAlive(vera)]).toEqual([true, false])
  expect(await isAlive(await signInAs(account))).toBe(true)
})

test('only an owner of the same organisation ends the sessions of a member', async () => {
  const { laptop: olga } = await threeBrowsers()
  const vera = await signInAs({ tenantId: olga.tenantId, name: 'Vera Viewer' })
  await expect(endSessionsOfMember({ ...vera, role: 'admin' }, olga.memberId)).rejects.toThrow(NotAllowed)
  await expect(endSessionsOfMember(await signInAs({ name: 'Sten' }), olga.memberId)).rejects.toThrow(NotFound)
  expect(await isAlive(olga)).toBe(true)
})

test('the audit log says which sessions were ended, and by whom', async () => {
  const { laptop: olga, phone } = await threeBrowsers()
  const vera = await signInAs({ tenantId: olga.tenantId, name: 'Vera Viewer' })
  await endOwnSession(olga, phone.sessionId)
  await endOtherSessions(olga)
  await endSessionsOfMember(olga, vera.memberId)
  await signOutEverywhere(olga)
  const events = await database.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.organisationId, olga.organisationId))
    .orderBy(auditEvents.seq)
  expect(
    events
      .filter(({ action }) => action.includes('session') || action === 'member.signed_out_everywhere')
      .map(({ action, memberName, subject, details }) => [action, memberName, subject, details]),
  ).toEqual([
    ['member.session_ended', 'Olga Owner', 'Olga Owner', { browser: 'Safari on iPhone' }],
    ['member.other_sessions_ended', 'Olga Owner', 'Olga Owner', { sessions: 1 }],
    ['member.sessions_ended_by_owner', 'Olga Owner', 'Vera Viewer', { sessions: 1 }],
    ['member.signed_out_everywhere', 'Olga Owner', 'Olga Owner', {}],
  ])
})
