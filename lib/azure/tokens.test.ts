import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMeter } from './meter'
import { countedPatience, pointAt, startStandIn } from './stand-in'
import { ADA, entra, HOME, memory, redeem, refusal, TENANT } from './stand-in-entra'
import { createTokens } from './tokens'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

/** A stored sign-in whose access tokens live this many seconds. */
async function signedIn(lifetime?: number) {
  microsoft.answer(entra({}, lifetime))
  const store = memory()
  const account = await redeem(store)
  microsoft.asked.length = 0
  return { store, account }
}

test('both resources need no call after the sign-in', async () => {
  const { store, account } = await signedIn()
  const tokens = createTokens({ tenantId: TENANT, account, store })
  expect((await tokens.get('graph')).token).toBe('access-1')
  expect((await tokens.get('arm')).token).toBe('access-2')
  expect(microsoft.asked).toEqual([])
})

test('fifty who ask at once share one refresh, which is exactly one call', async () => {
  const { store, account } = await signedIn(60)
  const meter = createMeter()
  const tokens = createTokens({ tenantId: TENANT, account, store, meter })
  microsoft.answer(entra())
  const got = await Promise.all(Array.from({ length: 50 }, () => tokens.get('arm')))
  expect(new Set(got.map(({ token }) => token)).size).toBe(1)
  expect(meter).toEqual({ calls: 1, retries: 0 })
  expect(store.kept).toContain('refresh-1')
  await Promise.all([tokens.get('graph'), tokens.get('arm')])
  expect(meter.calls).toBe(2)
})

test('a refused token is replaced once, by whoever notices first', async () => {
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
])('AADSTS%i on a refresh is told by name, without asking again', async (number, more, code) => {
  const { store, account } = await signedIn(60)
  microsoft.answer(() => refusal(number, 'invalid_grant', more))
  const tokens = createTokens({ tenantId: TENANT, account, store, patience: countedPatience() })
  await expect(tokens.get('graph')).rejects.toMatchObject({
    code,
    aadsts: number,
    ...('claims' in more ? { claims: more.claims } : {}),
  })
  expect(microsoft.asked).toHaveLength(1)
})

test('a refusal of one resource does not stop the next to ask', async () => {
  const { store, account } = await signedIn(60)
  microsoft.answer(() => refusal(50173))
  const tokens = createTokens({ tenantId: TENANT, account, store })
  await expect(tokens.get('graph')).rejects.toMatchObject({ code: 'sign_in_revoked' })
  microsoft.answer(entra())
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
  const tokens = createTokens({ tenantId: TENANT, account, store: memory() })
  await expect(tokens.get('graph')).rejects.toMatchObject({ code: 'sign_in_expired' })
  expect(microsoft.asked).toEqual([])
})
