import { and, eq, inArray } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { accountSecrets, accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { AzureError } from '@/lib/azure/client/errors'
import { claimRun } from '@/lib/runs/runs'
import { failRun } from '@/lib/sync/fail-run'
import { requestSync } from '@/lib/sync/request-sync'
import { sendDueRuns } from '@/lib/worker/worker'
import { applyChange } from '@/sandbox/world/changes'
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
import { beginReconnect } from './attempts'
import { confirmAttempt } from './confirm'
import { disconnect } from './disconnect'
import { beginSignInForAttempt, finishSignIn } from './sign-in'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterEach(() => {
  rolecall.sandbox.world.clockOffset = 0
})
afterAll(() => rolecall.close())

/** A tenant whose three subscriptions are connected with one sign-in and synced. */
async function connectedThrice() {
  const tenant = await rolecall.tenant({ subscriptions: 3 })
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)
  const alsoSubscriptionIds = tenant.subscriptions.slice(1).map(({ id }) => id)
  const confirmed = await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds })
  if (confirmed.kind !== 'connected') throw new Error(confirmed.kind)
  const ids = confirmed.connectionIds
  for (const id of ids) await carryRun(rolecall, tenant.owner, id)
  return { tenant, ids: ids as [string, string, string] }
}

async function signInAgain(tenant: TestTenant, connectionId: string, account: string, takesOver = false) {
  const { attemptId } = await beginReconnect(tenant.owner, connectionId)
  const url = await beginSignInForAttempt(tenant.owner, attemptId)
  await finishSignIn(tenant.owner, await answerMicrosoft(url, tenant.account(account).username))
  return confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [], acceptOtherAccount: true, takesOver })
}

/** Ends every sign-in of the tenant at Microsoft, and lets the access tokens that are left run out. */
function revokeSignIns({ world, tenantId }: TestTenant) {
  applyChange(world, { type: 'revoke_sessions', tenantId })
  applyChange(world, { type: 'advance_clock', ms: 2 * 3_600_000 })
}

const shown = async ({ owner }: TestTenant, ids: string[]) =>
  Promise.all(ids.map(async (id) => (await getConnection(owner, id))?.state))
const openRunsOf = (ids: string[]) =>
  rolecall.db
    .select({ connectionId: syncRuns.connectionId, trigger: syncRuns.trigger })
    .from(syncRuns)
    .where(and(inArray(syncRuns.connectionId, ids), eq(syncRuns.state, 'queued')))
const makeDue = (id: string) =>
  rolecall.db
    .update(connections)
    .set({ nextSyncAt: new Date(0) })
    .where(eq(connections.id, id))

test('subscriptions that are connected with one sign-in live on one account, which keeps it once', async () => {
  const { tenant, ids } = await connectedThrice()
  const of = await Promise.all(ids.map((id) => accountOf(rolecall, id)))
  expect(new Set(of.map(({ id }) => id)).size).toBe(1)
  const { organisationId } = tenant.owner
  expect(await rolecall.db.$count(accountSecrets, eq(accountSecrets.organisationId, organisationId))).toBe(1)
  expect(await getConnection(tenant.owner, ids[0])).toMatchObject({
    account: { name: tenant.account('owner').username, others: 2 },
  })
})

test('a sign-in that has ended is tried by one connection, asks all for a reconnect, and one reconnect heals all', async () => {
  const { tenant, ids } = await connectedThrice()
  revokeSignIns(tenant)
  await requestSync(tenant.owner, ids[0])
  expect(await carryRun(rolecall, tenant.owner, ids[0])).toMatchObject({ problem: { code: 'sign_in_revoked' } })
  expect(await shown(tenant, ids)).toEqual(['reconnect_needed', 'reconnect_needed', 'reconnect_needed'])

  tenant.world.clockOffset = 0
  await makeDue(ids[1])
  await sendDueRuns()
  expect(await openRunsOf(ids), 'asked Microsoft in vain').toEqual([])

  expect(await signInAgain(tenant, ids[2], 'owner')).toEqual({ kind: 'connected', connectionIds: [ids[2]] })
  expect(await shown(tenant, ids)).toEqual(['active', 'active', 'active'])
  // The one that had failed, the one whose time had come, and the one that was reconnected.
  expect((await openRunsOf(ids)).map(({ connectionId }) => connectionId).sort()).toEqual([...ids].sort())
  for (const id of ids) expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded' })
})

test('a reconnect resumes the connections of its own account, and of no other', async () => {
  const { tenant, ids } = await connectedThrice()
  await signInAgain(tenant, ids[2], 'reader')
  await carryRun(rolecall, tenant.owner, ids[2])
  const stranger = await connectedThrice()
  for (const id of [...ids, ...stranger.ids]) await makeDue(id)
  await signInAgain(tenant, ids[2], 'reader')
  expect((await openRunsOf([...ids, ...stranger.ids])).map(({ connectionId }) => connectionId)).toEqual([ids[2]])
})

test('a sign-in whose subscription somebody else has connected meanwhile is not kept', async () => {
  const tenant = await rolecall.tenant({ consented: true })
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('plain').username)
  await connect(tenant)
  await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })
  const kept = await rolecall.db
    .select({ name: accounts.name })
    .from(accounts)
    .where(eq(accounts.organisationId, tenant.owner.organisationId))
  expect(kept).toEqual([{ name: tenant.account('owner').username }])
})

test('a run that failed with an earlier sign-in does not blame the one that has come since', async () => {
  const { tenant, ids } = await connectedThrice()
  const { runId } = await requestSync(tenant.owner, ids[0])
  const late = await claimRun({ organisationId: tenant.owner.organisationId, runId })
  if (!late) throw new Error('not claimed')
  await signInAgain(tenant, ids[1], 'owner')
  await failRun(late, new AzureError('sign_in_revoked', 'Revoked.'), { calls: 1, retries: 0 })
  expect(await shown(tenant, ids)).toEqual(['active', 'active', 'active'])
  const [row] = await rolecall.db.select().from(connections).where(eq(connections.id, ids[0]))
  expect(row?.nextSyncAt, 'tried again with the new sign-in').not.toBeNull()
})

test('a sign-in that works again by itself heals all that waited for it', async () => {
  const { tenant, ids } = await connectedThrice()
  for (const id of ids.slice(0, 2)) {
    await requestSync(tenant.owner, id)
    await tenant.during([{ match: { host: 'management.azure.com' }, claimsChallenge: true }], () =>
      carryRun(rolecall, tenant.owner, id),
    )
  }
  expect(await shown(tenant, ids)).toEqual(['reconnect_needed', 'reconnect_needed', 'reconnect_needed'])
  await requestSync(tenant.owner, ids[0])
  expect(await carryRun(rolecall, tenant.owner, ids[0])).toMatchObject({ state: 'succeeded' })
  expect(await shown(tenant, ids)).toEqual(['active', 'active', 'active'])
  expect(await openRunsOf(ids)).toEqual([{ connectionId: ids[1], trigger: 'reconnect' }])
})

test('another account takes over one connection, and the others go on with the one from before', async () => {
  const { tenant, ids } = await connectedThrice()
  await signInAgain(tenant, ids[0], 'reader')
  const [moved, stayed] = [await accountOf(rolecall, ids[0]), await accountOf(rolecall, ids[1])]
  expect(moved.objectId).toBe(tenant.account('reader').objectId)
  expect(stayed.objectId).toBe(tenant.account('owner').objectId)
  expect([moved.secret, stayed.secret]).not.toContain(null)

  await signInAgain(tenant, ids[1], 'reader')
  await signInAgain(tenant, ids[2], 'reader')
  expect(await signInOf(stayed.id), 'nothing is read with it any more').toEqual({ state: 'signed_out', secrets: 0 })
})

/** What is left of an account on which no connection lives: as long as its results are shown, all but the sign-in. */
async function signInOf(accountId: string) {
  const [account] = await rolecall.db.select().from(accounts).where(eq(accounts.id, accountId))
  return {
    state: account?.state,
    secrets: await rolecall.db.$count(accountSecrets, eq(accountSecrets.accountId, accountId)),
  }
}

test('another account takes over all connections of the one from before when that is asked for, and each finds out what it may read', async () => {
  const { tenant, ids } = await connectedThrice()
  const before = await accountOf(rolecall, ids[0])
  revokeSignIns(tenant)
  await requestSync(tenant.owner, ids[0])
  await carryRun(rolecall, tenant.owner, ids[0])
  tenant.world.clockOffset = 0
  await signInAgain(tenant, ids[1], 'reader', true)
  for (const id of ids) {
    expect(await accountOf(rolecall, id)).toMatchObject({
      objectId: tenant.account('reader').objectId,
      state: 'active',
    })
    const { state, problem } = await carryRun(rolecall, tenant.owner, id)
    expect(
      state === 'succeeded' || ['subscription_not_readable', 'reader_role_missing'].includes(problem?.code ?? ''),
    ).toBe(true)
    expect((await getConnection(tenant.owner, id))?.publishedAt, 'the last result is there').not.toBeNull()
  }
  expect(await signInOf(before.id)).toEqual({ state: 'signed_out', secrets: 0 })
})

test('the sign-in of an account is deleted with the last connection that is read with it, and no sooner', async () => {
  const { tenant, ids } = await connectedThrice()
  const account = await accountOf(rolecall, ids[0])
  const state = async () => {
    const [row] = await rolecall.db.select().from(accounts).where(eq(accounts.id, account.id))
    return [row?.state, await rolecall.db.$count(accountSecrets, eq(accountSecrets.accountId, account.id))]
  }
  await disconnect(tenant.owner, ids[0], { data: 'keep' })
  await disconnect(tenant.owner, ids[1], { data: 'keep' })
  expect(await state()).toEqual(['active', 1])
  await disconnect(tenant.owner, ids[2], { data: 'keep' })
  expect(await state()).toEqual(['signed_out', 0])

  expect(await connect(tenant)).toBe(ids[0])
  expect(await state()).toEqual(['active', 1])
})

test('a subscription that is connected with fewer permissions takes none away from the others of its account', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 2 })
  const [first = '', second = ''] = tenant.subscriptions.map(({ id }) => id)
  const id = await connect(tenant, first, { optional: ['GroupMember.Read.All'] })
  await connect(tenant, second, { optional: ['AuditLog.Read.All'] })
  expect((await accountOf(rolecall, id)).optionalScopes).toEqual(['GroupMember.Read.All', 'AuditLog.Read.All'])
})

test('accounts that sign in, run and disconnect at the same time end whole', async () => {
  const { tenant, ids } = await connectedThrice()
  await Promise.all([
    signInAgain(tenant, ids[0], 'owner'),
    signInAgain(tenant, ids[1], 'reader'),
    disconnect(tenant.owner, ids[2], { data: 'keep' }),
    requestSync(tenant.owner, ids[0]).then(() => carryRun(rolecall, tenant.owner, ids[0])),
  ])
  for (const id of ids) {
    const { state, secret } = await accountOf(rolecall, id)
    expect(state === 'signed_out').toBe(secret === null)
  }
  expect(await shown(tenant, ids)).toEqual(['active', 'active', 'disconnected'])
})
