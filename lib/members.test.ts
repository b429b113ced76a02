import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getDbOfEveryOrganisation } from '@/db/client'
import { auditEvents, memberSessions, members } from '@/db/schema/organisations'
import { endSession, findSession } from '@/lib/auth/sessions'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import { NotAllowed, NotFound } from './actor'
import { changeRole, removeMember, signOutEverywhere } from './members'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const rolesOf = async (organisationId: string) => {
  const rows = await database.db
    .select({ name: members.name, role: members.role })
    .from(members)
    .where(eq(members.organisationId, organisationId))
  return Object.fromEntries(rows.map(({ name, role }) => [name, role]))
}

test('the first to sign in from a tenant owns its organisation, later ones are viewers', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  expect(olga).toMatchObject({ role: 'owner', organisationId: vera.organisationId })
  expect(vera.role).toBe('viewer')
})

test('forty people of one tenant who sign in at once make one organisation with one owner', async () => {
  const tenantId = randomUUID()
  const everyone = await Promise.all(Array.from({ length: 40 }, (_, n) => signInAs({ tenantId, name: `Person ${n}` })))
  expect(new Set(everyone.map(({ organisationId }) => organisationId)).size).toBe(1)
  expect(everyone.filter(({ role }) => role === 'owner')).toHaveLength(1)
})

test('the same account that signs in again is the same member with a new session', async () => {
  const account = { tenantId: randomUUID(), objectId: randomUUID() }
  const first = await signInAs(account)
  const second = await signInAs({ ...account, name: 'Olga Renamed' })
  expect(second.memberId).toBe(first.memberId)
  expect(second.sessionId).not.toBe(first.sessionId)
  expect(second.name).toBe('Olga Renamed')
})

test('a role change works on the next look, without a new sign-in', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  expect(await changeRole(olga, vera.memberId, 'admin')).toEqual({ kind: 'done' })
  expect(await findSession(vera.sessionId)).toMatchObject({ role: 'admin' })
})

test('the last owner can neither step down nor be removed', async () => {
  const olga = await signInAs()
  expect(await changeRole(olga, olga.memberId, 'viewer')).toEqual({ kind: 'last_owner' })
  expect(await removeMember(olga, olga.memberId)).toEqual({ kind: 'last_owner' })
  expect(await rolesOf(olga.organisationId)).toEqual({ 'Olga Owner': 'owner' })
})

test('with a second owner the first may go, and is signed out at once', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const otto = await signInAs({ tenantId, name: 'Otto Other' })
  await changeRole(olga, otto.memberId, 'owner')
  expect(await removeMember({ ...otto, role: 'owner' }, olga.memberId)).toEqual({ kind: 'done' })
  expect(await findSession(olga.sessionId)).toBeNull()
})

test.each(['admin', 'viewer'] as const)(
  'a member with the role %s can neither change nor remove anybody',
  async (role) => {
    const tenantId = randomUUID()
    const olga = await signInAs({ tenantId })
    const other = { ...(await signInAs({ tenantId, name: 'Ann Other' })), role }
    await expect(changeRole(other, olga.memberId, 'viewer')).rejects.toThrow(NotAllowed)
    await expect(removeMember(other, olga.memberId)).rejects.toThrow(NotAllowed)
    expect((await rolesOf(olga.organisationId))['Olga Owner']).toBe('owner')
  },
)

test('another organisation’s member is not found', async () => {
  const olga = await signInAs()
  const stranger = await signInAs({ name: 'Sten Stranger' })
  await expect(changeRole(olga, stranger.memberId, 'viewer')).rejects.toThrow(NotFound)
  await expect(removeMember(olga, stranger.memberId)).rejects.toThrow(NotFound)
  expect(await rolesOf(stranger.organisationId)).toEqual({ 'Sten Stranger': 'owner' })
})

test('the audit log says who changed what', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  await changeRole(olga, vera.memberId, 'admin')
  await removeMember(olga, vera.memberId)
  const events = await database.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.organisationId, olga.organisationId))
    .orderBy(auditEvents.seq)
  expect(events.map(({ action, memberName, subject }) => [action, memberName, subject])).toEqual([
    ['member.joined', 'Olga Owner', 'Olga Owner'],
    ['member.signed_in', 'Olga Owner', 'Olga Owner'],
    ['member.joined', 'Vera Viewer', 'Vera Viewer'],
    ['member.signed_in', 'Vera Viewer', 'Vera Viewer'],
    ['member.role_changed', 'Olga Owner', 'Vera Viewer'],
    ['member.removed', 'Olga Owner', 'Vera Viewer'],
  ])
})

test('signing out ends that browser; signing out everywhere ends all of them', async () => {
  const account = { tenantId: randomUUID(), objectId: randomUUID() }
  const laptop = await signInAs(account)
  const phone = await signInAs(account)
  await endSession(laptop.sessionId)
  expect(await findSession(laptop.sessionId)).toBeNull()
  expect(await findSession(phone.sessionId)).not.toBeNull()
  await signOutEverywhere(phone)
  expect(await findSession(phone.sessionId)).toBeNull()
})

test.each([
  ['left alone for more than two hours', { lastSeenAt: sql`now() - interval '121 minutes'` }],
  ['older than a working day', { expiresAt: sql`now() - interval '1 second'` }],
])('a session %s has ended', async (_, change) => {
  const olga = await signInAs()
  const db = await getDbOfEveryOrganisation()
  await db.update(memberSessions).set(change).where(eq(memberSessions.id, olga.sessionId))
  expect(await findSession(olga.sessionId)).toBeNull()
})
