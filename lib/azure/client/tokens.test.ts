import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ADA,
  countedPatience,
  formOf,
  HOME,
  memoryStore,
  pointAt,
  redeem,
  type Script,
  startStandIn,
  TENANT,
  tokenEndpoint,
  tokenRefusal,
} from '@/testing/stand-in'
import { createTokens, grantedAmong } from './tokens'
import { createMeter } from './transport'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

/** A stored sign-in whose access tokens live this many seconds. */
async function signedIn(lifetime?: number) {
  microsoft.answer(tokenEndpoint({}, lifetime))
  const store = memoryStore()
  const account = await redeem(store)
  microsoft.asked.length = 0
  return { store, account }
}

test('the tokens for both resources are there after the sign-in, without another call', async () => {
  const { store, account } = await signedIn()
  const tokens = createTokens({ tenantId: TENANT, account, store })
  expect((await tokens.get('graph')).token).toBe('access-1')
  expect((await tokens.get('arm')).token).toBe('access-2')
  expect(microsoft.asked).toEqual([])
})

test('fifty who ask for a token at once share one refresh, which is exactly one call', async () => {
  const { store, account } = await signedIn(60)
  const meter = createMeter()
  const tokens = createTokens({ tenantId: TENANT, account, store, meter })
  microsoft.answer(tokenEndpoint())
  const got = await Promise.all(Array.from({ length: 50 }, () => tokens.get('arm')))
  expect(new Set(got.map(({ token }) => token)).size).toBe(1)
  expect(meter).toMatchObject({ calls: 1, retries: 0 })
  expect(store.kept).toContain('refresh-1')
  await Promise.all([tokens.get('graph'), tokens.get('arm')])
  expect(meter.calls).toBe(2)
})

test('a refused token is replaced once, however many notice it', async () => {
  const { store, account } = await signedIn()
  const tokens = createTokens({ tenantId: TENANT, account, store })
  const { token } = await tokens.get('arm')
  const [one, other] = await Promise.all([tokens.get('arm', { refused: token }), tokens.get('arm', { refused: token })])
  expect(one.token).not.toBe(token)
  expect(other).toEqual(one)
  expect(await tokens.get('arm', { refused: token })).toEqual(one)
  expect(microsoft.asked).toHaveLength(1)
})

test.each([
  [65001, {}, 'sign_in_revoked'],
  [50173, {}, 'sign_in_revoked'],
  [700082, {}, 'sign_in_expired'],
  [99998, {}, 'sign_in_expired'],
  [50076, { error: 'interaction_required', suberror: 'basic_action', claims: '{"access_token":{}}' }, 'mfa_required'],
  [99997, { error: 'interaction_required', claims: '{"access_token":{}}' }, 'mfa_required'],
])('AADSTS%i on a refresh gives its own error, without another try', async (number, more, code) => {
  const { store, account } = await signedIn(60)
  microsoft.answer(() => tokenRefusal(number, 'invalid_grant', more))
  const tokens = createTokens({ tenantId: TENANT, account, store, patience: countedPatience() })
  await expect(tokens.get('graph')).rejects.toMatchObject({
    code,
    aadsts: number,
    ...('claims' in more ? { claims: more.claims } : {}),
  })
  expect(microsoft.asked).toHaveLength(1)
})

test('a refusal does not stop the next request for a token', async () => {
  const { store, account } = await signedIn(60)
  microsoft.answer(() => tokenRefusal(50173))
  const tokens = createTokens({ tenantId: TENANT, account, store })
  await expect(tokens.get('graph')).rejects.toMatchObject({ code: 'sign_in_revoked' })
  microsoft.answer(tokenEndpoint())
  expect((await tokens.get('graph')).token).toBe('access-1')
})

test('an empty store, or one without the account, is an expired sign-in', async () => {
  const { store, account } = await signedIn()
  const stranger = { objectId: HOME, tenantId: TENANT }
  const elsewhere = { objectId: ADA, tenantId: HOME }
  for (const ref of [stranger, elsewhere]) {
    const tokens = createTokens({ tenantId: TENANT, account: ref, store })
    await expect(tokens.get('graph')).rejects.toMatchObject({ code: 'sign_in_expired' })
  }
  const tokens = createTokens({ tenantId: TENANT, account, store: memoryStore() })
  await expect(tokens.get('graph')).rejects.toMatchObject({ code: 'sign_in_expired' })
  expect(microsoft.asked).toEqual([])
})

describe('optional scopes', () => {
  const GROUPS = 'GroupMember.Read.All'
  const SIGN_INS = 'AuditLog.Read.All'
  const optional = [GROUPS, SIGN_INS]

  /** Entra ID with consent to these optional scopes only: it refuses every request that asks for another one. */
  function entraGranting(...left: string[]): Script {
    const good = tokenEndpoint()
    return async (asked, response) => {
      const { scope = '' } = formOf(asked)
      if (optional.some((name) => scope.includes(name) && !left.includes(name)))
        return tokenRefusal(65001, 'invalid_grant', { suberror: 'consent_required' })
      const reply = await good(asked, response)
      return scope.includes('graph') ? { json: { ...Object(reply?.json), scope: [scope, ...left].join(' ') } } : reply
    }
  }

  test('are asked for at Graph with every refresh, and never at ARM', async () => {
    const { store, account } = await signedIn(60)
    microsoft.answer(entraGranting(...optional))
    const tokens = createTokens({ tenantId: TENANT, account, store, optional })
    await tokens.get('graph')
    await tokens.get('arm')
    const [graph, arm] = microsoft.asked.map((asked) => formOf(asked).scope)
    expect(graph).toContain(`https://graph.microsoft.com/${GROUPS}`)
    expect(graph).toContain(`https://graph.microsoft.com/${SIGN_INS}`)
    expect(arm).not.toContain('graph')
    expect(tokens.granted()).toEqual(optional)
    expect(tokens.withdrawn()).toEqual([])
  })

  test('that were withdrawn are dropped with one more call, and the others are kept', async () => {
    const { store, account } = await signedIn(60)
    microsoft.answer(entraGranting(GROUPS))
    const tokens = createTokens({ tenantId: TENANT, account, store, optional })
    expect(tokens.granted()).toEqual(optional)
    const { token } = await tokens.get('graph')
    expect(tokens.granted()).toEqual([GROUPS])
    expect(tokens.withdrawn()).toEqual([SIGN_INS])
    expect(microsoft.asked).toHaveLength(2)

    await tokens.get('graph', { refused: token })
    expect(microsoft.asked).toHaveLength(3)
    expect(formOf(microsoft.asked[2]).scope).toContain(GROUPS)
  })

  test('when the base scopes are withdrawn too, the sign-in is revoked', async () => {
    const { store, account } = await signedIn(60)
    microsoft.answer(() => tokenRefusal(65001))
    const tokens = createTokens({ tenantId: TENANT, account, store, optional, patience: countedPatience() })
    await expect(tokens.get('graph')).rejects.toMatchObject({ code: 'sign_in_revoked', aadsts: 65001 })
    expect(microsoft.asked).toHaveLength(2)
  })

  test('are not asked for a second time after a refusal of another kind', async () => {
    const { store, account } = await signedIn(60)
    microsoft.answer(() => tokenRefusal(50173))
    const tokens = createTokens({ tenantId: TENANT, account, store, optional })
    await expect(tokens.get('graph')).rejects.toMatchObject({ code: 'sign_in_revoked', aadsts: 50173 })
    expect(microsoft.asked).toHaveLength(1)
  })
})

const WANTED = ['GroupMember.Read.All', 'Application.Read.All', 'AuditLog.Read.All']

test.each([
  ['with the resource before it', ['https://graph.microsoft.com/GroupMember.Read.All'], ['GroupMember.Read.All']],
  ['as a bare name', ['AuditLog.Read.All'], ['AuditLog.Read.All']],
  ['in another case', ['https://graph.microsoft.com/groupmember.read.all'], ['GroupMember.Read.All']],
  ['among more than was asked for', ['Mail.Read', 'openid', 'Application.Read.All'], ['Application.Read.All']],
  [
    'in another order',
    ['AuditLog.Read.All', 'Application.Read.All', 'GroupMember.Read.All'],
    ['GroupMember.Read.All', 'Application.Read.All', 'AuditLog.Read.All'],
  ],
])('a granted scope is recognised %s', (_, granted, known) => {
  expect(grantedAmong(WANTED, granted)).toEqual(known)
})

test('a longer name that ends or begins like a scope is another scope', () => {
  expect(
    grantedAmong(WANTED, ['GroupMember.ReadWrite.All', 'XGroupMember.Read.All', 'GroupMember.Read.All.Shared']),
  ).toEqual([])
})
