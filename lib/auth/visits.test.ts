import { randomUUID } from 'node:crypto'
import { and, eq, gt, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { memberSessions, members } from '@/db/schema/organisations'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import { findSession } from './sessions'

const TENANT = randomUUID()

let database: TestDatabase
beforeAll(async () => {
  for (const [name, value] of [
    ['AZURE_CLIENT_ID', randomUUID()],
    ['AZURE_CLIENT_SECRET', 'secret'],
    ['AZURE_TENANT_ID', TENANT],
    ['AUTH_SECRET', 'x'.repeat(32)],
    ['ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`],
  ] as const)
    vi.stubEnv(name, value)
  database = await createTestDatabase()
})
afterAll(() => database.close())

const signIn = (who: { objectId?: string } = {}) => signInAs({ tenantId: TENANT, ...who })

/** Lets a member have been away for so many minutes. Gives when they were here last. */
async function leave({ memberId, sessionId }: { memberId: string; sessionId: string }, minutes: number): Promise<Date> {
  const lastSeenAt = sql`now() - make_interval(mins => ${minutes})`
  await database.db.update(memberSessions).set({ lastSeenAt }).where(eq(memberSessions.id, sessionId))
  const [member] = await database.db
    .update(members)
    .set({ lastSeenAt })
    .where(eq(members.id, memberId))
    .returning({ at: members.lastSeenAt })
  if (!member?.at) throw new Error('There is no such member.')
  return member.at
}

/** The session as a request finds it, once its visit is written down: nobody waits for that. */
async function visit({ token, sessionId }: { token: string; sessionId: string }) {
  const found = await findSession(token)
  await vi.waitFor(async () => {
    const [session] = await database.db
      .select({ isNoted: sql<boolean>`${memberSessions.lastSeenAt} > now() - interval '1 minute'` })
      .from(memberSessions)
      .innerJoin(members, eq(members.id, memberSessions.memberId))
      .where(and(eq(memberSessions.id, sessionId), gt(members.lastSeenAt, sql`now() - interval '1 minute'`)))
    expect(session?.isNoted).toBe(true)
  })
  return found
}

test('the first visit has none before it', async () => {
  const olga = await signIn()
  expect(olga.previousVisitAt).toBeNull()
  await leave(olga, 20)
  expect(await visit(olga)).toMatchObject({ previousVisitAt: null })
})

test('who comes back after half an hour is told when they were here last, for as long as they stay', async () => {
  const olga = await signIn()
  const left = await leave(olga, 45)
  expect(await visit(olga)).toMatchObject({ previousVisitAt: left })
  for (const minutes of [10, 29]) {
    await leave(olga, minutes)
    expect(await visit(olga)).toMatchObject({ previousVisitAt: left })
  }
  const again = await leave(olga, 31)
  expect(await visit(olga)).toMatchObject({ previousVisitAt: again })
})

test('signing in again begins a visit like any other request', async () => {
  const who = { objectId: randomUUID() }
  const olga = await signIn(who)
  const left = await leave(olga, 600)
  expect(await signIn(who)).toMatchObject({ previousVisitAt: left })
  expect(await signIn(who)).toMatchObject({ previousVisitAt: left })
})
