import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountSecrets } from '@/db/schema/accounts'
import { accountOf, connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { listLostKeys } from './check-keys'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

test('nothing is said while every stored sign-in opens', async () => {
  expect(await listLostKeys()).toEqual([])
  await connect(await rolecall.tenant())
  expect(await listLostKeys()).toEqual([])
})

test('a key that is gone, and one that is not what it was, are named with how many sign-ins need it', async () => {
  const ids: string[] = []
  for (let n = 0; n < 2; n++) ids.push((await accountOf(rolecall, await connect(await rolecall.tenant()))).id)
  const whereIs = (id: string | undefined) => eq(accountSecrets.accountId, id ?? '')
  const [stored] = await rolecall.db.select().from(accountSecrets).where(whereIs(ids[0]))
  const sealed = JSON.parse(stored?.sealed ?? '')
  const sealedWith = (kid: string) => {
    const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid })).toString('base64url')
    return JSON.stringify({ ...sealed, protected: header })
  }
  for (const id of ids)
    await rolecall.db
      .update(accountSecrets)
      .set({ sealed: sealedWith('2025-11') })
      .where(whereIs(id))
  expect(await listLostKeys()).toEqual([{ kid: '2025-11', secrets: 2, isConfigured: false }])

  const rest = await rolecall.db.select({ id: accountSecrets.accountId }).from(accountSecrets)
  for (const { id } of rest)
    await rolecall.db
      .update(accountSecrets)
      .set({ sealed: JSON.stringify({ ...sealed, tag: randomBytes(16).toString('base64url') }) })
      .where(whereIs(id))
  expect(await listLostKeys()).toEqual([{ kid: 'test', secrets: rest.length, isConfigured: true }])
})

test('what is no envelope at all is counted too, and fails nothing', async () => {
  await rolecall.db.update(accountSecrets).set({ sealed: 'rubbish' })
  expect(await listLostKeys()).toMatchObject([{ kid: null, isConfigured: false }])
})
