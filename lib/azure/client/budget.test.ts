import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '@/sandbox/server'
import { applyChange } from '@/sandbox/world/changes'
import { makeTenant } from '@/sandbox/world/make-tenant'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import { countUsers } from '../group-plan'
import { readGroups } from '../groups'
import { readMembershipsOfPeople } from '../memberships-of-people'
import { isGuestAccount, readPeople } from '../people'
import { resolveKinds } from '../principal-kinds'
import { type Charge, chargeOf, pauseToShare } from './budget'
import { createAzure } from './clients'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

/** Reads a directory in every way that we do, and gives the units that were spent. */
async function readEverything(units: number | null): Promise<number> {
  const { world } = sandbox
  const made = makeTenant(world, { seed: 'budget', people: 60, groups: { count: 9, depth: 2 }, licence: 'p2' })
  const { tenantId } = made
  if (units !== null) applyChange(world, { type: 'set_throttling', tenantId, graph: { units, windowSeconds: 1e9 } })
  const tenant = world.findTenant(tenantId)
  const charges: Charge[] = []
  const owner = made.accounts.find(({ kind }) => kind === 'owner')?.objectId ?? ''
  const { azure: bare } = azureAs(world, tenantId, owner)
  const budget = { spend: async (charge: Charge) => void charges.push(charge), pause: async () => {} }
  const azure = createAzure({ ...bare.caller, budget })
  const people = tenant?.users.list().map(({ id }) => id) ?? []
  const groups = tenant?.groups.list().map(({ id }) => id) ?? []

  await countUsers(azure)
  await isGuestAccount(azure)
  await resolveKinds(azure, [...people, ...groups])
  await readPeople(azure, people.slice(0, 5))
  await readPeople(azure, people)
  await readGroups(azure, groups, { asksEligible: true })
  await readMembershipsOfPeople(azure, new Set(groups))
  return charges.reduce((sum, charge) => sum + charge.units, 0)
}

test('a directory is read for as many resource units as are spent from the budget, and not for one fewer', async () => {
  const spent = await readEverything(null)
  expect(spent).toBeGreaterThan(100)
  expect(await readEverything(spent)).toBe(spent)
  await expect(readEverything(spent - 1)).rejects.toMatchObject({ code: 'throttled' })
})

const ARM = 'https://management.azure.com'
const ID = '0B1F6471-1BF0-4DDA-AEC3-111122223333'
const chargeFor = (url: string, init: RequestInit = {}) => chargeOf(new URL(url), init)

test.each([
  ['a list of a subscription', `${ARM}//subscriptions/${ID}/providers/x?api-version=1`, 'GET', 'arm_reads', ID],
  ['a subscription', `${ARM}/subscriptions/${ID}?api-version=1`, 'GET', 'arm_reads', ID],
  ['the list of subscriptions', `${ARM}/subscriptions?api-version=1`, 'GET', 'arm_reads', null],
  ['a list of the tenant', `${ARM}/providers/Microsoft.Management/x?api-version=1`, 'GET', 'arm_reads', null],
  ['a list that is asked for by POST', `${ARM}/providers/Microsoft.Management/x`, 'POST', 'arm_writes', null],
])('%s is counted where Resource Manager counts it', (_, url, method, budget, subscription) => {
  expect(chargeFor(url, { method })).toEqual({ budget, subscriptionId: subscription?.toLowerCase() ?? null, units: 1 })
})

test('requests of the login have no budget', () => {
  expect(chargeFor('https://login.microsoftonline.com/common/oauth2/v2.0/token', { method: 'POST' })).toBeNull()
})

test.each([
  ['one that named no wait', { askedMs: null, scope: 'Tenant_Application/ReadWrite/a/t' }, null],
  ['a short one', { askedMs: 60_000, scope: null }, 60_000],
  ['a long one that may be about one list', { askedMs: 60_001, scope: null }, null],
  ['a long one of one resource', { askedMs: 60_001, scope: null, code: 'ResourceRequestsThrottled' }, null],
  ['a long one of the subscription', { askedMs: 9e5, scope: null, code: 'SubscriptionRequestsThrottled' }, 9e5],
  ['a long one of the tenant', { askedMs: 9e5, scope: null, code: 'TenantRequestsThrottled' }, 9e5],
  ['a long one of the application', { askedMs: 9e5, scope: 'Tenant_Application/ReadWrite/a/t' }, 9e5],
])('of refusals, %s holds back others accordingly', (_, refusal, ms) => {
  expect(pauseToShare(refusal)).toBe(ms)
})
