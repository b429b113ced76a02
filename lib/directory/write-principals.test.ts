import { and, eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { principals } from '@/db/schema/directory'
import type { PrincipalFacts } from '@/lib/domain/access'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { writePrincipals } from './write-principals'

const { db, close } = await createTestDatabase()
afterAll(close)

const PERSON: PrincipalFacts = {
  ...{ id: '6f1d5a52-9d0c-4c9e-9b7c-0f6f4a0a5b11', kind: 'user', name: 'Ada Lovelace', email: 'ada@contoso.example' },
  ...{ emailSource: 'mail', userPrincipalName: 'ada@contoso.example', guest: false, status: 'active' },
  ...{ missingSince: null, variety: null, lastSignInAt: null, organisation: null },
}

test('a reading that is published late does not undo what a later one has found out', async () => {
  const {
    actor: { organisationId },
    tenantId,
  } = await createAccessWorld(db)
  const write = (status: PrincipalFacts['status'], minute: number) =>
    db.transaction((tx) =>
      writePrincipals(
        tx,
        { organisationId, tenantId },
        [{ ...PERSON, status }],
        new Date(Date.UTC(2026, 0, 1, 9, minute)),
      ),
    )
  const status = async () => {
    const own = and(eq(principals.organisationId, organisationId), eq(principals.id, PERSON.id))
    const [found] = await db
      .select({ status: principals.status, readAt: principals.readAt })
      .from(principals)
      .where(own)
    return `${found?.status} at ${found?.readAt?.getUTCMinutes()}`
  }
  await write('active', 0)
  await write('active', 5)
  expect(await status(), 'what says the same is not written').toBe('active at 0')
  await write('disabled', 10)
  await write('active', 5)
  expect(await status()).toBe('disabled at 10')
  await write('active', 11)
  expect(await status()).toBe('active at 11')
})
