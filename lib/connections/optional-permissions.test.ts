import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SessionActor } from '@/db/actor'
import { connectAttempts, connections } from '@/db/schema/connections'
import { auditEvents } from '@/db/schema/organisations'
import { NotAllowed, NotFound } from '@/lib/actor'
import { createMeter } from '@/lib/azure/client/transport'
import type { OptionalScope } from '@/lib/domain/permissions'
import { requestSync } from '@/lib/sync/request-sync'
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
import { signInAs } from '@/testing/sign-in-as'
import { beginConnect, beginReconnect, getAttempt } from './attempts'
import { checkAttempt } from './checks'
import { confirmAttempt } from './confirm'
import { disconnect } from './disconnect'
import { listOptionalPermissions, stopUsingPermission } from './manage'
import { beginSignInForAttempt, finishSignIn } from './sign-in'
import { azureForAccount } from './vault'

const GROUPS: OptionalScope = 'GroupMember.Read.All'
const NAMES: OptionalScope = 'Application.Read.All'
const SIGN_INS: OptionalScope = 'AuditLog.Read.All'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

async function row(connectionId: string) {
  const [found] = await rolecall.db.select().from(connections).where(eq(connections.id, connectionId))
  if (!found) throw new Error('There is no such connection.')
  return found
}

async function begun(tenant: TestTenant) {
  const result = await beginConnect(tenant.owner, tenant.subscription.id)
  if (result.kind !== 'begun') throw new Error(result.kind)
  return result.attemptId
}

async function signIn(
  actor: SessionActor,
  attemptId: string,
  username: string,
  options: Parameters<typeof beginSignInForAttempt>[2] = {},
  answer: 'accept' | 'cancel' = 'accept',
) {
  await finishSignIn(
    actor,
    await answerMicrosoft(await beginSignInForAttempt(actor, attemptId, options), username, answer),
  )
  return getAttempt(actor, attemptId)
}

/** Signs a connection in again, asking for one more permission or for the same ones. */
async function reconnect(tenant: TestTenant, connectionId: string, alsoAsk?: OptionalScope) {
  const { attemptId } = await beginReconnect(tenant.owner, connectionId, { alsoAsk })
  await signIn(tenant.owner, attemptId, tenant.account('owner').username)
  return confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })
}

async function graphOf(connectionId: string) {
  const azure = azureForAccount(await accountOf(rolecall, connectionId), createMeter(), AbortSignal.timeout(20_000))
  await azure.caller.tokens.get('graph')
  return azure.caller.tokens
}

const groupsCheck = async (actor: SessionActor, attemptId: string) =>
  (await checkAttempt(actor, attemptId)).checks.find(({ id }) => id === 'groups')

test('permissions ticked in the wizard are asked for, granted, and stored with every connection made', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 2 })
  const { username } = tenant.account('owner')
  const attemptId = await begun(tenant)
  const url = await beginSignInForAttempt(tenant.owner, attemptId, { optional: [GROUPS, SIGN_INS] })
  const page = await (await fetch(url, { method: 'POST', body: new URLSearchParams({ username }) })).text()
  expect(page).toContain(GROUPS)
  expect(page).toContain(SIGN_INS)
  expect(page).not.toContain(NAMES)

  await finishSignIn(tenant.owner, await answerMicrosoft(url, username))
  expect(await groupsCheck(tenant.owner, attemptId)).toMatchObject({ state: 'passed', detail: GROUPS })
  const also = tenant.subscriptions.slice(1).map(({ id }) => id)
  const confirmed = await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: also })
  if (confirmed.kind !== 'connected') throw new Error(confirmed.kind)
  expect(confirmed.connectionIds).toHaveLength(2)
  for (const id of confirmed.connectionIds) {
    expect((await accountOf(rolecall, id)).optionalScopes).toEqual([GROUPS, SIGN_INS])
    expect((await graphOf(id)).granted()).toEqual([GROUPS, SIGN_INS])
  }
})

test('without a tick nothing optional is asked for or used, even where the tenant would grant it', async () => {
  const tenant = await rolecall.tenant({ consented: [GROUPS] })
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)
  expect(await groupsCheck(tenant.owner, attemptId)).toMatchObject({ state: 'not_asked', code: null })
  const id = await connect(tenant)
  expect((await accountOf(rolecall, id)).optionalScopes).toEqual([])
  const tokens = await graphOf(id)
  expect([tokens.granted(), tokens.withdrawn()]).toEqual([[], []])
})

test('before the first sign-in the recommended permission is proposed, and named in the approval link', async () => {
  const tenant = await rolecall.tenant()
  const attemptId = await begun(tenant)
  const before = await getAttempt(tenant.owner, attemptId)
  expect(before).toMatchObject({ optionalScopes: [GROUPS], fewerScopes: [] })
  expect(before?.adminConsentUrl).toContain(GROUPS)
  await beginSignInForAttempt(tenant.owner, attemptId, { optional: [] })
  const after = await getAttempt(tenant.owner, attemptId)
  expect(after).toMatchObject({ optionalScopes: [], fewerScopes: null })
  expect(after?.adminConsentUrl).not.toContain(GROUPS)
})

test('when someone who may not consent declines, the same attempt continues without the optional permissions', async () => {
  const tenant = await rolecall.tenant({ consented: true })
  const { username } = tenant.account('plain')
  const attemptId = await begun(tenant)
  // Back from the page that says that an administrator is needed.
  const url = await beginSignInForAttempt(tenant.owner, attemptId, { optional: [GROUPS] })
  const body = new URLSearchParams({ username, consent: 'return' })
  const back = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  await finishSignIn(tenant.owner, new URL(back.headers.get('location') ?? '').searchParams)
  const stuck = await getAttempt(tenant.owner, attemptId)
  expect(stuck).toMatchObject({ problem: { code: 'admin_consent_required' }, fewerScopes: [], account: null })

  const on = await signIn(tenant.owner, attemptId, username, { optional: stuck?.fewerScopes ?? undefined })
  expect(on).toMatchObject({ problem: null, account: { name: username }, optionalScopes: [] })
  const confirmed = await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })
  if (confirmed.kind !== 'connected') throw new Error(confirmed.kind)
  expect((await accountOf(rolecall, confirmed.connectionIds[0] ?? '')).optionalScopes).toEqual([])
})

test('a further permission is asked for in addition to those of the connection, and a plain reconnect keeps them all', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant, tenant.subscription.id, { optional: [SIGN_INS] })
  expect(await reconnect(tenant, id, GROUPS)).toEqual({ kind: 'connected', connectionIds: [id] })
  expect((await accountOf(rolecall, id)).optionalScopes).toEqual([GROUPS, SIGN_INS])
  await reconnect(tenant, id)
  expect((await accountOf(rolecall, id)).optionalScopes).toEqual([GROUPS, SIGN_INS])
})

test('when a further permission is declined, the connection keeps those it has, and the next try asks for them', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant, tenant.subscription.id, { optional: [GROUPS] })
  const { attemptId } = await beginReconnect(tenant.owner, id, { alsoAsk: SIGN_INS })
  const declined = await signIn(tenant.owner, attemptId, tenant.account('owner').username, {}, 'cancel')
  expect(declined).toMatchObject({ problem: { code: 'declined' }, fewerScopes: [GROUPS] })
  expect((await accountOf(rolecall, id)).optionalScopes).toEqual([GROUPS])
})

test('a subscription that is connected again asks for the permissions it had', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant, tenant.subscription.id, { optional: [GROUPS] })
  await disconnect(tenant.owner, id, { data: 'keep' })
  expect(await connect(tenant)).toBe(id)
  expect((await accountOf(rolecall, id)).optionalScopes).toEqual([GROUPS])
})

test('an approval link names the permissions that the tenant’s other connections use, and nothing of another organisation', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 2 })
  await connect(tenant, tenant.subscription.id, { optional: [SIGN_INS] })
  const second = tenant.subscriptions[1]?.id ?? ''
  const linkFor = async (actor: SessionActor) => {
    const begun = await beginConnect(actor, second)
    if (begun.kind !== 'begun') throw new Error(begun.kind)
    return (await getAttempt(actor, begun.attemptId))?.adminConsentUrl
  }
  expect(await linkFor(tenant.owner)).toContain(SIGN_INS)
  expect(await linkFor(await signInAs({ name: 'Sten Stranger' }))).not.toContain(SIGN_INS)
})

test('when the tenant withdraws a permission later, the connection goes on without it', async () => {
  const tenant = await rolecall.tenant()
  const { tenantId, world } = tenant
  world.tokenSeconds = 60 // so near its end that each use asks for a new one
  try {
    const id = await connect(tenant, tenant.subscription.id, { optional: [GROUPS, SIGN_INS] })
    applyChange(world, { type: 'grant_consent', tenantId, scopes: [GROUPS] })
    const tokens = await graphOf(id)
    expect([tokens.granted(), tokens.withdrawn()]).toEqual([[GROUPS], [SIGN_INS]])
    expect((await row(id)).state).toBe('active')

    applyChange(world, { type: 'grant_consent', tenantId, scopes: [GROUPS, SIGN_INS] })
    expect((await graphOf(id)).granted()).toEqual([GROUPS, SIGN_INS])
    applyChange(world, { type: 'withdraw_consent', tenantId })
    await expect(graphOf(id)).rejects.toMatchObject({ code: 'sign_in_revoked' })
  } finally {
    world.tokenSeconds = 3600
  }
})

test('a guest who was given the permission is told when the directory still refuses', async () => {
  const tenant = await rolecall.tenant({ consented: [GROUPS] })
  const { username } = tenant.account('guest')
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, username, { optional: [GROUPS] })
  const { checks, canConnect } = await checkAttempt(tenant.owner, attemptId)
  expect(checks.at(-1)).toMatchObject({ id: 'groups', state: 'warned', code: 'guest_account' })
  expect(canConnect).toBe(true)
})

test('a permission is no longer used once it was dropped, and that is written down', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant, tenant.subscription.id, { optional: [GROUPS, SIGN_INS] })
  await stopUsingPermission(tenant.owner, id, GROUPS)
  await stopUsingPermission(tenant.owner, id, NAMES)
  expect((await accountOf(rolecall, id)).optionalScopes).toEqual([SIGN_INS])
  expect((await graphOf(id)).granted()).toEqual([SIGN_INS])
  const events = await rolecall.db
    .select({ action: auditEvents.action, details: auditEvents.details })
    .from(auditEvents)
    .where(and(eq(auditEvents.organisationId, tenant.owner.organisationId), eq(auditEvents.kind, 'change')))
    .orderBy(auditEvents.seq)
  expect(events.slice(1)).toEqual([
    {
      action: 'connection.connected',
      details: expect.objectContaining({ optional_permissions: `${GROUPS} ${SIGN_INS}` }),
    },
    { action: 'account.permission_dropped', details: { permission: GROUPS } },
  ])
})

test('the settings tell granted, withdrawn and never asked apart, by what the last run found', async () => {
  const tenant = await rolecall.tenant({ servicePrincipals: 2 })
  const { tenantId, world } = tenant
  world.tokenSeconds = 60
  try {
    const id = await connect(tenant, tenant.subscription.id, { optional: [GROUPS, NAMES] })
    await carryRun(rolecall, tenant.owner, id)
    const states = async () => (await listOptionalPermissions(tenant.owner, id)).map(({ state }) => state)
    expect(await states()).toEqual(['granted', 'granted', 'not_asked', 'not_asked', 'not_asked', 'not_asked'])

    applyChange(world, { type: 'grant_consent', tenantId, scopes: [GROUPS] })
    await requestSync(tenant.owner, id)
    expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded' })
    expect(await states()).toEqual(['granted', 'withdrawn', 'not_asked', 'not_asked', 'not_asked', 'not_asked'])
    expect((await row(id)).state).toBe('active')
  } finally {
    world.tokenSeconds = 3600
  }
})

test('a viewer, another organisation and an unknown id neither change permissions nor see them', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant, tenant.subscription.id, { optional: [GROUPS] })
  const stranger = await signInAs({ name: 'Sten Stranger' })
  for (const [actor, refusal] of [
    [await tenant.viewer(), NotAllowed],
    [stranger, NotFound],
  ] as const) {
    await expect(stopUsingPermission(actor, id, GROUPS)).rejects.toThrow(refusal)
    await expect(beginReconnect(actor, id, { alsoAsk: NAMES })).rejects.toThrow(refusal)
  }
  await expect(stopUsingPermission(tenant.owner, randomUUID(), GROUPS)).rejects.toThrow(NotFound)
  expect(await listOptionalPermissions(stranger, id)).toEqual([])
  expect((await accountOf(rolecall, id)).optionalScopes).toEqual([GROUPS])
  const left = await rolecall.db
    .select({ id: connectAttempts.id })
    .from(connectAttempts)
    .where(eq(connectAttempts.organisationId, stranger.organisationId))
  expect(left).toEqual([])
})
