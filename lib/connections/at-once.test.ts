import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { members } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import { NotFound } from '@/lib/actor'
import { AzureError } from '@/lib/azure/client/errors'
import { claimRun } from '@/lib/runs/runs'
import { failRun } from '@/lib/sync/fail-run'
import { requestSync } from '@/lib/sync/request-sync'
import { answerMicrosoft } from '@/testing/answer-microsoft'
import { carryRun, connect, type Rolecall, signInForAttempt, startRolecall, type TestTenant } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'
import { beginReconnect } from './attempts'
import { confirmAttempt } from './confirm'
import { disconnect } from './disconnect'
import { beginSignInForAttempt, finishSignIn } from './sign-in'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

async function reconnect({ owner, account }: TestTenant, connectionId: string): Promise<void> {
  const { attemptId } = await beginReconnect(owner, connectionId)
  const url = await beginSignInForAttempt(owner, attemptId)
  await finishSignIn(owner, await answerMicrosoft(url, account('owner').username))
  await confirmAttempt(owner, attemptId, { alsoSubscriptionIds: [] })
}

test('a run that began before a reconnect does not undo it by failing', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  await carryRun(rolecall, tenant.owner, id)
  const { runId } = await requestSync(tenant.owner, id)
  const run = await claimRun({ organisationId: tenant.owner.organisationId, runId })
  if (!run) throw new Error('The run was not claimed.')
  await reconnect(tenant, id)

  await failRun(run, new AzureError('sign_in_expired', 'The earlier sign-in.'), { calls: 0, retries: 0 })
  const connection = async () => (await rolecall.db.select().from(connections).where(eq(connections.id, id)))[0]
  expect(await connection()).toMatchObject({ state: 'active', failures: 0 })
  const [old] = await rolecall.db.select().from(syncRuns).where(eq(syncRuns.id, runId))
  expect(old).toMatchObject({ state: 'cancelled' })
  expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded', trigger: 'reconnect' })
})

test('two members who connect one subscription at once get one connection with one first run', async () => {
  const tenant = await rolecall.tenant({ consented: true })
  const colleague = await signInAs({ tenantId: tenant.tenantId, name: 'Aron Admin' })
  await rolecall.db.update(members).set({ role: 'admin' }).where(eq(members.id, colleague.memberId))
  const both = [tenant.owner, { ...colleague, role: 'admin' as const }]
  const attempts: string[] = []
  for (const actor of both)
    attempts.push(await signInForAttempt(actor, tenant.subscription.id, tenant.account('owner').username))
  const confirmed = await Promise.all(
    both.map((actor, index) => confirmAttempt(actor, attempts[index] ?? '', { alsoSubscriptionIds: [] })),
  )
  const [tile, ...others] = await rolecall.db
    .select()
    .from(connections)
    .where(eq(connections.organisationId, tenant.owner.organisationId))
  expect(others).toEqual([])
  expect(confirmed).toEqual([1, 2].map(() => ({ kind: 'connected', connectionIds: [tile?.id] })))
  expect(await rolecall.db.$count(syncRuns, eq(syncRuns.connectionId, tile?.id ?? ''))).toBe(1)
})

test('asking for a sync while the subscription is disconnected leaves no run behind', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  await carryRun(rolecall, tenant.owner, id)
  const [asked, disconnected] = await Promise.allSettled([
    requestSync(tenant.owner, id),
    disconnect(tenant.owner, id, { data: 'keep' }),
  ])
  expect(disconnected.status).toBe('fulfilled')
  if (asked.status === 'rejected') expect(asked.reason).toBeInstanceOf(NotFound)
  const states = (await rolecall.db.select().from(syncRuns).where(eq(syncRuns.connectionId, id))).map(
    ({ state }) => state,
  )
  expect(states.filter((state) => state === 'queued' || state === 'running')).toEqual([])
})
