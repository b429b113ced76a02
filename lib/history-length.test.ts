import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { SessionActor } from '@/db/actor'
import { readHistoryLength } from '@/db/queries/history-horizon'
import { auditEvents, organisations } from '@/db/schema/organisations'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import { FreshSignInNeeded, NotAllowed } from './actor'
import { changeHistoryLength } from './history-length'
import { changeRole } from './members'

let database: TestDatabase
beforeAll(async () => {
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  database = await createTestDatabase()
})
afterAll(() => database.close())

async function createOrganisation() {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const [found] = await database.db.select().from(organisations).where(eq(organisations.id, olga.organisationId))
  return { tenantId, olga, name: found?.name ?? '' }
}

const keptBy = async (actor: SessionActor) => (await readHistoryLength(actor)).kept

const changesOf = ({ organisationId }: SessionActor) =>
  database.db
    .select({ by: auditEvents.memberName, subject: auditEvents.subject, details: auditEvents.details })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.organisationId, organisationId),
        eq(auditEvents.action, 'organisation.history_changed'),
        eq(auditEvents.kind, 'change'),
      ),
    )
    .orderBy(auditEvents.seq)

test('history is kept for two years until an owner says otherwise, which is written down', async () => {
  const { olga, name } = await createOrganisation()
  expect(await readHistoryLength(olga)).toEqual({ kept: '2_years', prunedTo: null })
  expect(await changeHistoryLength(olga, { length: '7_years' })).toEqual({ kind: 'done' })
  expect(await changeHistoryLength(olga, { length: '90_days', typed: name })).toEqual({ kind: 'done' })
  expect(await changeHistoryLength(olga, { length: '90_days' })).toEqual({ kind: 'done' })
  expect(await keptBy(olga)).toBe('90_days')
  expect(await changesOf(olga)).toEqual([
    { by: olga.name, subject: name, details: { before: '2_years', after: '7_years' } },
    { by: olga.name, subject: name, details: { before: '7_years', after: '90_days' } },
  ])
})

test.each(['', 'Another name', undefined])('a shorter history is not taken when %j was typed', async (typed) => {
  const { olga } = await createOrganisation()
  expect(await changeHistoryLength(olga, { length: '1_year', typed })).toEqual({ kind: 'mistyped' })
  expect(await keptBy(olga)).toBe('2_years')
  expect(await changesOf(olga)).toEqual([])
})

test('viewers and admins read for how long history is kept and cannot change it', async () => {
  const { tenantId, olga } = await createOrganisation()
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  await changeRole(olga, vera.memberId, 'admin')
  for (const role of ['viewer', 'admin'] as const) {
    await expect(changeHistoryLength({ ...vera, role }, { length: 'for_ever' })).rejects.toThrow(NotAllowed)
    expect(await keptBy({ ...vera, role })).toBe('2_years')
  }
  expect(await changesOf(olga)).toEqual([])
})

test('an owner who signed in long ago is asked to confirm who they are', async () => {
  const { olga } = await createOrganisation()
  const long = { ...olga, signedInFreshly: false }
  await expect(changeHistoryLength(long, { length: 'for_ever' })).rejects.toThrow(FreshSignInNeeded)
  expect(await keptBy(olga)).toBe('2_years')
})

test('the length of one organisation says nothing of another', async () => {
  const [one, other] = [await createOrganisation(), await createOrganisation()]
  await changeHistoryLength(one.olga, { length: 'for_ever' })
  expect([await keptBy(one.olga), await keptBy(other.olga)]).toEqual(['for_ever', '2_years'])
})
