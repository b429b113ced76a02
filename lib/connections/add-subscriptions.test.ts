import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAccounts } from '@/db/queries/accounts'
import { accountSecrets, accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { auditEvents } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import { NotAllowed, NotFound } from '@/lib/actor'
import { accountOf, carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'
import { addSubscriptions, listReadableSubscriptions } from './add-subscriptions'
import { beginConnect, getAttempt } from './attempts'
import { checkAttempt } from './checks'
import { chooseAccount } from './choose-account'
import { confirmAttempt } from './confirm'
import { disconnect } from './disconnect'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** A tenant with an account that reads one of its subscriptions. */
async function connectedOnce(subscriptions: number) {
  const tenant = await rolecall.tenant({ subscriptions })
  const connectionId = await connect(tenant)
  const account = await accountOf(rolecall, connectionId)
  const rest = tenant.subscriptions.slice(1).map(({ id }) => id)
  return { tenant, connectionId, account, rest }
}

const subscriptionsOf = async ({ owner }: TestTenant) =>
  (
    await rolecall.db
      .select({ id: connections.subscriptionId })
      .from(connections)
      .where(eq(connections.organisationId, owner.organisationId))
  ).map(({ id }) => id)

async function begun(tenant: TestTenant, subscriptionId: string) {
  const result = await beginConnect(tenant.owner, subscriptionId)
  if (result.kind !== 'begun') throw new Error(result.kind)
  return result.attemptId
}

describe('subscriptions that an account can read', () => {
  test('are listed by name, those that are connected already with their label', async () => {
    const { tenant, account } = await connectedOnce(3)
    const { subscriptions: readable, odd } = await listReadableSubscriptions(tenant.owner, account.id)
    expect(odd).toBe(0)
    const names = tenant.subscriptions.map(({ name }) => name)
    expect(readable.map(({ name }) => name)).toEqual(
      names.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true })),
    )
    expect(readable.filter(({ connectedAs }) => connectedAs !== null)).toMatchObject([
      { subscriptionId: tenant.subscription.id, connectedAs: tenant.subscription.name },
    ])
  })

  test('are told to be more when a row of the list cannot be understood', async () => {
    const { tenant, account } = await connectedOnce(3)
    const match = { host: 'management.azure.com', path: '/subscriptions$' }
    const rows = tenant.subscriptions.map(({ id, name }) => ({
      ...{ id: `/subscriptions/${id}`, subscriptionId: id, displayName: name, state: 'Enabled' },
      tenantId: tenant.tenantId,
    }))
    const body = { value: [{ displayName: 'odd' }, ...rows] }
    const { subscriptions, odd } = await tenant.during([{ match, status: 200, body }], () =>
      listReadableSubscriptions(tenant.owner, account.id),
    )
    expect([subscriptions.length, odd]).toEqual([3, 1])
  })

  test('come with where they lie, and what is known of their assignments: of connected ones only', async () => {
    const tenant = await rolecall.tenant({ subscriptions: 4, managementGroupDepth: 2, managementGroups: 4 })
    const connectionId = await connect(tenant)
    const run = await carryRun(rolecall, tenant.owner, connectionId)
    const { id } = await accountOf(rolecall, connectionId)
    const { subscriptions, groups, groupsRefused } = await listReadableSubscriptions(tenant.owner, id)
    expect(groupsRefused).toBeNull()
    const chains = subscriptions.map(({ managementGroups }) => managementGroups.map((one) => one.name))
    expect(new Set(chains.map(([root]) => root)).size).toBe(1)
    expect(chains.every(({ length }) => length === 3)).toBe(true)
    expect(new Set(groups.map(({ name }) => name))).toEqual(new Set(chains.flat()))
    expect(subscriptions.filter(({ assignments }) => assignments !== null)).toMatchObject([
      { subscriptionId: tenant.subscription.id, assignments: run.assignments },
    ])
  })

  test('are listed as well where the management groups are refused, and the refusal is told', async () => {
    const { tenant, account } = await connectedOnce(2)
    const match = { host: 'management.azure.com', path: 'getEntities' }
    const found = await tenant.during([{ match, status: 403 }], () =>
      listReadableSubscriptions(tenant.owner, account.id),
    )
    expect(found).toMatchObject({ groups: [], groupsRefused: expect.any(String) })
    expect(found.subscriptions).toHaveLength(2)
  })

  test('become connections at once, without a sign-in, read with that account, and the audit log says so', async () => {
    const { tenant, account, rest } = await connectedOnce(30)
    const signIns = tenant.world.log.filter(({ path }) => /authorize/.test(path)).length
    const added = await addSubscriptions(tenant.owner, account.id, rest)
    if (added.kind !== 'added') throw new Error(added.code)
    expect(added.connectionIds).toHaveLength(29)
    expect(tenant.world.log.filter(({ path }) => /authorize/.test(path))).toHaveLength(signIns)
    expect((await subscriptionsOf(tenant)).sort()).toEqual(tenant.subscriptions.map(({ id }) => id).sort())

    const { organisationId } = tenant.owner
    expect(await rolecall.db.$count(accountSecrets, eq(accountSecrets.organisationId, organisationId))).toBe(1)
    const runs = await rolecall.db.$count(
      syncRuns,
      and(eq(syncRuns.organisationId, organisationId), eq(syncRuns.state, 'queued')),
    )
    expect(runs).toBe(30)
    const events = await rolecall.db
      .select({ details: auditEvents.details })
      .from(auditEvents)
      .where(and(eq(auditEvents.organisationId, organisationId), eq(auditEvents.action, 'connection.connected')))
    expect(events.filter(({ details }) => details.account === account.name)).toHaveLength(30)
    expect(await carryRun(rolecall, tenant.owner, added.connectionIds[0] ?? '')).toMatchObject({ state: 'succeeded' })
    expect(await listAccounts(tenant.owner)).toMatchObject([{ id: account.id, connections: 30, state: 'active' }])
  })

  test('that were connected meanwhile, or before with their data kept, are not connected twice', async () => {
    const { tenant, connectionId, account, rest } = await connectedOnce(2)
    await addSubscriptions(tenant.owner, account.id, rest)
    await disconnect(tenant.owner, connectionId, { data: 'keep' })
    const all = [...rest, tenant.subscription.id]
    const made = await Promise.all([
      addSubscriptions(tenant.owner, account.id, all),
      addSubscriptions(tenant.owner, account.id, all),
    ])
    for (const one of made) expect(one.kind).toBe('added')
    expect(made.flatMap((one) => (one.kind === 'added' ? one.connectionIds : []))).toContain(connectionId)
    expect(await subscriptionsOf(tenant)).toHaveLength(2)
  })

  test('are connected without those that Azure does not list, which are told', async () => {
    const { tenant, account, rest } = await connectedOnce(3)
    const [unlisted] = [randomUUID()]
    expect(await addSubscriptions(tenant.owner, account.id, [unlisted])).toEqual({
      kind: 'refused',
      code: 'subscription_not_readable',
    })
    const added = await addSubscriptions(tenant.owner, account.id, [...rest, unlisted])
    expect(added).toEqual({
      kind: 'added',
      connectionIds: [expect.any(String), expect.any(String)],
      leftOut: [unlisted],
    })
  })

  test('are refused when the account has to be signed in again', async () => {
    const { tenant, account, rest } = await connectedOnce(2)
    await rolecall.db
      .update(accounts)
      .set({ state: 'reconnect_needed', stateReason: 'sign_in_revoked' })
      .where(eq(accounts.id, account.id))
    expect(await addSubscriptions(tenant.owner, account.id, rest)).toEqual({
      kind: 'refused',
      code: 'sign_in_expired',
    })
    expect(await subscriptionsOf(tenant)).toEqual([tenant.subscription.id])
  })
})

describe('an account that reads the tenant already', () => {
  test('connects a further subscription through the same checks, without a sign-in', async () => {
    const { tenant, account, rest } = await connectedOnce(2)
    const attemptId = await begun(tenant, rest[0] ?? '')
    await chooseAccount(tenant.owner, attemptId, account.id)
    expect(await getAttempt(tenant.owner, attemptId)).toMatchObject({ account: { name: account.name }, problem: null })
    expect(await checkAttempt(tenant.owner, attemptId)).toMatchObject({ canConnect: true })
    const confirmed = await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })
    if (confirmed.kind !== 'connected') throw new Error(confirmed.kind)
    const [id = ''] = confirmed.connectionIds
    expect(await accountOf(rolecall, id)).toMatchObject({ id: account.id, signIns: 1 })
    expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded' })
  })

  test('does not connect what it cannot read', async () => {
    const { tenant, account } = await connectedOnce(1)
    const foreign = await rolecall.tenant()
    const attemptId = await begun(tenant, foreign.subscription.id)
    await expect(chooseAccount(tenant.owner, attemptId, account.id), 'of another tenant').rejects.toThrow(NotFound)
  })
})

test('a viewer, another organisation and an unknown id can do nothing with an account', async () => {
  const { tenant, account, rest } = await connectedOnce(2)
  const attemptId = await begun(tenant, rest[0] ?? '')
  const stranger = await signInAs({ name: 'Sten Stranger' })
  for (const [actor, refusal] of [
    [await tenant.viewer(), NotAllowed],
    [stranger, NotFound],
  ] as const) {
    await expect(listReadableSubscriptions(actor, account.id)).rejects.toThrow(refusal)
    await expect(addSubscriptions(actor, account.id, rest)).rejects.toThrow(refusal)
    await expect(chooseAccount(actor, attemptId, account.id)).rejects.toThrow(refusal)
  }
  await expect(listReadableSubscriptions(tenant.owner, randomUUID())).rejects.toThrow(NotFound)
  expect(await listAccounts(stranger)).toEqual([])
  expect(await subscriptionsOf(tenant)).toEqual([tenant.subscription.id])
})
