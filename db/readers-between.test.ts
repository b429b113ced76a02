import { setImmediate as letOthersWork } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { getDb, transactionBesideReaders } from './client'
import type { Transaction } from './database'
import { organisations } from './schema/organisations'

let database: TestDatabase
let ours: { organisationId: string }
let theirs: { organisationId: string }

beforeAll(async () => {
  database = await createTestDatabase({ isWatched: false })
  ;[ours, theirs] = [await makeOrganisation('ours'), await makeOrganisation('theirs')]
})

afterAll(() => database.close())

async function makeOrganisation(name: string) {
  const made = await database.db
    .insert(organisations)
    .values({ tenantId: name, name })
    .returning({ organisationId: organisations.id })
  if (!made[0]) throw new Error('The organisation was not made.')
  return made[0]
}

const rename = (tx: Transaction, name: string) => tx.update(organisations).set({ name })

const namesSeenBy = async (reader: { organisationId: string }) =>
  (await (await getDb(reader)).select({ name: organisations.name }).from(organisations)).map(({ name }) => name)

/** A server has sessions enough for everybody. */
const onEmbedded = test.skipIf(process.env.TEST_DATABASE_URL !== undefined)

test('others read while a long transaction is open, each the rows of their own organisation', async () => {
  await transactionBesideReaders(ours, async (tx) => {
    expect((await rename(tx, 'renamed').returning({ name: organisations.name })).length).toBe(1)
    // Were they to wait for the end of this transaction, it would never end.
    expect(await namesSeenBy(theirs)).toEqual(['theirs'])
    expect(await namesSeenBy(ours)).toHaveLength(1)
    expect(await database.db.$count(organisations)).toBe(2)
    // What a reader may see is forgotten after each.
    expect(await tx.$count(organisations)).toBe(1)
  })
  expect(await namesSeenBy(ours)).toEqual(['renamed'])
})

test('a reader whose statement fails is told, and the transaction goes on', async () => {
  await transactionBesideReaders(ours, async (tx) => {
    await rename(tx, 'kept')
    const wrong = (await getDb(theirs)).execute(sql`select 1 / (select count(*) from organisations where false)`)
    await expect(wrong).rejects.toMatchObject({ cause: { message: 'division by zero' } })
    await rename(tx, 'kept to the end')
  })
  expect(await namesSeenBy(ours)).toEqual(['kept to the end'])
})

onEmbedded('whoever wants to write waits for the end, and then has written once', async () => {
  const steps: string[] = []
  let writing: Promise<unknown> = Promise.resolve()
  await transactionBesideReaders(ours, async (tx) => {
    const db = await getDb(theirs)
    writing = db
      .update(organisations)
      .set({ name: sql`${organisations.name} || '!'` })
      .then(() => steps.push('written'))
    for (let turn = 0; turn < 10; turn++) await tx.$count(organisations)
    steps.push('about to end')
  })
  await writing
  expect(steps).toEqual(['about to end', 'written'])
  expect(await namesSeenBy(theirs)).toEqual(['theirs!'])
})

onEmbedded('once readers are held, they see what the transaction has written when it has ended', async () => {
  const steps: string[] = []
  let reading: Promise<string[]> = Promise.resolve([])
  await transactionBesideReaders(ours, async (tx, holdReaders) => {
    holdReaders()
    reading = namesSeenBy(ours)
    void reading.then(() => steps.push('read'))
    for (let turn = 0; turn < 10; turn++) await letOthersWork()
    await rename(tx, 'at the end')
    steps.push('about to end')
  })
  expect(await reading).toEqual(['at the end'])
  expect(steps).toEqual(['about to end', 'read'])
})

test('a transaction that fails leaves nothing, and whoever reads meanwhile is answered', async () => {
  const before = await namesSeenBy(ours)
  let reading: Promise<string[]> = Promise.resolve([])
  const failing = transactionBesideReaders(ours, async (tx) => {
    await rename(tx, 'never')
    reading = namesSeenBy(theirs)
    throw new Error('It failed.')
  })
  await expect(failing).rejects.toThrow('It failed.')
  expect(await reading).toHaveLength(1)
  expect(await namesSeenBy(ours)).toEqual(before)
})
