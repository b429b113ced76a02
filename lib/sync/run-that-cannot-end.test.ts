import { randomBytes } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { accountSecrets } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { MOST_CLAIMS } from '@/lib/runs/runs'
import { sendDueRuns } from '@/lib/worker/worker'
import { applyChange } from '@/sandbox/world/changes'
import { accountOf, carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { requestSync } from './request-sync'
import { runSync } from './run-sync'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())
afterEach(() => accept())

/** Makes the database refuse to write down a failed run for which the SQL condition on `new` holds. */
async function refuse(condition: string) {
  await rolecall.asOwner(`create or replace function refuse_failure() returns trigger language plpgsql as $$
    begin
      if new.state = 'failed' and (${condition}) then raise exception 'refused for a test'; end if;
      return new;
    end $$;
    create or replace trigger refuse_failure before update on sync_runs for each row execute function refuse_failure()`)
}
const accept = () => rolecall.asOwner('drop trigger if exists refuse_failure on sync_runs')

const runOf = async (runId: string) => (await rolecall.db.select().from(syncRuns).where(eq(syncRuns.id, runId)))[0]
const connectionOf = async (id: string) =>
  (await rolecall.db.select().from(connections).where(eq(connections.id, id)))[0]

async function connected() {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  await carryRun(rolecall, tenant.owner, id)
  return { tenant, id }
}

/** Carries out a sync during which Azure is out of order. Gives the id of its run. */
async function syncInVain({ owner, subscription, during }: TestTenant, id: string): Promise<string> {
  const { runId } = await requestSync(owner, id)
  const path = `${subscription.id}/providers/Microsoft.Authorization/roleAssignments`
  await during(
    [{ match: { host: 'management.azure.com', path }, status: 429, headers: { 'retry-after': '300' } }],
    () => runSync({ organisationId: owner.organisationId, runId }, new AbortController().signal),
  )
  return runId
}

/** Lets the heartbeat of a run be one of long ago, as if its worker were gone. */
const loseWorker = (runId: string) =>
  rolecall.db.update(syncRuns).set({ heartbeatAt: sql`now() - interval '5 minutes'` }).where(eq(syncRuns.id, runId))

test('a failure that the database refuses to write down is written down as a plain one', async () => {
  const { tenant, id } = await connected()
  await refuse(`new.problem ->> 'code' <> 'unknown'`)
  const runId = await syncInVain(tenant, id)
  expect(await runOf(runId)).toMatchObject({ state: 'failed', problem: { code: 'unknown' } })
  const connection = await connectionOf(id)
  expect(connection).toMatchObject({ state: 'active', failures: 1 })
  expect(connection?.nextSyncAt).not.toBeNull()
})

test('a run that cannot be ended at all is begun a few times, then ended with words once that is possible', async () => {
  const { tenant, id } = await connected()
  await refuse(`new.connection_id = '${id}'`)
  const runId = await syncInVain(tenant, id)
  for (let claims = 2; claims <= MOST_CLAIMS; claims += 1) {
    await loseWorker(runId)
    await syncInVain(tenant, id)
    expect(await runOf(runId)).toMatchObject({ state: 'running', fence: claims })
  }

  await loseWorker(runId)
  const { log } = tenant.world
  log.length = 0
  await runSync({ organisationId: tenant.owner.organisationId, runId }, new AbortController().signal)
  expect(log, 'asked Microsoft once more').toEqual([])
  expect(await runOf(runId)).toMatchObject({ state: 'running', fence: MOST_CLAIMS })

  await sendDueRuns() // and the database still refuses
  expect(await runOf(runId)).toMatchObject({ state: 'running' })
  await accept()
  await sendDueRuns()
  expect(await runOf(runId)).toMatchObject({ state: 'failed', problem: { code: 'run_given_up' } })
  const connection = await connectionOf(id)
  expect(connection).toMatchObject({ state: 'active', failures: 1 })
  expect(connection?.nextSyncAt).not.toBeNull()

  await requestSync(tenant.owner, id)
  expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded' })
})

test('one run that cannot be ended keeps no other from being ended', async () => {
  const all = [await connected(), await connected()]
  const runIds: string[] = []
  for (const { tenant, id } of all) {
    const { runId } = await requestSync(tenant.owner, id)
    runIds.push(runId)
    await rolecall.db
      .update(syncRuns)
      .set({ state: 'running', fence: MOST_CLAIMS, heartbeatAt: sql`now() - interval '5 minutes'` })
      .where(eq(syncRuns.id, runId))
  }
  for (const { id } of all) {
    await refuse(`new.connection_id = '${id}'`)
    await sendDueRuns()
  }
  for (const runId of runIds) expect(await runOf(runId)).toMatchObject({ state: 'failed' })
})

test('progress that the database refuses to write down loses neither the run nor what it has read', async () => {
  const { tenant, id } = await connected()
  await rolecall.asOwner(`create or replace function refuse_progress() returns trigger language plpgsql as $$
    begin raise exception using errcode = '57P01', message = 'refused for a test'; end $$;
    create trigger refuse_progress before update on sync_runs for each row
      when (new.state = 'running' and new.phase <> 'starting') execute function refuse_progress()`)
  try {
    await requestSync(tenant.owner, id)
    expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded' })
  } finally {
    await rolecall.asOwner('drop trigger refuse_progress on sync_runs')
  }
})

test('a sign-in whose key is gone or another one asks for a reconnect, and is not tried again', async () => {
  const { tenant, id } = await connected()
  const { id: accountId, secret } = await accountOf(rolecall, id)
  const sealed = JSON.parse(secret?.sealed ?? '')
  const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: 'gone' })).toString('base64url')
  for (const wrong of [
    { ...sealed, protected: header },
    { ...sealed, tag: randomBytes(16).toString('base64url') },
  ]) {
    await rolecall.db
      .update(accountSecrets)
      .set({ sealed: JSON.stringify(wrong) })
      .where(eq(accountSecrets.accountId, accountId))
    await requestSync(tenant.owner, id)
    expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({
      state: 'failed',
      problem: { code: 'secret_unreadable' },
    })
    expect(await accountOf(rolecall, id)).toMatchObject({ state: 'reconnect_needed', stateReason: 'secret_unreadable' })
    expect(await connectionOf(id)).toMatchObject({ state: 'active', nextSyncAt: null })
    expect((await accountOf(rolecall, id)).secret?.sealed, 'overwritten').toBe(JSON.stringify(wrong))
  }
})

test('a database that fails while a token is kept is no fault of the sign-in', async () => {
  const { tenant, id } = await connected()
  await rolecall.asOwner(`create function refuse_secret() returns trigger language plpgsql as $$
    begin raise exception 'refused for a test'; end $$;
    create trigger refuse_secret before update on account_secrets for each row execute function refuse_secret()`)
  try {
    applyChange(tenant.world, { type: 'advance_clock', ms: 2 * 3_600_000 })
    await requestSync(tenant.owner, id)
    expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({
      state: 'failed',
      problem: { code: 'interrupted' },
    })
    expect(await connectionOf(id)).toMatchObject({ state: 'active' })
  } finally {
    await rolecall.asOwner('drop trigger refuse_secret on account_secrets')
  }
})
