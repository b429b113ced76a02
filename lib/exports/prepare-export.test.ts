import { randomBytes, randomUUID } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, expect, test, vi } from 'vitest'
import type { SessionActor } from '@/db/actor'
import { getPreparedExport, listPreparedExports } from '@/db/queries/prepared-exports'
import { auditEvents, members } from '@/db/schema/organisations'
import { preparedExports, preparedPieces } from '@/db/schema/prepared-exports'
import { disconnect } from '@/lib/connections/disconnect'
import { readArchive } from '@/lib/domain/export-archive'
import { PREPARED_EXPORTS_PER_MEMBER } from '@/lib/domain/retention'
import { sweep } from '@/lib/worker/sweep'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { answerPrepared } from './answer-export'
import type { Exporter } from './open-export'
import { prepareExport, sendLostExports } from './prepare-export'
import { discardExport, requestExport } from './request-export'
import { countRows } from './table'

vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
vi.stubEnv('ENCRYPTION_KEYS', `k1:${randomBytes(32).toString('base64')}`)

/** Jobs that were sent; a test carries them out itself. */
const sent = vi.hoisted(() => [] as { organisationId: string; exportId: string }[])
vi.mock('@/lib/runs/queue', () => ({
  sendExport: async (job: (typeof sent)[number]) => void sent.push(job),
  sendDeletion: async () => {},
}))

const database = await createTestDatabase()
afterAll(() => database.close())

const NEVER = new AbortController().signal

async function startWorld(people = 3) {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  await world.publishedRun(connection.id, {})
  const reader = await world.role('Reader')
  for (let count = 0; count < people; count += 1) {
    const person = await world.principal({ name: `Person ${count} ${randomBytes(40).toString('hex')}` })
    await world.assign(connection.id, { to: person, role: reader })
    await world.holder(connection.id, person, reader)
  }
  const actor: SessionActor & Exporter = {
    ...{ ...world.actor, sessionId: world.actor.memberId, signedInFreshly: true, organisationName: 'Contoso' },
    visitor: { address: null, requestId: null },
  }
  const address = `/integrations/azure/${connection.id}/export?list=people`
  const job = (exportId: string) => ({ organisationId: actor.organisationId, exportId })
  return { ...world, actor, connection, address, job }
}

test('an export that is prepared is the file that a browser would be sent, and is taken by whoever asked for it only', async () => {
  const { actor, address, job } = await startWorld()
  const id = await requestExport(actor, { address, format: 'csv' })
  expect(sent.at(-1)).toEqual(job(id))
  await expect(answerPrepared(actor, id)).rejects.toThrow('There is no such export')
  await prepareExport(job(id), NEVER)
  const [listed] = await listPreparedExports(actor)
  expect(listed).toMatchObject({ id, state: 'done', rows: 3, list: 'people', label: 'Production' })

  const answer = await answerPrepared(actor, id)
  const bytes = await answer.bytes()
  expect(answer.headers.get('content-length')).toBe(String(bytes.byteLength))
  expect(answer.headers.get('content-disposition')).toMatch(/filename="rolecall-production-[\d-]+\.csv\.zip"/)
  const names = [...(await readArchive(new Blob([bytes]))).keys()]
  expect(names).toContain('people.csv')
  expect(names).toContain('SHA256SUMS.sig')

  const other = { ...actor, memberId: actor.organisationId }
  await expect(answerPrepared(other, id)).rejects.toThrow('There is no such export')
  await expect(discardExport(other, id)).rejects.toThrow('There is no such export')
  await discardExport(actor, id)
  expect(await listPreparedExports(actor)).toEqual([])
  const pieces = await database.db.select().from(preparedPieces).where(eq(preparedPieces.exportId, id))
  expect(pieces).toEqual([])
})

/** Pieces are of a megabyte: cuts those of a prepared export smaller, as if there were many more rows, and stores them in another order. */
async function cutPieces(actor: SessionActor, id: string) {
  const bytes = await (await answerPrepared(actor, id)).bytes()
  const { organisationId } = actor
  const own = and(eq(preparedPieces.organisationId, organisationId), eq(preparedPieces.exportId, id))
  await database.db.delete(preparedPieces).where(own)
  const cut = Array.from({ length: Math.ceil(bytes.byteLength / 1000) }, (_, place) => ({
    ...{ organisationId, exportId: id, place },
    content: Buffer.from(bytes.subarray(place * 1000, (place + 1) * 1000)),
  }))
  await database.db.insert(preparedPieces).values(cut.toReversed())
  return { bytes, pieces: cut.length }
}

test('a large one is stored in several pieces, and comes back in their order', async () => {
  const { actor, address, job } = await startWorld(40)
  const id = await requestExport(actor, { address, format: 'jsonl' })
  await prepareExport(job(id), NEVER)
  const { bytes, pieces } = await cutPieces(actor, id)
  expect(pieces).toBeGreaterThan(3)
  expect(Buffer.compare(await (await answerPrepared(actor, id)).bytes(), bytes)).toBe(0)
})

test('an address that no list has is refused before anything is stored', async () => {
  const { actor } = await startWorld()
  for (const address of ['/people', '/integrations/azure/none/export', 'https://evil.example/people/export?x'])
    await expect(requestExport(actor, { address: `${address}#`, format: 'csv' })).rejects.toThrow('There is no such')
  expect(await listPreparedExports(actor)).toEqual([])
})

test('one whose worker was lost is begun anew by the next, and what the first one stores later is refused', async () => {
  const { actor, address, job } = await startWorld()
  const id = await requestExport(actor, { address, format: 'csv' })
  const own = eq(preparedExports.id, id)
  const away = sql`now() - interval '3 minutes'`
  await database.db.update(preparedExports).set({ state: 'running', fence: 1, heartbeatAt: away }).where(own)
  await database.db
    .insert(preparedPieces)
    .values({ organisationId: actor.organisationId, exportId: id, place: 7, content: Buffer.from('left over') })
  sent.length = 0
  await sendLostExports()
  expect(sent).toContainEqual(job(id))
  await prepareExport(job(id), NEVER)
  expect(await getPreparedExport(actor, id)).toMatchObject({ state: 'done', rows: 3 })
  const places = await database.db
    .select({ place: preparedPieces.place })
    .from(preparedPieces)
    .where(eq(preparedPieces.exportId, id))
  expect(places.filter(({ place }) => place === 7)).toEqual([])

  // A third loss ends it, with a sentence.
  await database.db.update(preparedExports).set({ state: 'running', fence: 3, heartbeatAt: away }).where(own)
  await sendLostExports()
  expect(await getPreparedExport(actor, id)).toMatchObject({ state: 'failed' })
})

test('a process that ends leaves its export to the next worker', async () => {
  const { actor, address, job } = await startWorld()
  const id = await requestExport(actor, { address, format: 'csv' })
  await prepareExport(job(id), AbortSignal.abort(new Error('The process is ending.')))
  expect(await getPreparedExport(actor, id)).toMatchObject({ state: 'queued' })
  await prepareExport(job(id), NEVER)
  expect(await getPreparedExport(actor, id)).toMatchObject({ state: 'done' })
})

test('one whose subscription, or whoever asked for it, is gone fails with the reason', async () => {
  const { actor, address, connection, job } = await startWorld()
  const vera = { ...actor, memberId: randomUUID(), role: 'viewer' as const }
  await database.db.insert(members).values({
    ...{ organisationId: actor.organisationId, id: vera.memberId, objectId: randomUUID() },
    ...{ name: 'Vera', email: 'vera@contoso.example', role: 'viewer' },
  })
  const [first, second] = [
    await requestExport(actor, { address, format: 'csv' }),
    await requestExport(vera, { address, format: 'csv' }),
  ]
  await database.db.execute(
    sql`update connections set state = 'deleting', published_at = null where id = ${connection.id}`,
  )
  await prepareExport(job(first), NEVER)
  expect(await getPreparedExport(actor, first)).toMatchObject({
    state: 'failed',
    problem: 'There is no such connection.',
  })
  await database.db
    .update(members)
    .set({ state: 'removed', removedAt: new Date(), removedByName: 'Olga' })
    .where(eq(members.id, vera.memberId))
  await prepareExport(job(second), NEVER)
  expect(await getPreparedExport(vera, second)).toMatchObject({
    state: 'failed',
    problem: 'Whoever asked for it is no member any more.',
  })
})

test('with one more than a member can have, their oldest one goes', async () => {
  const { actor, address } = await startWorld()
  const ids = []
  for (let count = 0; count <= PREPARED_EXPORTS_PER_MEMBER; count += 1)
    ids.push(await requestExport(actor, { address, format: 'csv' }))
  const kept = await listPreparedExports(actor)
  expect(kept).toHaveLength(PREPARED_EXPORTS_PER_MEMBER)
  expect(kept.map(({ id }) => id)).not.toContain(ids[0])
})

test('what was prepared cannot be downloaded any more once a subscription is deleted whose data it may hold', async () => {
  const { actor, address, connection, job } = await startWorld()
  const [done, open] = [
    await requestExport(actor, { address, format: 'csv' }),
    await requestExport(actor, { address, format: 'csv' }),
  ]
  await prepareExport(job(done), NEVER)
  const owner = { ...actor, role: 'owner' as const }
  const { kind } = await disconnect(owner, connection.id, { data: 'delete', typed: 'Production' })
  expect(kind).toBe('deleting')
  await prepareExport(job(open), NEVER)
  for (const id of [done, open]) {
    expect(await getPreparedExport(actor, id)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('deleted'),
    })
    await expect(answerPrepared(actor, id)).rejects.toThrow('There is no such export')
  }
  await sweep(NEVER)
  const own = eq(preparedPieces.organisationId, actor.organisationId)
  expect(await database.db.select().from(preparedPieces).where(own)).toEqual([])
})

test('a download that loses its export on the way ends with an error, and is not written down as whole', async () => {
  const { actor, address, job } = await startWorld(40)
  const id = await requestExport(actor, { address, format: 'jsonl' })
  await prepareExport(job(id), NEVER)
  await cutPieces(actor, id)
  const isTaken = and(
    eq(auditEvents.organisationId, actor.organisationId),
    eq(auditEvents.action, 'access.export_taken'),
  )
  const before = await database.db.$count(auditEvents, isTaken)
  const answer = await answerPrepared(actor, id)
  await discardExport(actor, id)
  await expect(answer.bytes()).rejects.toThrow('deleted while it was downloaded')
  expect(await database.db.$count(auditEvents, isTaken)).toBe(before)
})

test('each batch of rows says that an export is being written, before the next one is read', async () => {
  const said: number[] = []
  const seen: number[] = []
  async function* read() {
    for (const batch of [[[1]], [[2], [3]], [[4]]]) {
      seen.push(said.length)
      yield batch
    }
  }
  const counted = countRows({ name: 'n', columns: ['c'], rows: read() }, async (rows) => void said.push(rows))
  expect(await Array.fromAsync(counted.cells.rows)).toHaveLength(3)
  expect([said, seen, counted.rows()]).toEqual([[1, 3, 4], [0, 1, 2], 4])
})
