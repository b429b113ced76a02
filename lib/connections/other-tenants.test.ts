import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { requestSync } from '@/lib/sync/request-sync'
import { applyChange } from '@/sandbox/world/changes'
import { carryRun, connect, type Rolecall, signInForAttempt, startRolecall } from '@/testing/rolecall'
import { checkAttempt } from './checks'
import { confirmAttempt } from './confirm'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** A tenant with a subscription of its own, whose owner also reads one of a customer's by Azure Lighthouse. */
async function managing() {
  const [customer, tenant] = [await rolecall.tenant(), await rolecall.tenant({ subscriptions: 2 })]
  applyChange(tenant.world, {
    type: 'delegate',
    subscriptionId: customer.subscription.id,
    managedByTenantId: tenant.tenantId,
    authorizations: [{ principalId: tenant.account('owner').objectId, role: 'Reader' }],
  })
  return { tenant, customer, own: tenant.subscriptions.map(({ id }) => id) }
}

test('a subscription of another tenant is shown beside the others, and cannot be connected with this sign-in', async () => {
  const { tenant, customer, own } = await managing()
  const attemptId = await signInForAttempt(tenant.owner, own[0] ?? '', tenant.account('owner').username)
  const { others } = await checkAttempt(tenant.owner, attemptId)
  expect(others.find(({ subscriptionId }) => subscriptionId === own[1])).toMatchObject({ otherTenant: null })
  expect(others.find(({ subscriptionId }) => subscriptionId === customer.subscription.id)).toMatchObject({
    otherTenant: customer.tenantId,
  })

  const also = [own[1] ?? '', customer.subscription.id]
  expect(await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: also })).toEqual({
    kind: 'refused',
    code: 'subscription_of_other_tenant',
  })
  const made = await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [own[1] ?? ''] })
  expect(made).toMatchObject({ kind: 'connected', connectionIds: [expect.any(String), expect.any(String)] })
  const rows = await rolecall.db
    .select({ id: connections.subscriptionId })
    .from(connections)
    .where(eq(connections.organisationId, tenant.owner.organisationId))
  expect(rows.map(({ id }) => id).sort()).toEqual(own.toSorted())
})

test('a run of a subscription that is in another tenant than its connection ends with words, and publishes nothing', async () => {
  const { tenant, customer, own } = await managing()
  const id = await connect(tenant, own[0])
  const first = await carryRun(rolecall, tenant.owner, id)
  expect(first.state).toBe('succeeded')
  const { id: subscriptionId } = customer.subscription
  await rolecall.db.update(connections).set({ subscriptionId }).where(eq(connections.id, id))
  await requestSync(tenant.owner, id)
  expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({
    state: 'failed',
    problem: { code: 'subscription_moved' },
  })
  const [connection] = await rolecall.db.select().from(connections).where(eq(connections.id, id))
  expect(connection).toMatchObject({ state: 'reconnect_needed', publishedRunId: first.id, nextSyncAt: null })
})
