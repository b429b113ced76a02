import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountSecrets } from '@/db/schema/accounts'
import { connectAttempts, connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { NotAllowed, NotFound } from '@/lib/actor'
import { applyChange } from '@/sandbox/world/changes'
import { answerMicrosoft } from '@/testing/answer-microsoft'
import { accountOf, carryRun, connect, type Rolecall, signInForAttempt, startRolecall } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'
import { beginConnect, beginReconnect, getAttempt } from './attempts'
import { checkAttempt } from './checks'
import { confirmAttempt } from './confirm'
import { beginSignInForAttempt, finishSignIn } from './sign-in'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

async function begun(tenant: Awaited<ReturnType<Rolecall['tenant']>>) {
  const result = await beginConnect(tenant.owner, tenant.subscription.id)
  if (result.kind !== 'begun') throw new Error(result.kind)
  return result.attemptId
}

test('a subscription is connected by its ID and one sign-in, and its first run is queued', async () => {
  const tenant = await rolecall.tenant()
  const connectionId = await connect(tenant)
  const [connection] = await rolecall.db.select().from(connections).where(eq(connections.id, connectionId))
  expect(connection).toMatchObject({
    subscriptionId: tenant.subscription.id,
    subscriptionName: tenant.subscription.name,
    tenantId: tenant.tenantId,
    state: 'active',
  })
  const { objectId, username } = tenant.account('owner')
  expect(await accountOf(rolecall, connectionId)).toMatchObject({ objectId, name: username, state: 'active' })
  const runs = await rolecall.db.select().from(syncRuns).where(eq(syncRuns.connectionId, connectionId))
  expect(runs).toMatchObject([{ state: 'queued', trigger: 'connect', requestedByName: tenant.owner.name }])
})

test('nothing that Microsoft gave is stored in the clear, and an attempt keeps nothing once it is confirmed', async () => {
  const tenant = await rolecall.tenant()
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)
  const [before] = await rolecall.db.select().from(connectAttempts).where(eq(connectAttempts.id, attemptId))
  expect(before?.sealedCache).toBeTruthy()
  expect(JSON.stringify(before)).not.toMatch(/eyJ0eXAi|refresh_?token|secret":/i)

  await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })
  const [after] = await rolecall.db.select().from(connectAttempts).where(eq(connectAttempts.id, attemptId))
  expect(after).toMatchObject({ sealedCache: null, sealedLogin: null, stateHash: null })
  const [secret] = await rolecall.db
    .select()
    .from(accountSecrets)
    .where(eq(accountSecrets.organisationId, tenant.owner.organisationId))
  expect(secret?.sealed).not.toMatch(/eyJ0eXAi|refresh_?token/i)
})

test('a sign-in whose key is gone says so, before Microsoft has answered and after', async () => {
  const tenant = await rolecall.tenant()
  const gone = (sealed: string | null | undefined) => {
    const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: 'gone' })).toString('base64url')
    return JSON.stringify({ ...JSON.parse(sealed ?? ''), protected: header })
  }
  const attemptId = await begun(tenant)
  const own = eq(connectAttempts.id, attemptId)
  const url = await beginSignInForAttempt(tenant.owner, attemptId)
  const [login] = await rolecall.db.select().from(connectAttempts).where(own)
  await rolecall.db
    .update(connectAttempts)
    .set({ sealedLogin: gone(login?.sealedLogin) })
    .where(own)
  await finishSignIn(tenant.owner, await answerMicrosoft(url, tenant.account('owner').username))
  expect((await getAttempt(tenant.owner, attemptId))?.problem).toMatchObject({ code: 'secret_unreadable' })

  const again = await beginSignInForAttempt(tenant.owner, attemptId)
  await finishSignIn(tenant.owner, await answerMicrosoft(again, tenant.account('owner').username))
  const [signedIn] = await rolecall.db.select().from(connectAttempts).where(own)
  await rolecall.db
    .update(connectAttempts)
    .set({ sealedCache: gone(signedIn?.sealedCache) })
    .where(own)
  const { checks, canConnect } = await checkAttempt(tenant.owner, attemptId)
  expect(canConnect).toBe(false)
  expect(checks).toContainEqual(expect.objectContaining({ id: 'subscription', code: 'secret_unreadable' }))
  expect(await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })).toEqual({
    kind: 'refused',
    code: 'secret_unreadable',
  })
})

test('a subscription that is connected already is named, and so is one that Azure does not know', async () => {
  const tenant = await rolecall.tenant()
  const connectionId = await connect(tenant)
  expect(await beginConnect(tenant.owner, tenant.subscription.id)).toEqual({
    kind: 'already_connected',
    connectionId,
    label: tenant.subscription.name,
  })
  expect(await beginConnect(tenant.owner, '00000000-1111-4222-8333-444444444444')).toEqual({
    kind: 'refused',
    code: 'subscription_unknown',
  })
})

test('two organisations may each connect the same subscription, and see nothing of each other', async () => {
  const tenant = await rolecall.tenant()
  const connectionId = await connect(tenant)
  const stranger = await signInAs({ name: 'Sten Stranger' })
  expect(await beginConnect(stranger, tenant.subscription.id)).toMatchObject({ kind: 'begun' })
  await expect(beginReconnect(stranger, connectionId)).rejects.toThrow(NotFound)
})

test('an answer with an unknown state, or for another person, is not used and stores nothing', async () => {
  const tenant = await rolecall.tenant()
  const attemptId = await begun(tenant)
  const back = await answerMicrosoft(
    await beginSignInForAttempt(tenant.owner, attemptId),
    tenant.account('owner').username,
  )

  const ann = { ...(await signInAs({ tenantId: tenant.tenantId, name: 'Ann Admin' })), role: 'admin' as const }
  const stranger = await signInAs({ name: 'Sten Stranger' })
  expect(await finishSignIn(ann, back)).toEqual({ attemptId: null, code: 'state_mismatch' })
  expect(await finishSignIn(stranger, back)).toEqual({ attemptId: null, code: 'state_mismatch' })
  expect(await finishSignIn(tenant.owner, new URLSearchParams({ code: 'x', state: 'never' }))).toEqual({
    attemptId: null,
    code: 'state_mismatch',
  })
  expect(await finishSignIn(tenant.owner, new URLSearchParams())).toEqual({ attemptId: null, code: 'state_mismatch' })
  expect(await getAttempt(tenant.owner, attemptId)).toMatchObject({ account: null, problem: null })
  expect(await getAttempt(ann, attemptId)).toBeNull()
})

test('another browser of the same member neither finishes nor sees an attempt', async () => {
  const tenant = await rolecall.tenant()
  const attemptId = await begun(tenant)
  const back = await answerMicrosoft(
    await beginSignInForAttempt(tenant.owner, attemptId),
    tenant.account('owner').username,
  )
  const other = await signInAs({ tenantId: tenant.tenantId, objectId: tenant.owner.objectId })
  expect(other.memberId).toBe(tenant.owner.memberId)
  expect(await finishSignIn(other, back)).toEqual({ attemptId: null, code: 'state_mismatch' })
  expect(await getAttempt(other, attemptId)).toBeNull()
  await expect(beginSignInForAttempt(other, attemptId)).rejects.toThrow(NotFound)
  expect(await getAttempt(tenant.owner, attemptId)).toMatchObject({ account: null, problem: null })

  expect(await finishSignIn(tenant.owner, back)).toEqual({ attemptId })
  await expect(checkAttempt(other, attemptId)).rejects.toThrow(NotFound)
  await expect(confirmAttempt(other, attemptId, { alsoSubscriptionIds: [] })).rejects.toThrow(NotFound)
  expect(await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })).toMatchObject({
    kind: 'connected',
  })
})

test('who confirms who they are goes on with what they began in this browser, and nobody else does', async () => {
  const tenant = await rolecall.tenant()
  const attemptId = await begun(tenant)
  const back = await answerMicrosoft(
    await beginSignInForAttempt(tenant.owner, attemptId),
    tenant.account('owner').username,
  )
  const { tenantId } = tenant
  const confirmed = await signInAs({ tenantId, objectId: tenant.owner.objectId, previousToken: tenant.owner.token })
  expect(await getAttempt(tenant.owner, attemptId)).toBeNull()
  expect(await finishSignIn(confirmed, back)).toEqual({ attemptId })

  const somebody = await signInAs({ tenantId, name: 'Sue Somebody', previousToken: confirmed.token })
  expect(await getAttempt(somebody, attemptId)).toBeNull()
  expect(await rolecall.db.$count(connectAttempts, eq(connectAttempts.id, attemptId))).toBe(0)
})

test('an answer from Microsoft is used once, and a second use is told from a stranger’s answer', async () => {
  const tenant = await rolecall.tenant()
  const attemptId = await begun(tenant)
  const back = await answerMicrosoft(
    await beginSignInForAttempt(tenant.owner, attemptId),
    tenant.account('owner').username,
  )
  const results = await Promise.all([1, 2, 3, 4].map(() => finishSignIn(tenant.owner, back)))
  expect(results.filter((result) => result.attemptId === attemptId)).toHaveLength(1)
  expect(results.filter((result) => result.attemptId === null)).toHaveLength(3)
  expect(await finishSignIn(tenant.owner, back)).toEqual({ attemptId: null, code: 'attempt_used' })
  expect(await getAttempt(tenant.owner, attemptId)).toMatchObject({
    account: { objectId: tenant.account('owner').objectId },
  })
})

test('a second login for an attempt makes the first one unusable', async () => {
  const tenant = await rolecall.tenant()
  const attemptId = await begun(tenant)
  const first = await answerMicrosoft(
    await beginSignInForAttempt(tenant.owner, attemptId),
    tenant.account('owner').username,
  )
  await beginSignInForAttempt(tenant.owner, attemptId)
  expect(await finishSignIn(tenant.owner, first)).toEqual({ attemptId: null, code: 'state_mismatch' })
})

test.each([
  ['the attempt is older than half an hour', { expiresAt: sql`now() - interval '1 second'` }],
  ['the login took longer than ten minutes', { loginBegunAt: sql`now() - interval '11 minutes'` }],
])('when %s, the answer is not redeemed', async (_, change) => {
  const tenant = await rolecall.tenant()
  const attemptId = await begun(tenant)
  const back = await answerMicrosoft(
    await beginSignInForAttempt(tenant.owner, attemptId),
    tenant.account('owner').username,
  )
  await rolecall.db.update(connectAttempts).set(change).where(eq(connectAttempts.id, attemptId))
  expect(await finishSignIn(tenant.owner, back)).toEqual({ attemptId })
  expect(await getAttempt(tenant.owner, attemptId)).toMatchObject({
    account: null,
    problem: { code: 'attempt_expired' },
  })
})

test('an expired attempt cannot be confirmed', async () => {
  const tenant = await rolecall.tenant()
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)
  await rolecall.db.update(connectAttempts).set({ expiresAt: sql`now()` }).where(eq(connectAttempts.id, attemptId))
  expect(await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })).toEqual({
    kind: 'refused',
    code: 'attempt_expired',
  })
})

test('an attempt whose login was led to another tenant does not take over that sign-in', async () => {
  const one = await rolecall.tenant()
  const other = await rolecall.tenant()
  const attemptId = await begun(one)
  const url = new URL(await beginSignInForAttempt(one.owner, attemptId))
  // The attacker leads the browser to another tenant's login with this attempt's state.
  url.pathname = url.pathname.replace(one.tenantId, other.tenantId)
  const back = await answerMicrosoft(url.href, other.account('owner').username)
  expect(await finishSignIn(one.owner, back)).toEqual({ attemptId })
  const attempt = await getAttempt(one.owner, attemptId)
  expect(attempt?.account).toBeNull()
  expect(attempt?.problem).toBeTruthy()
})

test('each refusal by Microsoft is stored as what it is, with its code', async () => {
  const tenant = await rolecall.tenant()
  const refusal = async (username: string, consent: 'accept' | 'cancel' = 'accept') => {
    const attemptId = await begun(tenant)
    await finishSignIn(
      tenant.owner,
      await answerMicrosoft(await beginSignInForAttempt(tenant.owner, attemptId), username, consent),
    )
    return (await getAttempt(tenant.owner, attemptId))?.problem
  }
  expect(await refusal(tenant.account('owner').username, 'cancel')).toMatchObject({
    code: 'declined',
    aadsts: 65004,
    correlationId: expect.any(String),
  })
  applyChange(tenant.world, { type: 'grant_consent', tenantId: tenant.tenantId })
  expect(await refusal(tenant.account('blocked').username)).toMatchObject({ code: 'blocked_by_policy', aadsts: 53003 })
  expect(await refusal(tenant.account('mfa').username)).toMatchObject({
    code: 'mfa_required',
    aadsts: 50076,
    claims: expect.any(String),
  })
})

test('a wrong or expired client secret is reported as our own fault', async () => {
  const tenant = await rolecall.tenant()
  const codeAfter = async (spoil: () => void) => {
    const attemptId = await begun(tenant)
    const back = await answerMicrosoft(
      await beginSignInForAttempt(tenant.owner, attemptId),
      tenant.account('owner').username,
    )
    spoil()
    try {
      await finishSignIn(tenant.owner, back)
    } finally {
      applyChange(tenant.world, { type: 'set_secret', value: 'sandbox-secret' })
    }
    return (await getAttempt(tenant.owner, attemptId))?.problem?.code
  }
  expect(await codeAfter(() => applyChange(tenant.world, { type: 'set_secret', value: 'another' }))).toBe(
    'app_secret_wrong',
  )
  expect(await codeAfter(() => applyChange(tenant.world, { type: 'expire_secret' }))).toBe('app_secret_expired')
})

test('after Microsoft demanded verification the same attempt continues with the claims it asked for', async () => {
  const tenant = await rolecall.tenant()
  applyChange(tenant.world, { type: 'grant_consent', tenantId: tenant.tenantId })
  const attemptId = await begun(tenant)
  const { username } = tenant.account('mfa')
  await finishSignIn(
    tenant.owner,
    await answerMicrosoft(await beginSignInForAttempt(tenant.owner, attemptId), username),
  )
  const url = await beginSignInForAttempt(tenant.owner, attemptId, { useClaims: true })
  expect(new URL(url).searchParams.get('claims')).toBeTruthy()
  await finishSignIn(tenant.owner, await answerMicrosoft(url, username))
  expect(await getAttempt(tenant.owner, attemptId)).toMatchObject({ problem: null, account: { name: username } })
})

test('the checks name what is missing, and prevent a connection that could not work', async () => {
  const tenant = await rolecall.tenant({ consented: true })
  const checksOf = async (kind: string) => {
    const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account(kind).username)
    const { checks, canConnect } = await checkAttempt(tenant.owner, attemptId)
    return { canConnect, ...Object.fromEntries(checks.map(({ id, state, code }) => [id, code ?? state])) }
  }
  expect(await checksOf('owner')).toEqual({
    canConnect: true,
    account: 'passed',
    subscription: 'passed',
    assignments: 'passed',
    directory: 'passed',
    groups: 'not_asked',
  })
  expect(await checksOf('outsider')).toMatchObject({ canConnect: false, subscription: 'subscription_not_readable' })
  expect(await checksOf('guest')).toMatchObject({
    canConnect: true,
    assignments: 'passed',
    directory: 'guest_account',
  })
  applyChange(tenant.world, {
    type: 'set_subscription_state',
    subscriptionId: tenant.subscription.id,
    state: 'Disabled',
  })
  expect(await checksOf('owner')).toMatchObject({ canConnect: true, subscription: 'subscription_disabled' })
})

test('confirming twice, at once or later, gives the same connection', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 2 })
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)
  const also = { alsoSubscriptionIds: [tenant.subscriptions[1]?.id ?? '', '00000000-1111-4222-8333-444444444444'] }
  const [one, two] = await Promise.all([
    confirmAttempt(tenant.owner, attemptId, also),
    confirmAttempt(tenant.owner, attemptId, also),
  ])
  expect(one).toEqual(two)
  expect(await confirmAttempt(tenant.owner, attemptId, also)).toEqual(one)
  expect(one).toMatchObject({ kind: 'connected', connectionIds: [expect.any(String), expect.any(String)] })
})

test('others are connected without a subscription that cannot be read, and the attempt keeps which and why', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 3 })
  const [own = '', other = '', gone = ''] = tenant.subscriptions.map(({ id }) => id)
  const attemptId = await signInForAttempt(tenant.owner, own, tenant.account('owner').username)
  const others = { alsoSubscriptionIds: [other, gone], withoutOwn: true }
  expect(await confirmAttempt(tenant.owner, attemptId, others)).toEqual({ kind: 'readable_now' })

  const path = `/subscriptions/${own}`
  const match = { host: 'management.azure.com', path }
  const body = { error: { code: 'AuthorizationFailed', message: 'No.' } }
  const list = {
    match: { host: 'management.azure.com', path: '/subscriptions$' },
    status: 200,
    body: {
      value: [
        {
          ...{ id: `/subscriptions/${other}`, subscriptionId: other, displayName: 'Other', state: 'Enabled' },
          tenantId: tenant.tenantId,
        },
      ],
    },
  }
  const refusal = { match, status: 403, body, times: 99 }
  await tenant.during([refusal, list], async () => {
    expect(await checkAttempt(tenant.owner, attemptId)).toMatchObject({ canConnect: false, canConnectOthers: true })
  })
  await tenant.during([refusal, list], async () => {
    expect(await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [other] })).toMatchObject({
      kind: 'refused',
    })
  })
  await tenant.during([refusal, list], async () => {
    expect(await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [], withoutOwn: true })).toEqual({
      kind: 'no_others',
    })
  })
  const confirmed = await tenant.during([refusal, list], () => confirmAttempt(tenant.owner, attemptId, others))
  expect(confirmed).toEqual({ kind: 'connected', connectionIds: [expect.any(String)] })
  const attempt = await getAttempt(tenant.owner, attemptId)
  expect(attempt?.leftOut).toEqual([
    { subscriptionId: own, code: expect.any(String) },
    { subscriptionId: gone, code: 'subscription_not_readable' },
  ])
  const made = await rolecall.db
    .select({ subscriptionId: connections.subscriptionId })
    .from(connections)
    .where(eq(connections.organisationId, tenant.owner.organisationId))
  expect(made).toEqual([{ subscriptionId: other }])
})

test('many subscriptions ticked in the wizard are connected in batches, so that no transaction is long', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 60 })
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)
  const alsoSubscriptionIds = tenant.subscriptions.map(({ id }) => id)
  const confirmed = await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds })
  if (confirmed.kind !== 'connected') throw new Error(confirmed.kind)
  expect(new Set(confirmed.connectionIds).size).toBe(60)
  expect((await getAttempt(tenant.owner, attemptId))?.madeConnectionIds).toEqual(confirmed.connectionIds)
  const { organisationId } = tenant.owner
  const made = await rolecall.db
    .select({ transaction: sql<string>`${connections}.xmin::text`, accountId: connections.accountId })
    .from(connections)
    .where(eq(connections.organisationId, organisationId))
  expect(new Set(made.map(({ transaction }) => transaction)).size).toBe(3)
  expect(new Set(made.map(({ accountId }) => accountId)).size).toBe(1)
  expect(await rolecall.db.$count(syncRuns, eq(syncRuns.organisationId, organisationId))).toBe(60)
  expect(await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })).toEqual(confirmed)
})

test('a reconnect keeps the connection, and asks before it takes another account', async () => {
  const tenant = await rolecall.tenant({ consented: true })
  const connectionId = await connect(tenant)
  await carryRun(rolecall, tenant.owner, connectionId)
  const signInAgain = async (kind: string) => {
    const { attemptId } = await beginReconnect(tenant.owner, connectionId)
    await finishSignIn(
      tenant.owner,
      await answerMicrosoft(await beginSignInForAttempt(tenant.owner, attemptId), tenant.account(kind).username),
    )
    return attemptId
  }
  const same = await signInAgain('owner')
  expect(await confirmAttempt(tenant.owner, same, { alsoSubscriptionIds: [] })).toEqual({
    kind: 'connected',
    connectionIds: [connectionId],
  })
  await carryRun(rolecall, tenant.owner, connectionId)

  const other = await signInAgain('reader')
  expect(await confirmAttempt(tenant.owner, other, { alsoSubscriptionIds: [] })).toMatchObject({
    kind: 'other_account',
    now: tenant.account('reader').username,
  })
  expect(
    await confirmAttempt(tenant.owner, other, { alsoSubscriptionIds: [], acceptOtherAccount: true }),
  ).toMatchObject({ connectionIds: [connectionId] })
  expect(await accountOf(rolecall, connectionId)).toMatchObject({ objectId: tenant.account('reader').objectId })
})

test('other subscriptions that Azure does not list are not taken for there being none', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 2 })
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)
  const check = () => checkAttempt(tenant.owner, attemptId)
  expect(await check()).toMatchObject({ canConnect: true, others: [{}], othersUnread: false })
  const match = { host: 'management.azure.com', path: '/subscriptions$' }
  expect(await tenant.during([{ match, status: 403 }], check)).toMatchObject({
    canConnect: true,
    others: [],
    othersUnread: true,
  })
})

test('the other subscriptions come with where they lie for whoever is to choose among them, and without where that is refused', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 3, managementGroupDepth: 1, managementGroups: 2 })
  const attemptId = await signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)
  const { others, groups } = await checkAttempt(tenant.owner, attemptId, { withPlaces: true })
  expect(others.map(({ managementGroups }) => managementGroups.map(({ id }) => id))).toEqual([
    [tenant.tenantId, expect.any(String)],
    [tenant.tenantId, expect.any(String)],
  ])
  expect(groups.map(({ id }) => id)).toContain(others[0]?.managementGroups[1]?.id)
  expect(others.map(({ name }) => name)).toEqual(others.map(({ name }) => name).toSorted())

  const match = { host: 'management.azure.com', path: 'getEntities' }
  const refused = await tenant.during([{ match, status: 403 }], () =>
    checkAttempt(tenant.owner, attemptId, { withPlaces: true }),
  )
  expect(refused).toMatchObject({
    ...{ canConnect: true, groups: [] },
    others: [{ managementGroups: [] }, { managementGroups: [] }],
  })
  expect((await checkAttempt(tenant.owner, attemptId)).groups).toEqual([])
})

test('a viewer can do nothing of this, whichever page or action lets them try', async () => {
  const tenant = await rolecall.tenant()
  const viewer = await tenant.viewer()
  const attemptId = await begun(tenant)
  const connectionId = await connect(await rolecall.tenant())
  for (const act of [
    () => beginConnect(viewer, tenant.subscription.id),
    () => beginReconnect(viewer, connectionId),
    () => beginSignInForAttempt(viewer, attemptId),
    () => finishSignIn(viewer, new URLSearchParams()),
    () => checkAttempt(viewer, attemptId),
    () => confirmAttempt(viewer, attemptId, { alsoSubscriptionIds: [] }),
  ]) {
    await expect(act()).rejects.toThrow(NotAllowed)
  }
  const made = await rolecall.db
    .select({ id: connectAttempts.id })
    .from(connectAttempts)
    .where(
      and(eq(connectAttempts.organisationId, viewer.organisationId), eq(connectAttempts.memberId, viewer.memberId)),
    )
  expect(made).toEqual([])
})
