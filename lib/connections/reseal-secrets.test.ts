import { randomBytes, randomUUID } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { accountSecrets, accounts } from '@/db/schema/accounts'
import { connectAttempts, connections } from '@/db/schema/connections'
import { auditEvents } from '@/db/schema/organisations'
import { signingKeys } from '@/db/schema/signing-keys'
import { env } from '@/lib/env'
import { openSigningKey } from '@/lib/exports/signing-keys'
import { log } from '@/lib/log'
import { getQueue, SWEEP_QUEUE } from '@/lib/runs/queue'
import { requestSync } from '@/lib/sync/request-sync'
import { startWorker } from '@/lib/worker/worker'
import { answerMicrosoft } from '@/testing/answer-microsoft'
import {
  accountOf,
  carryRun,
  connect,
  type Rolecall,
  signInForAttempt,
  startRolecall,
  type TestTenant,
} from '@/testing/rolecall'
import { confirmAttempt } from './confirm'
import { setSchedule } from './manage'
import { BATCH_ROWS, listOldSecrets, resealSecret, resealSecrets } from './reseal-secrets'
import { beginSignInForAttempt, finishSignIn } from './sign-in'
import { nameKeyOf, seal, unseal } from './vault'

const NEVER = new AbortController().signal

let rolecall: Rolecall
let firstKey: ReturnType<typeof env>['encryptionKeys'][number]
beforeAll(async () => {
  rolecall = await startRolecall()
  firstKey = env().encryptionKeys[0] as typeof firstKey
})
beforeEach(async () => {
  await rolecall.db.delete(accountSecrets)
  await rolecall.db.delete(connectAttempts)
  await rolecall.db.delete(signingKeys)
})
afterEach(() => {
  env().encryptionKeys.splice(0, Number.POSITIVE_INFINITY, firstKey)
})
afterAll(() => rolecall.close())

/** Puts a new key in front of the others, as a process would have it after a restart. Gives the key's name. */
function addKey(): string {
  const kid = `key-${randomUUID()}`
  env().encryptionKeys.unshift({ kid, key: new Uint8Array(randomBytes(32)) })
  return kid
}

const keepOnlyNewestKey = () => void env().encryptionKeys.splice(1)

/** An account whose connection has synced once and does so no more by itself. */
async function connectedWithoutSchedule(tenant: TestTenant): Promise<string> {
  const connectionId = await connect(tenant)
  await carryRun(rolecall, tenant.owner, connectionId)
  await setSchedule(tenant.owner, connectionId, 'off')
  return (await accountOf(rolecall, connectionId)).id
}

async function connectionOf(accountId: string): Promise<string> {
  const own = eq(connections.accountId, accountId)
  const [found] = await rolecall.db.select({ id: connections.id }).from(connections).where(own)
  if (!found) throw new Error('The account has no connection.')
  return found.id
}

async function secretOf(accountId: string) {
  const own = eq(accountSecrets.accountId, accountId)
  const [found] = await rolecall.db.select().from(accountSecrets).where(own)
  if (!found) throw new Error('The account has no secret.')
  return found
}

const setSealed = (accountId: string, sealed: string) =>
  rolecall.db.update(accountSecrets).set({ sealed }).where(eq(accountSecrets.accountId, accountId))

const placeOf = (tenant: TestTenant, id: string) => ({
  organisationId: tenant.owner.organisationId,
  kind: 'account-cache' as const,
  id,
})

const openSecretOf = async (tenant: TestTenant, id: string) => unseal((await secretOf(id)).sealed, placeOf(tenant, id))

/** Takes the access tokens out of a stored sign-in, as if an hour had passed, so that the next sync stores new ones. */
async function loseAccessTokens(tenant: TestTenant, id: string): Promise<void> {
  const cache = JSON.parse(await openSecretOf(tenant, id))
  await setSealed(id, await seal(JSON.stringify({ ...cache, AccessToken: {} }), placeOf(tenant, id)))
}

async function sync(tenant: TestTenant, accountId: string) {
  const connectionId = await connectionOf(accountId)
  await requestSync(tenant.owner, connectionId)
  return carryRun(rolecall, tenant.owner, connectionId)
}

const reseals = (tenant: TestTenant) =>
  rolecall.db
    .select({ subject: auditEvents.subject, details: auditEvents.details })
    .from(auditEvents)
    .where(and(eq(auditEvents.organisationId, tenant.owner.organisationId), eq(auditEvents.action, 'account.resealed')))

/** Adds secrets of accounts that nothing else is known of. */
async function addSecrets(tenant: TestTenant, count: number): Promise<string[]> {
  const id = await connectedWithoutSchedule(tenant)
  const [row] = await rolecall.db.select().from(accounts).where(eq(accounts.id, id))
  if (!row) throw new Error('The account vanished.')
  const ids = Array.from({ length: count - 1 }, () => randomUUID())
  await rolecall.db.insert(accounts).values(ids.map((one) => ({ ...row, id: one, objectId: one })))
  const secrets = ids.map(async (one) => ({
    organisationId: row.organisationId,
    accountId: one,
    sealed: await seal(`secret of ${one}`, placeOf(tenant, one)),
  }))
  await rolecall.db.insert(accountSecrets).values(await Promise.all(secrets))
  return ids
}

test('the key that exports are signed with is sealed anew, and signs as before', async () => {
  const { id, sign } = await openSigningKey()
  const signature = sign(Buffer.from('an export'))
  const newest = addKey()
  expect(await resealSecrets(NEVER)).toMatchObject({ resealed: 1, unreadable: 0, neededKeys: [newest] })
  keepOnlyNewestKey()
  const again = await openSigningKey()
  expect(again.id).toBe(id)
  expect(again.sign(Buffer.from('an export'))).toEqual(signature)
})

describe('a secret that no sync uses', () => {
  test('is sealed anew with the newest key, after which the old key can be taken away', async () => {
    const tenant = await rolecall.tenant()
    const id = await connectedWithoutSchedule(tenant)
    const [before, secret] = [await secretOf(id), await openSecretOf(tenant, id)]
    const newest = addKey()

    expect(await resealSecrets(NEVER)).toMatchObject({ resealed: 1, unreadable: 0, neededKeys: [newest] })
    keepOnlyNewestKey()
    const after = await secretOf(id)
    expect(nameKeyOf(after.sealed)).toBe(newest)
    expect(after).toMatchObject({ version: before.version, updatedAt: before.updatedAt })
    expect(await openSecretOf(tenant, id)).toBe(secret)
    expect(await reseals(tenant)).toEqual([
      { subject: tenant.account('owner').username, details: { before: firstKey.kid, after: newest } },
    ])
    await loseAccessTokens(tenant, id)
    expect(await sync(tenant, id)).toMatchObject({ state: 'succeeded' })
    expect(await resealSecrets(NEVER)).toMatchObject({ resealed: 0, unreadable: 0, neededKeys: [newest] })
  })
})

describe('an attempt to connect', () => {
  test('is finished with the sign-in that was sealed anew meanwhile', async () => {
    const tenant = await rolecall.tenant()
    const id = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)
    const newest = addKey()
    expect(await resealSecrets(NEVER)).toMatchObject({ resealed: 1, unreadable: 0, neededKeys: [newest] })
    keepOnlyNewestKey()
    expect(await confirmAttempt(tenant.owner, id, { alsoSubscriptionIds: [] })).toMatchObject({ kind: 'connected' })
    expect(await reseals(tenant)).toEqual([])
  })

  test('goes on when the person comes back from Microsoft after what was sealed for that was sealed anew', async () => {
    const tenant = await rolecall.tenant()
    const { username } = tenant.account('owner')
    const id = await signInForAttempt(tenant.owner, tenant.subscription.id, username)
    const back = await answerMicrosoft(await beginSignInForAttempt(tenant.owner, id), username)
    const newest = addKey()
    expect(await resealSecrets(NEVER)).toMatchObject({ resealed: 2, unreadable: 0, neededKeys: [newest] })
    keepOnlyNewestKey()
    expect(await finishSignIn(tenant.owner, back)).toEqual({ attemptId: id })
    expect(await confirmAttempt(tenant.owner, id, { alsoSubscriptionIds: [] })).toMatchObject({ kind: 'connected' })
  })
})

describe('beside a sync', () => {
  test('a secret that the sync stored after the old one was read is not overwritten', async () => {
    const tenant = await rolecall.tenant()
    const id = await connectedWithoutSchedule(tenant)
    await loseAccessTokens(tenant, id)
    const { sealed: old } = await secretOf(id)
    await sync(tenant, id)
    const stored = await secretOf(id)
    expect(stored.sealed).not.toBe(old)

    addKey()
    expect(await resealSecret(placeOf(tenant, id), old)).toBe('changed')
    expect(await secretOf(id)).toEqual(stored)
    expect(await reseals(tenant)).toEqual([])
  })

  test('tokens that the sync fetched while the old ones were sealed anew are stored', async () => {
    const tenant = await rolecall.tenant()
    const id = await connectedWithoutSchedule(tenant)
    await loseAccessTokens(tenant, id)
    const before = await secretOf(id)
    const connectionId = await connectionOf(id)
    await requestSync(tenant.owner, connectionId)
    const newest = addKey()
    await tenant.during([{ match: { path: '/oauth2/v2.0/token' }, delayMs: 4000, times: 1 }], async () => {
      const carried = carryRun(rolecall, tenant.owner, connectionId)
      // The sync has read the old tokens, and Microsoft's answer with the new ones is under way.
      await vi.waitFor(() => expect(rolecall.sandbox.world.faults).toMatchObject([{ fired: 1 }]), { timeout: 60_000 })
      expect(await resealSecrets(NEVER)).toMatchObject({ resealed: 1 })
      expect(await secretOf(id)).toMatchObject({ version: before.version, updatedAt: before.updatedAt })
      expect(await carried).toMatchObject({ state: 'succeeded' })
    })
    const after = await secretOf(id)
    expect(after.version).toBeGreaterThan(before.version)
    expect(nameKeyOf(after.sealed)).toBe(newest)
    expect(Object.keys(JSON.parse(await openSecretOf(tenant, id)).AccessToken)).not.toEqual([])
  })

  test.runIf(process.env.TEST_DATABASE_URL)(
    'a secret that waits to be replaced yields to what is stored first',
    async () => {
      const tenant = await rolecall.tenant()
      const id = await connectedWithoutSchedule(tenant)
      const { sealed: old } = await secretOf(id)
      const newer = await seal('newer tokens', placeOf(tenant, id))
      addKey()
      const resealing = await rolecall.db.transaction(async (tx) => {
        await tx.update(accountSecrets).set({ sealed: newer }).where(eq(accountSecrets.accountId, id))
        const waiting = { outcome: resealSecret(placeOf(tenant, id), old) }
        await vi.waitFor(async () => {
          const { rows } = await rolecall.db.execute(
            sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          )
          expect(rows).toHaveLength(1)
        }, 60_000)
        return waiting
      })
      expect(await resealing.outcome).toBe('changed')
      expect((await secretOf(id)).sealed).toBe(newer)
    },
  )

  test('a secret that was deleted after it was read does not come back', async () => {
    const tenant = await rolecall.tenant()
    const id = await connectedWithoutSchedule(tenant)
    const { sealed } = await secretOf(id)
    await rolecall.db.delete(accountSecrets)
    addKey()
    expect(await resealSecret(placeOf(tenant, id), sealed)).toBe('changed')
    expect(await rolecall.db.$count(accountSecrets)).toBe(0)
  })
})

describe('a secret that does not open', () => {
  test('because its key is gone stays as it is, is counted, and is sealed anew once the key is back', async () => {
    const tenant = await rolecall.tenant()
    const [lost, fine] = [
      await connectedWithoutSchedule(tenant),
      await connectedWithoutSchedule(await rolecall.tenant()),
    ]
    const before = await secretOf(lost)
    const newest = addKey()
    expect(await resealSecret(placeOf(tenant, lost), before.sealed)).toBe('resealed')
    keepOnlyNewestKey()
    const { sealed } = await secretOf(lost)
    // Now the newest key is the lost one: it sealed this secret, and another one has taken its place.
    const [lostKey] = env().encryptionKeys.splice(0, 1, firstKey)
    const another = addKey()

    expect(await resealSecrets(NEVER)).toEqual({
      resealed: 1,
      unreadable: 1,
      unreadableAccounts: [lost],
      neededKeys: [another, newest].sort(),
    })
    expect(await secretOf(lost)).toEqual({ ...before, sealed })
    expect(nameKeyOf((await secretOf(fine)).sealed)).toBe(another)

    if (lostKey) env().encryptionKeys.push(lostKey)
    expect(await resealSecrets(NEVER)).toMatchObject({ resealed: 1, unreadable: 0, neededKeys: [another] })
  })

  test('because another key has the name of its own stays as it is', async () => {
    const tenant = await rolecall.tenant()
    const before = await secretOf(await connectedWithoutSchedule(tenant))
    const newest = addKey()
    env().encryptionKeys.splice(1, 1, { kid: firstKey.kid, key: new Uint8Array(randomBytes(32)) })
    expect(await resealSecrets(NEVER)).toMatchObject({
      resealed: 0,
      unreadable: 1,
      neededKeys: [firstKey.kid],
    })
    expect(newest).not.toBe(firstKey.kid)
    expect(await secretOf(before.accountId)).toEqual(before)
  })

  test('because it was altered, moved from another row or is no sealed value stays as it is', async () => {
    const tenant = await rolecall.tenant()
    const ids = await addSecrets(tenant, 5)
    const [altered = '', moved = '', rubbish = '', whole = ''] = ids
    const sealed = JSON.parse((await secretOf(altered)).sealed)
    await setSealed(altered, JSON.stringify({ ...sealed, tag: randomBytes(16).toString('base64url') }))
    await setSealed(moved, (await secretOf(whole)).sealed)
    await setSealed(rubbish, 'rubbish')
    const broken = [altered, moved, rubbish]
    const before = await Promise.all(broken.map(secretOf))
    const newest = addKey()

    const done = await resealSecrets(NEVER)
    expect(done).toMatchObject({ resealed: 2, unreadable: 3, neededKeys: [newest, firstKey.kid].sort() })
    expect(done.unreadableAccounts.sort()).toEqual(broken.sort())
    expect(await Promise.all(before.map(({ accountId }) => secretOf(accountId)))).toEqual(before)
    expect(await openSecretOf(tenant, whole)).toBe(`secret of ${whole}`)
  })
})

describe('the log', () => {
  test('tells in one line what was done and which keys are needed, and is silent when nothing changed', async () => {
    const tenant = await rolecall.tenant()
    const ids = await addSecrets(tenant, 3)
    const lines = { info: vi.spyOn(log(), 'info'), warn: vi.spyOn(log(), 'warn') }
    const heard = () => [lines.info, lines.warn].flatMap(({ mock }) => mock.calls.splice(0).flat())
    await resealSecrets(NEVER)
    expect(heard()).toEqual([])

    const newest = addKey()
    await resealSecrets(NEVER)
    await resealSecrets(NEVER)
    expect(heard()).toEqual([{ event: 'secrets_resealed', resealed: 3, unreadable: 0, neededKeys: [newest] }])

    const [broken = ''] = ids
    await setSealed(broken, 'rubbish')
    await resealSecrets(NEVER)
    await resealSecrets(NEVER)
    const line = { event: 'secrets_resealed', unreadable: 1, unreadableAccounts: [broken], neededKeys: [newest] }
    expect(heard()).toEqual([{ ...line, resealed: 0 }])
    vi.restoreAllMocks()
  })

  test('tells after a start which keys are needed, while several are configured', async () => {
    await connectedWithoutSchedule(await rolecall.tenant())
    const newest = addKey()
    await resealSecrets(NEVER)
    vi.resetModules()
    const started = await import('./reseal-secrets')
    const keys = env().encryptionKeys
    ;(await import('@/lib/env')).env().encryptionKeys.splice(0, 1, ...keys)
    const told = vi.spyOn(log(), 'info')
    await started.resealSecrets(NEVER)
    await started.resealSecrets(NEVER)
    expect(told.mock.calls).toEqual([[{ event: 'secrets_resealed', resealed: 0, unreadable: 0, neededKeys: [newest] }]])
    vi.restoreAllMocks()
  })
})

describe('many secrets', () => {
  test('are listed in batches, and all of them are sealed anew', async () => {
    const tenant = await rolecall.tenant()
    const ids = await addSecrets(tenant, 2 * BATCH_ROWS + 1)
    const newest = addKey()
    const first = await listOldSecrets('account-cache', [])
    const second = await listOldSecrets('account-cache', [], first.at(-1))
    const third = await listOldSecrets('account-cache', [], second.at(-1))
    expect([first.length, second.length, third.length]).toEqual([BATCH_ROWS, BATCH_ROWS, 1])
    expect(new Set([...first, ...second, ...third].map(({ id }) => id)).size).toBe(2 * BATCH_ROWS + 1)

    expect(await resealSecrets(NEVER)).toMatchObject({ resealed: ids.length + 1, unreadable: 0, neededKeys: [newest] })
    keepOnlyNewestKey()
    for (const id of ids) expect(await openSecretOf(tenant, id)).toBe(`secret of ${id}`)
  })

  test('are each sealed anew once when two workers sweep at the same time', async () => {
    const tenant = await rolecall.tenant()
    const ids = await addSecrets(tenant, 60)
    addKey()
    const done = await Promise.all([resealSecrets(NEVER), resealSecrets(NEVER)])
    expect(done.reduce((sum, { resealed }) => sum + resealed, 0)).toBe(60)
    expect(done.map(({ unreadable }) => unreadable)).toEqual([0, 0])
    expect(await reseals(tenant)).toHaveLength(60)
    keepOnlyNewestKey()
    for (const id of ids) expect(await openSecretOf(tenant, id)).toBe(`secret of ${id}`)
  })

  test('are left for the next sweep when the process ends', async () => {
    const tenant = await rolecall.tenant()
    const before = await secretOf(await connectedWithoutSchedule(tenant))
    const newest = addKey()
    expect(await resealSecrets(AbortSignal.abort())).toMatchObject({ resealed: 0, neededKeys: [firstKey.kid] })
    expect(await secretOf(before.accountId)).toEqual(before)
    expect(await resealSecrets(NEVER)).toMatchObject({ resealed: 1, neededKeys: [newest] })
  })
})

// The last one, because its worker stays and takes the syncs of this file.
test('a secret is sealed anew by a worker when the sweep is due', async () => {
  const tenant = await rolecall.tenant()
  const id = await connectedWithoutSchedule(tenant)
  const newest = addKey()
  const ending = new AbortController()
  await startWorker(ending.signal)
  await (await getQueue()).send(SWEEP_QUEUE)
  await vi.waitFor(async () => expect(nameKeyOf((await secretOf(id)).sealed)).toBe(newest), { timeout: 30_000 })
  ending.abort(new Error('The test ends.'))
})
