import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { auditEvents } from '@/db/schema/organisations'
import { NotAllowed, NotFound } from '@/lib/actor'
import { accountOf, carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'
import { addSubscriptions } from './add-subscriptions'
import { disconnect } from './disconnect'
import { followTenants, setFollowing } from './follow'

const NEVER = new AbortController().signal

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
// Accounts of one test are not looked at by the next.
afterEach(async () => {
  await rolecall.db.update(accounts).set({ follows: false, nextLookAt: null })
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

test('a viewer, another organisation and an unknown id cannot let an account follow', async () => {
  const { tenant, accountId, connectionId } = await connectedOnce()
  const follow = { follows: true, keepOut: [] }
  await expect(setFollowing(await tenant.viewer(), accountId, follow)).rejects.toThrow(NotAllowed)
  await expect(setFollowing(await signInAs({ name: 'Sten' }), accountId, follow)).rejects.toThrow(NotFound)
  expect(await accountOf(rolecall, connectionId)).toMatchObject({ follows: false })
})
