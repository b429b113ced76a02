import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '@/sandbox/server'
import { applyChange } from '@/sandbox/world/changes'
import { makeTenant } from '@/sandbox/world/make-tenant'
import { truthOf } from '@/sandbox/world/truth'
import { countedPatience, memoryStore, pointAt } from '@/testing/stand-in'
import { createAzure } from './client/clients'
import { type AccountRef, createTokens, type TokenStore } from './client/tokens'
import { browserAddress, createMeter } from './client/transport'
import { canListUsers, readPeople } from './people'
import { listRoleAssignments } from './role-assignments'
import { listRoleDefinitions } from './role-definitions'
import { authorizeProblem, beginSignIn, discoverTenant, newPkce, redeemCode } from './sign-in'
import { getSubscription, listSubscriptions } from './subscriptions'

const PORTAL = 'http://localhost:3000'
const REDIRECT = `${PORTAL}/api/azure/callback`

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: PORTAL })
  pointAt(sandbox.url)
})
afterEach(() => {
  sandbox.world.clockOffset = 0
  sandbox.world.faults = []
})
afterAll(() => sandbox.close())

type Made = ReturnType<typeof makeTenant>
type Kind = Made['accounts'][number]['kind']

const accountOf = (tenant: Made, kind: Kind) => {
  const found = tenant.accounts.find((one) => one.kind === kind)
  if (!found) throw new Error(`no ${kind}`)
  return found
}
const subscriptionOf = (tenant: Made) => tenant.subscriptions[0]?.id ?? ''

/** What a person does at Microsoft: picks the account, accepts, and is sent back with these parameters. */
async function atMicrosoft(address: string, tenant: Made, kind: Kind): Promise<URLSearchParams> {
  const response = await fetch(browserAddress(address), {
    method: 'POST',
    body: new URLSearchParams({ username: accountOf(tenant, kind).username, consent: 'accept', organisation: 'on' }),
    redirect: 'manual',
  })
  const location = response.headers.get('location')
  if (!location?.startsWith(REDIRECT)) throw new Error(`stayed at Microsoft: ${await response.text()}`)
  return new URL(location).searchParams
}

async function signIn(tenant: Made, kind: Kind, store: TokenStore) {
  const { verifier, challenge } = await newPkce()
  const tenantId = await discoverTenant(subscriptionOf(tenant))
  const begun = { tenantId, redirectUri: REDIRECT, state: 'state-1', nonce: 'nonce-1', codeChallenge: challenge }
  const back = await atMicrosoft(await beginSignIn(begun), tenant, kind)
  expect(back.get('state')).toBe('state-1')
  if (!back.has('code')) throw authorizeProblem(Object.fromEntries(back))
  const code = back.get('code') ?? ''
  return redeemCode({ tenantId, code, redirectUri: REDIRECT, codeVerifier: verifier, nonce: 'nonce-1', store })
}

function reader(tenant: Made, account: AccountRef, store: TokenStore) {
  const meter = createMeter()
  const patience = countedPatience()
  const tokens = createTokens({ tenantId: tenant.tenantId, account, store, meter, patience })
  return { azure: createAzure({ tokens, meter, patience }), meter, patience }
}

async function connected(tenant: Made, kind: Kind = 'owner') {
  const store = memoryStore()
  const account = await signIn(tenant, kind, store)
  return { ...reader(tenant, account, store), account, store, subscriptionId: subscriptionOf(tenant) }
}

test('a subscription is read exactly as the world knows it, in few calls', async () => {
  const tenant = makeTenant(sandbox.world, {
    seed: 'whole',
    mixedRoleIds: true,
    people: 400,
    guests: 40,
    disabled: 10,
    deleted: 12,
    assignments: 900,
    groups: 9,
    servicePrincipals: 9,
    customRoles: 4,
    pageSize: 250,
    consented: true,
  })
  const { azure, meter, subscriptionId, account } = await connected(tenant)
  expect(account).toMatchObject({ objectId: accountOf(tenant, 'owner').objectId, tenantId: tenant.tenantId })

  const subscription = await getSubscription(azure, subscriptionId)
  expect(subscription).toMatchObject({ id: subscriptionId, tenantId: tenant.tenantId, state: 'Enabled' })
  expect((await listSubscriptions(azure)).rows.map(({ id }) => id)).toContain(subscriptionId)
  expect(await canListUsers(azure)).toBe(true)

  const { rows: assignments } = await listRoleAssignments(azure, subscriptionId)
  const roles = new Map((await listRoleDefinitions(azure, subscriptionId)).rows.map((role) => [role.id, role]))
  const wanted = assignments
    .filter(({ principalKind }) => principalKind === 'user')
    .map(({ principalId }) => principalId)
  const { people } = await readPeople(azure, wanted)

  const truth = truthOf(sandbox.world, subscriptionId)
  const seen = assignments.map((one) => {
    const person = one.principalKind === 'user' ? people.get(one.principalId) : undefined
    return {
      id: one.id,
      principalId: one.principalId,
      roleId: one.roleId,
      roleName: roles.get(one.roleId)?.name ?? null,
      scope: one.scope.toLowerCase(),
      name: person?.name ?? null,
      status: person?.status ?? null,
      guest: person?.guest ?? false,
    }
  })
  const known = truth.map((row) => {
    const isUser = row.principalType === 'User' || row.principalType === 'AgentUser'
    return {
      id: row.assignmentId.slice(row.assignmentId.lastIndexOf('/') + 1).toLowerCase(),
      principalId: row.principalId,
      roleId: row.roleId,
      roleName: row.roleName,
      scope: row.scope.toLowerCase(),
      name: isUser ? row.name : null,
      // Whoever is not even in the recycle bin has no name there either.
      status: isUser ? (row.name === null ? 'not_found' : row.status) : null,
      guest: isUser && row.guest,
    }
  })
  const byId = (a: { id: string; scope: string }, b: { id: string; scope: string }) =>
    (a.id + a.scope).localeCompare(b.id + b.scope)
  expect(seen.sort(byId)).toEqual(known.sort(byId))
  expect(meter.retries).toBe(0)
  expect(meter.calls).toBeLessThanOrEqual(14)
})

test('an account without any role reads nothing and is told what is missing', async () => {
  const tenant = makeTenant(sandbox.world, { seed: 'outsider', consented: true })
  const { azure, subscriptionId } = await connected(tenant, 'outsider')
  await expect(getSubscription(azure, subscriptionId)).rejects.toMatchObject({ code: 'subscription_not_readable' })
})

test('a guest reads the assignments, but claims nothing about people', async () => {
  const tenant = makeTenant(sandbox.world, { seed: 'guest', consented: true })
  const { azure, account, subscriptionId } = await connected(tenant, 'guest')
  expect(account).toMatchObject({ objectId: accountOf(tenant, 'guest').objectId, tenantId: tenant.tenantId })
  const { rows: assignments } = await listRoleAssignments(azure, subscriptionId)
  expect(assignments.length).toBeGreaterThan(0)
  expect(await canListUsers(azure)).toBe(false)
  expect(await readPeople(azure, [account.objectId])).toMatchObject({
    people: new Map(),
    refused: { refusal: { status: 403, request: 'users' } },
    binRefused: { refusal: { status: 403 } },
  })
})

test('a policy that blocks the sign-in is reported with its number', async () => {
  const tenant = makeTenant(sandbox.world, { seed: 'blocked', consented: true })
  await expect(connected(tenant, 'blocked')).rejects.toMatchObject({ code: 'blocked_by_policy', aadsts: 53003 })
})

test('a demand for another factor carries the claims that the next sign-in must send', async () => {
  const tenant = makeTenant(sandbox.world, { seed: 'mfa', consented: true })
  const refused = await connected(tenant, 'mfa').catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'mfa_required', claims: expect.stringContaining('access_token') })
})

test('a code can be redeemed only once', async () => {
  const tenant = makeTenant(sandbox.world, { seed: 'once', consented: true })
  const { verifier, challenge } = await newPkce()
  const begun = { tenantId: tenant.tenantId, redirectUri: REDIRECT, state: 's', nonce: 'n', codeChallenge: challenge }
  const back = await atMicrosoft(await beginSignIn(begun), tenant, 'owner')
  const redeem = (codeVerifier: string) =>
    redeemCode({
      tenantId: tenant.tenantId,
      code: back.get('code') ?? '',
      redirectUri: REDIRECT,
      codeVerifier,
      nonce: 'n',
      store: memoryStore(),
    })
  await expect(redeem((await newPkce()).verifier)).rejects.toMatchObject({ code: 'state_mismatch' })
  const again = await atMicrosoft(await beginSignIn(begun), tenant, 'owner')
  const good = () =>
    redeemCode({
      tenantId: tenant.tenantId,
      code: again.get('code') ?? '',
      redirectUri: REDIRECT,
      codeVerifier: verifier,
      nonce: 'n',
      store: memoryStore(),
    })
  await good()
  await expect(good()).rejects.toMatchObject({ code: 'attempt_used', aadsts: 54005 })
})

test('a sign-in outlives its access tokens, and ends when it is revoked', async () => {
  const tenant = makeTenant(sandbox.world, { seed: 'revoked', consented: true })
  const { store, account, subscriptionId } = await connected(tenant)
  const later = reader(tenant, account, store)
  expect((await getSubscription(later.azure, subscriptionId)).id).toBe(subscriptionId)
  expect(later.meter.calls).toBe(1)

  applyChange(sandbox.world, { type: 'advance_clock', ms: 2 * 3_600_000 })
  expect((await getSubscription(later.azure, subscriptionId)).id).toBe(subscriptionId)
  expect(later.meter.calls).toBe(4) // refused, renewed, asked again

  applyChange(sandbox.world, { type: 'revoke_sessions', tenantId: tenant.tenantId })
  applyChange(sandbox.world, { type: 'advance_clock', ms: 2 * 3_600_000 })
  await expect(getSubscription(later.azure, subscriptionId)).rejects.toMatchObject({
    code: 'sign_in_revoked',
    aadsts: 50173,
  })
})

test('a withdrawn consent and a subscription that moved each give their own error', async () => {
  const tenant = makeTenant(sandbox.world, { seed: 'moved', consented: true })
  const other = makeTenant(sandbox.world, { seed: 'other', consented: true })
  const { azure, subscriptionId } = await connected(tenant)
  applyChange(sandbox.world, { type: 'move_subscription', subscriptionId, tenantId: other.tenantId })
  await expect(getSubscription(azure, subscriptionId)).rejects.toMatchObject({ code: 'subscription_moved' })
  expect(await discoverTenant(subscriptionId)).toBe(other.tenantId)

  applyChange(sandbox.world, { type: 'withdraw_consent', tenantId: tenant.tenantId })
  applyChange(sandbox.world, { type: 'advance_clock', ms: 2 * 3_600_000 })
  await expect(canListUsers(azure)).rejects.toMatchObject({ code: 'sign_in_revoked' })
})

test('a read that is throttled waits and succeeds', async () => {
  const tenant = makeTenant(sandbox.world, { seed: 'throttled', consented: true })
  const { azure, meter, patience, subscriptionId } = await connected(tenant)
  sandbox.world.faults = [
    {
      match: { path: 'roleAssignments' },
      times: 2,
      status: 429,
      headers: { 'retry-after': '9' },
      body: { error: { code: 'SubscriptionRequestsThrottled', message: 'x' } },
      seen: 0,
      fired: 0,
    },
  ]
  expect((await listRoleAssignments(azure, subscriptionId)).rows.length).toBeGreaterThan(0)
  expect(meter.retries).toBe(2)
  expect(Math.min(...patience.waits)).toBeGreaterThanOrEqual(9000)
})
