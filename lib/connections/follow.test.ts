import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { auditEvents } from '@/db/schema/organisations'
import { NotAllowed, NotFound } from '@/lib/actor'
import { applyChange } from '@/sandbox/world/changes'
import { accountOf, carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'
import { addSubscriptions, listReadableSubscriptions } from './add-subscriptions'
import { disconnect } from './disconnect'
import { followTenants, lookNow, setFollowing } from './follow'

const NEVER = new AbortController().signal

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
// Accounts of one test are not looked at by the next.
afterEach(async () => {
  await rolecall.db.update(accounts).set({ follows: false, followedGroup: null, nextLookAt: null })
})
afterAll(() => rolecall.close())

/** A tenant with four subscriptions, of which an account reads the first, and the others kept in hand. */
async function connectedOnce() {
  const tenant = await rolecall.tenant({ subscriptions: 4 })
  const connectionId = await connect(tenant)
  const { id: accountId } = await accountOf(rolecall, connectionId)
  const rest = tenant.subscriptions.slice(1).map(({ id }) => id) as [string, string, string]
  return { tenant, connectionId, accountId, rest }
}

/** Looks with all accounts, as if the hours since the last look were over. */
async function look() {
  await rolecall.db.update(accounts).set({ nextLookAt: sql`now()` }).where(eq(accounts.follows, true))
  await followTenants(NEVER)
}

const connected = async ({ owner }: TestTenant) =>
  (
    await rolecall.db
      .select({ id: connections.subscriptionId, by: connections.connectedByName })
      .from(connections)
      .where(and(eq(connections.organisationId, owner.organisationId), sql`state <> 'deleting'`))
  ).map(({ id, by }) => `${id} by ${by}`)

test('an account that follows its tenant connects what it can read newly, by itself, and the audit log says so', async () => {
  const { tenant, accountId, rest } = await connectedOnce()
  await look()
  expect(await connected(tenant), 'before anybody asked for it').toHaveLength(1)
  await setFollowing(tenant.owner, accountId, { follows: true, keepOut: [rest[2]] })
  await followTenants(NEVER)
  expect((await connected(tenant)).filter((line) => line.endsWith('by Rolecall')).sort()).toEqual(
    [rest[0], rest[1]].map((id) => `${id} by Rolecall`).sort(),
  )
  const events = await rolecall.db
    .select({ action: auditEvents.action, memberId: auditEvents.memberId, details: auditEvents.details })
    .from(auditEvents)
    .where(and(eq(auditEvents.organisationId, tenant.owner.organisationId), eq(auditEvents.memberName, 'Rolecall')))
  expect(events).toHaveLength(2)
  expect(events[0]).toMatchObject({ action: 'connection.connected', memberId: null })
  const [made] = await rolecall.db.select().from(connections).where(eq(connections.subscriptionId, rest[0]))
  expect(await carryRun(rolecall, tenant.owner, made?.id ?? '')).toMatchObject({ state: 'succeeded' })
})

test('it is looked for new ones by one worker in six hours, and not with an account that follows no more', async () => {
  const { tenant, accountId } = await connectedOnce()
  await setFollowing(tenant.owner, accountId, { follows: true, keepOut: [] })
  await Promise.all([followTenants(NEVER), followTenants(NEVER)])
  expect(await connected(tenant)).toHaveLength(4)
  const listings = () => tenant.world.log.filter(({ path }) => path === '/subscriptions').length
  const before = listings()
  await followTenants(NEVER)
  expect(listings()).toBe(before)
  await setFollowing(tenant.owner, accountId, { follows: false })
  await look()
  expect(listings()).toBe(before)
})

test('what was disconnected stays out, with its data or without, until somebody connects it again', async () => {
  const { tenant, accountId, rest } = await connectedOnce()
  await setFollowing(tenant.owner, accountId, { follows: true, keepOut: [] })
  await look()
  const idOf = async (subscriptionId: string) => {
    const [row] = await rolecall.db.select().from(connections).where(eq(connections.subscriptionId, subscriptionId))
    return { id: row?.id ?? '', label: row?.label }
  }
  const [kept, deleted] = [await idOf(rest[0]), await idOf(rest[1])]
  await disconnect(tenant.owner, kept.id, { data: 'keep' })
  await disconnect(tenant.owner, deleted.id, { data: 'delete', typed: deleted.label })
  await rolecall.db.delete(connections).where(eq(connections.id, deleted.id))
  await look()
  expect((await connected(tenant)).some((line) => line.startsWith(rest[1]))).toBe(false)
  const [row] = await rolecall.db.select().from(connections).where(eq(connections.id, kept.id))
  expect(row?.state).toBe('disconnected')

  await setFollowing(tenant.owner, accountId, { follows: false })
  await setFollowing(tenant.owner, accountId, { follows: true })
  await look()
  expect(
    (await connected(tenant)).some((line) => line.startsWith(rest[1])),
    'forgotten in between',
  ).toBe(false)

  await addSubscriptions(tenant.owner, accountId, [rest[1]])
  const [account] = await rolecall.db.select().from(accounts).where(eq(accounts.id, accountId))
  expect(account?.excludedSubscriptionIds).toEqual([])
})

test('a look that Microsoft refuses changes no connection, and one whose sign-in has ended asks for a reconnect', async () => {
  const { tenant, accountId, connectionId } = await connectedOnce()
  await setFollowing(tenant.owner, accountId, { follows: true, keepOut: [] })
  await tenant.during([{ match: { host: 'management.azure.com', path: '/subscriptions$' }, status: 403 }], look)
  expect(await accountOf(rolecall, connectionId)).toMatchObject({ state: 'active' })
  expect(await connected(tenant)).toHaveLength(1)
  await tenant.during([{ match: { host: 'management.azure.com' }, claimsChallenge: true }], look)
  expect(await accountOf(rolecall, connectionId)).toMatchObject({ state: 'reconnect_needed' })
})

describe('a management group that is followed', () => {
  /** A tenant whose subscriptions lie in two groups in turn, with an account that follows the group of the second. */
  async function followingGroup() {
    const tenant = await rolecall.tenant({ subscriptions: 4, managementGroupDepth: 1, managementGroups: 2 })
    const connectionId = await connect(tenant)
    const { id: accountId } = await accountOf(rolecall, connectionId)
    const { subscriptions, groups } = await listReadableSubscriptions(tenant.owner, accountId)
    const idsIn = (group: string) =>
      subscriptions.flatMap((one) => (one.managementGroups.at(-1)?.id === group ? one.subscriptionId : []))
    const second = subscriptions.find((one) => one.subscriptionId === tenant.subscriptions[1]?.id)
    const group = groups.find(({ id }) => id === second?.managementGroups.at(-1)?.id)
    const other = groups.find(({ id, above }) => above.length > 0 && id !== group?.id)
    if (!group || !other) throw new Error('The groups are not there.')
    await setFollowing(tenant.owner, accountId, { follows: true, group: { id: group.id, name: group.name } })
    const change = (what: object) => applyChange(tenant.world, { tenantId: tenant.tenantId, ...what } as never)
    return { tenant, connectionId, accountId, group, inside: idsIn(group.id), outside: idsIn(other.id), other, change }
  }

  test('gives its subscriptions and no others, also one that is moved into it later; one that leaves it stays', async () => {
    const { tenant, inside, outside, group, other, change } = await followingGroup()
    await look()
    const ids = async () => (await connected(tenant)).map((line) => line.slice(0, 36)).sort()
    const own = tenant.subscription.id
    expect(await ids()).toEqual([own, ...inside].sort())
    const [moved = ''] = outside.filter((id) => id !== own)
    change({ type: 'move_subscription', subscriptionId: moved, managementGroupId: group.id })
    change({ type: 'move_subscription', subscriptionId: inside[0], managementGroupId: other.id })
    await look()
    expect(await ids()).toEqual([own, ...inside, moved].sort())
  })

  test('is told of where it is not seen any more or the groups are refused, and nothing is connected then', async () => {
    const { tenant, connectionId, accountId } = await followingGroup()
    await tenant.during([{ match: { host: 'management.azure.com', path: 'getEntities' }, status: 403 }], look)
    expect((await accountOf(rolecall, connectionId)).lookProblem).not.toBeNull()
    await setFollowing(tenant.owner, accountId, { follows: true, group: { id: 'gone', name: 'Gone' } })
    await look()
    expect(await accountOf(rolecall, connectionId)).toMatchObject({
      ...{ state: 'active', lookProblem: 'followed_group_not_seen', followedGroup: { id: 'gone', name: 'Gone' } },
      lookedAt: expect.any(Date),
    })
    expect(await connected(tenant)).toHaveLength(1)
    await setFollowing(tenant.owner, accountId, { follows: true })
    await look()
    expect(await accountOf(rolecall, connectionId)).toMatchObject({ lookProblem: null, followedGroup: null })
    expect(await connected(tenant)).toHaveLength(4)
  })

  test('is forgotten when the account follows no more', async () => {
    const { tenant, connectionId, accountId } = await followingGroup()
    await setFollowing(tenant.owner, accountId, { follows: false })
    expect(await accountOf(rolecall, connectionId)).toMatchObject({ follows: false, followedGroup: null })
  })
})

test('without any right on a management group everything is followed that the account can read', async () => {
  const { tenant, accountId } = await connectedOnce()
  await setFollowing(tenant.owner, accountId, { follows: true })
  const entities = () => tenant.world.log.filter(({ path }) => /getEntities/.test(path)).length
  const before = entities()
  await look()
  expect(await connected(tenant)).toHaveLength(4)
  expect(entities()).toBe(before)
})

test('a followed subscription that can be read no more needs attention after the next look, and is never deleted by it', async () => {
  const { tenant, accountId, rest } = await connectedOnce()
  await setFollowing(tenant.owner, accountId, { follows: true })
  await look()
  const row = async () => {
    const [found] = await rolecall.db.select().from(connections).where(eq(connections.subscriptionId, rest[0]))
    if (!found) throw new Error('The connection is gone.')
    return found
  }
  const { id } = await row()
  await carryRun(rolecall, tenant.owner, id)
  // Nothing else would look at it again.
  await rolecall.db.update(connections).set({ schedule: 'off', nextSyncAt: null }).where(eq(connections.id, id))
  const { objectId } = tenant.account('owner')
  applyChange(tenant.world, { type: 'unassign', user: objectId, tenantId: tenant.tenantId, subscriptionId: rest[0] })
  await look()
  expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'failed' })
  expect(await row()).toMatchObject({ state: 'action_needed', stateReason: 'subscription_not_readable' })
  const published = (await row()).publishedAt
  expect(published).not.toBeNull()
  for (let times = 0; times < 3; times++) await look()
  expect(await row()).toMatchObject({ id, state: 'action_needed', publishedAt: published })
  expect(await connected(tenant)).toHaveLength(4)
  await expect(carryRun(rolecall, tenant.owner, id), 'no run is opened again and again').rejects.toThrow('no open run')
})

test('what is kept out is let in again by whoever says so, and the next look connects it', async () => {
  const { tenant, accountId, rest, connectionId } = await connectedOnce()
  await setFollowing(tenant.owner, accountId, { follows: true, keepOut: rest })
  expect(await lookNow(tenant.owner, accountId)).toEqual({ connected: 0, problem: null })
  await setFollowing(tenant.owner, accountId, { follows: true, letIn: [rest[1]] })
  expect(await lookNow(tenant.owner, accountId)).toEqual({ connected: 1, problem: null })
  expect((await accountOf(rolecall, connectionId)).excludedSubscriptionIds).toEqual([rest[0], rest[2]])
  expect(await connected(tenant)).toHaveLength(2)
})

test('a viewer, another organisation and an unknown id cannot let an account follow', async () => {
  const { tenant, accountId, connectionId } = await connectedOnce()
  const follow = { follows: true, keepOut: [] }
  await expect(setFollowing(await tenant.viewer(), accountId, follow)).rejects.toThrow(NotAllowed)
  await expect(setFollowing(await signInAs({ name: 'Sten' }), accountId, follow)).rejects.toThrow(NotFound)
  await expect(lookNow(await tenant.viewer(), accountId)).rejects.toThrow(NotAllowed)
  await expect(lookNow(await signInAs({ name: 'Sten' }), accountId)).rejects.toThrow(NotFound)
  await expect(lookNow(tenant.owner, accountId), 'it follows nothing').rejects.toThrow(NotFound)
  expect(await accountOf(rolecall, connectionId)).toMatchObject({ follows: false })
})
