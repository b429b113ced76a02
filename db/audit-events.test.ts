import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { auditEvents, organisations } from './schema/organisations'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

async function organisationWithEvent() {
  const { db } = database
  const organisation = { id: randomUUID(), tenantId: randomUUID(), name: 'Contoso' }
  await db.insert(organisations).values(organisation)
  const event = { organisationId: organisation.id, memberName: 'Olga', action: 'member.removed', subject: 'Vera' }
  await db.insert(auditEvents).values(event)
  return organisation.id
}

const refusal = expect.objectContaining({
  cause: expect.objectContaining({ code: '42501', message: 'the audit log cannot be changed' }),
})

test('what the audit log says can be neither changed, deleted nor emptied', async () => {
  const { db } = database
  const own = eq(auditEvents.organisationId, await organisationWithEvent())
  await expect(db.update(auditEvents).set({ memberName: 'Nobody' }).where(own)).rejects.toEqual(refusal)
  await expect(db.delete(auditEvents).where(own)).rejects.toEqual(refusal)
  // The application's user may not empty a table at all. The one who owns it may, and is refused by the trigger.
  await expect(db.execute('truncate audit_events')).rejects.toMatchObject({ cause: { code: '42501' } })
  await expect(database.asOwner('truncate audit_events')).rejects.toMatchObject({
    message: 'the audit log cannot be changed',
  })
  expect(await db.select({ memberName: auditEvents.memberName }).from(auditEvents).where(own)).toEqual([
    { memberName: 'Olga' },
  ])
})

test('an organisation that is deleted takes its audit log with it, and no other', async () => {
  const { db } = database
  const [one, other] = [await organisationWithEvent(), await organisationWithEvent()]
  await db.delete(organisations).where(eq(organisations.id, one))
  expect(await db.$count(auditEvents, eq(auditEvents.organisationId, one))).toBe(0)
  expect(await db.$count(auditEvents, eq(auditEvents.organisationId, other))).toBe(1)
})
