import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { auditEvents, members, organisations } from '@/db/schema/organisations'
import { removeMember } from '@/lib/members'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'

const ALLOWED = randomUUID()
for (const [name, value] of Object.entries({
  LOG_LEVEL: 'silent',
  AZURE_CLIENT_ID: randomUUID(),
  AZURE_CLIENT_SECRET: 'secret',
  AZURE_TENANT_ID: ALLOWED,
  AUTH_SECRET: 'x'.repeat(32),
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
}))
  vi.stubEnv(name, value)

const { authOptions } = await import('./options')

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const BROWSER = {
  browser: 'Firefox on Linux',
  visitor: { address: '203.0.113.9', requestId: null },
  previousToken: null,
}

type Profile = { tid?: string; oid?: string; name?: string }

/** What next-auth is told when a person with these claims comes back from Microsoft. */
async function mayEnter(profile: Profile): Promise<unknown> {
  const { signIn } = authOptions({ browser: BROWSER, confirming: null }).callbacks ?? {}
  if (!signIn) throw new Error('Nothing decides who may sign in.')
  const now = Math.floor(Date.now() / 1000)
  const timely: object = { ...profile, iat: now, nbf: now, exp: now + 3600 }
  return signIn({ profile: timely, user: { id: 'any' }, account: null })
}

const refusalsOf = (organisationId: string) =>
  database.db
    .select({
      memberId: auditEvents.memberId,
      subject: auditEvents.subject,
      details: auditEvents.details,
      clientAddress: auditEvents.clientAddress,
    })
    .from(auditEvents)
    .where(and(eq(auditEvents.organisationId, organisationId), eq(auditEvents.action, 'member.sign_in_refused')))

test('people of an allowed tenant are let in, and nobody else', async () => {
  expect(await mayEnter({ tid: ALLOWED, oid: randomUUID(), name: 'Ada' })).toBe(true)
  expect(await mayEnter({ tid: randomUUID(), oid: randomUUID(), name: 'Sten' })).toBe(false)
  expect(await mayEnter({ tid: '9188040d-6c67-4c5b-b112-36a304b66dad', oid: randomUUID() })).toBe(false)
  expect(await mayEnter({ tid: ALLOWED })).toBe(false)
})

/** A member of an organisation whose tenant was allowed to sign in once, and is no longer. */
async function memberOf({ tenantId, objectId }: { tenantId: string; objectId: string }) {
  const of = { organisationId: randomUUID(), memberId: randomUUID() }
  await database.db.insert(organisations).values({ id: of.organisationId, tenantId, name: 'Contoso' })
  const olga = { name: 'Olga Owner', email: 'olga@contoso.example', role: 'owner' as const }
  await database.db.insert(members).values({ organisationId: of.organisationId, id: of.memberId, objectId, ...olga })
  return of
}

test('a refused sign-in stands in the audit log of its organisation, once a minute, and in no other', async () => {
  const was = { tenantId: randomUUID(), objectId: randomUUID() }
  const olga = await memberOf(was)
  const other = await memberOf({ tenantId: randomUUID(), objectId: randomUUID() })
  for (const _ of [1, 2, 3]) await mayEnter({ tid: was.tenantId, oid: was.objectId, name: 'Olga Owner' })
  await mayEnter({ tid: was.tenantId, oid: randomUUID(), name: 'Never Here' })
  const facts = { details: { reason: 'tenant_not_allowed' }, clientAddress: '203.0.113.9' }
  expect(await refusalsOf(olga.organisationId)).toEqual([
    { ...facts, memberId: olga.memberId, subject: 'Olga Owner' },
    { ...facts, memberId: null, subject: 'Never Here' },
  ])
  expect(await refusalsOf(other.organisationId)).toEqual([])
})

test('whoever comes back after an owner removed them is refused, and the owner reads of it', async () => {
  const olga = await signInAs({ tenantId: ALLOWED })
  const vera = await signInAs({ tenantId: ALLOWED, name: 'Vera Viewer' })
  await removeMember(olga, vera.memberId)
  expect(await mayEnter({ tid: ALLOWED, oid: vera.objectId, name: 'Vera Viewer' })).toBe('/signin?error=AccessRemoved')
  expect(await refusalsOf(olga.organisationId)).toEqual([
    {
      details: { reason: 'access_removed' },
      clientAddress: '203.0.113.9',
      memberId: vera.memberId,
      subject: 'Vera Viewer',
    },
  ])
})
