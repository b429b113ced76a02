import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { audit } from '@/lib/actor'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import { listAuditEvents } from './organisation'

let database: TestDatabase
beforeAll(async () => {
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  database = await createTestDatabase()
})
afterAll(() => database.close())

test('owners see security events and from where they came, everybody else only what was changed', async () => {
  const owner = await signInAs()
  const visitor = { address: '203.0.113.9', requestId: randomUUID() }
  await database.db.transaction(async (tx) => {
    await audit(tx, { ...owner, visitor }, { action: 'connection.renamed', subject: 'Payments' })
    await audit(tx, { ...owner, visitor }, { action: 'access.exported', subject: 'Payments' })
  })
  const seenBy = async (role: 'owner' | 'admin' | 'viewer', kind: 'change' | 'security' | null) =>
    (await listAuditEvents({ ...owner, role }, { kind, cursor: null })).rows.map((row) => [
      row.action,
      row.clientAddress,
      row.requestId,
    ])

  expect(await seenBy('owner', 'change')).toEqual([
    ['connection.renamed', visitor.address, visitor.requestId],
    ['member.joined', null, null],
  ])
  expect(await seenBy('owner', 'security')).toEqual([
    ['access.exported', visitor.address, visitor.requestId],
    ['member.signed_in', null, null],
  ])
  expect(await seenBy('owner', null)).toHaveLength(4)
  for (const role of ['admin', 'viewer'] as const) {
    for (const kind of ['change', 'security', null] as const) {
      expect(await seenBy(role, kind)).toEqual([
        ['connection.renamed', null, null],
        ['member.joined', null, null],
      ])
    }
  }
})
