import { randomBytes, randomUUID } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listOwnSessions } from '@/db/queries/organisation'
import { auditEvents, memberSessions } from '@/db/schema/organisations'
import { SESSIONS_PER_MEMBER } from '@/lib/domain/retention'
import { hashToken } from '@/lib/random-token'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import { registerSignIn } from './register-sign-in'
import { findSession, signOutBrowser } from './sessions'

const [ALLOWED, ALSO_ALLOWED] = [randomUUID(), randomUUID()]

let database: TestDatabase
beforeAll(async () => {
  vi.stubEnv('AZURE_CLIENT_ID', randomUUID())
  vi.stubEnv('AZURE_CLIENT_SECRET', 'secret')
  vi.stubEnv('AZURE_TENANT_ID', `${ALLOWED},${ALSO_ALLOWED}`)
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  database = await createTestDatabase()
})
afterAll(() => database.close())

const signIn = (change: Parameters<typeof signInAs>[0] = {}) => signInAs({ tenantId: ALLOWED, ...change })

test('a session is opened by 256 random bits beside the organisation, which are stored nowhere', async () => {
  const { token, sessionId } = await signIn()
  expect(Buffer.from(token, 'base64url')).toHaveLength(16 + 32)
  const [row] = await database.db.select().from(memberSessions).where(eq(memberSessions.id, sessionId))
  expect(JSON.stringify(row)).not.toContain(token)
  expect(await findSession(token)).toMatchObject({ sessionId })
  for (const guess of [sessionId, row?.tokenHash ?? '', '', '\0']) expect(await findSession(guess)).toBeNull()
})

/** Gives a session a token as an earlier version made them, which names no organisation. */
async function giveEarlierToken(sessionId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await database.db
    .update(memberSessions)
    .set({ tokenHash: hashToken(token) })
    .where(eq(memberSessions.id, sessionId))
  return token
}

test('a session that an earlier version opened goes on, can be signed out, and is replaced by the next sign-in', async () => {
  const [olga, gus] = [await signIn(), await signIn()]
  const [token, other] = [await giveEarlierToken(olga.sessionId), await giveEarlierToken(gus.sessionId)]
  expect(await findSession(token)).toMatchObject({ sessionId: olga.sessionId })
  await signOutBrowser(token, undefined)
  expect(await findSession(token)).toBeNull()
  await signIn({ previousToken: other })
  expect(await findSession(other)).toBeNull()
})

test('a sign-in to another organisation ends the session that the browser has had in the first', async () => {
  const before = await signIn()
  await signIn({ tenantId: ALSO_ALLOWED, previousToken: before.token })
  expect(await findSession(before.token)).toBeNull()
})

test('a token that names another organisation opens nothing', async () => {
  const [olga, gus] = [await signIn(), await signIn()]
  const bytes = Buffer.from(olga.token, 'base64url')
  Buffer.from(randomUUID().replaceAll('-', ''), 'hex').copy(bytes)
  expect(await findSession(bytes.toString('base64url'))).toBeNull()
  expect(await findSession(gus.token)).not.toBeNull()
})

test('signing out ends that browser and no other', async () => {
  const account = { objectId: randomUUID() }
  const [laptop, phone] = [await signIn(account), await signIn(account)]
  await signOutBrowser(laptop.token, undefined)
  expect(await findSession(laptop.token)).toBeNull()
  expect(await findSession(phone.token)).not.toBeNull()
  await signOutBrowser(laptop.token, undefined)
  const events = await database.db
    .select({ memberId: auditEvents.memberId })
    .from(auditEvents)
    .where(and(eq(auditEvents.memberId, laptop.memberId), eq(auditEvents.action, 'member.signed_out')))
  expect(events).toHaveLength(1)
})

test.each([
  ['left alone for more than two hours', { lastSeenAt: sql`now() - interval '121 minutes'` }],
  ['older than a working day', { expiresAt: sql`now() - interval '1 second'` }],
])('a session %s has ended, and is listed no more', async (_, change) => {
  const account = { objectId: randomUUID() }
  const [olga, other] = [await signIn(account), await signIn(account)]
  await database.db.update(memberSessions).set(change).where(eq(memberSessions.id, olga.sessionId))
  expect(await findSession(olga.token)).toBeNull()
  expect((await listOwnSessions(other)).map(({ id }) => id)).toEqual([other.sessionId])
})

test('a session lasts twelve hours from the sign-in', async () => {
  const { sessionId } = await signIn()
  const [row] = await database.db
    .select({ hours: sql<string>`extract(epoch from expires_at - created_at) / 3600` })
    .from(memberSessions)
    .where(eq(memberSessions.id, sessionId))
  expect(Number(row?.hours)).toBeCloseTo(12, 3)
})

test('a session of a tenant whose people may no longer sign in is over', async () => {
  const account = {
    ...{ objectId: randomUUID(), name: 'Gus', email: 'gus@fabrikam.example', authenticatedAt: new Date() },
    username: null,
    membership: { roles: [], groups: [], groupsTold: false },
  }
  const browser = { browser: 'Firefox on Linux', visitor: { address: null, requestId: null }, previousToken: null }
  const open = (tenantId: string) => registerSignIn({ ...account, tenantId, organisationName: 'Fabrikam' }, browser)
  expect(await findSession(await open(ALLOWED))).toMatchObject({ name: 'Gus' })
  expect(await findSession(await open(randomUUID()))).toBeNull()
})

test('of more sessions than a member may have the oldest end', async () => {
  const account = { objectId: randomUUID() }
  const all = []
  for (let n = 0; n < SESSIONS_PER_MEMBER + 2; n++) all.push(await signIn(account))
  const alive = await Promise.all(all.map(({ token }) => findSession(token)))
  expect(alive.map((member) => member !== null)).toEqual([false, false, ...Array(SESSIONS_PER_MEMBER).fill(true)])
})

test('a new sign-in in the same browser replaces the session of before, whoever it was', async () => {
  const before = await signIn()
  const after = await signIn({ name: 'Sue', previousToken: before.token })
  expect(await findSession(before.token)).toBeNull()
  expect(await findSession(after.token)).toMatchObject({ name: 'Sue' })
})
