import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  ADA,
  asksForKeys,
  formOf,
  HOME,
  memoryStore,
  NONCE,
  pointAt,
  REDIRECT,
  redeem,
  startStandIn,
  TENANT,
  tokenEndpoint,
  tokenRefusal,
} from '@/testing/stand-in'
import { adminConsentUrl, authorizeProblem, beginSignIn, newPkce } from './sign-in'

const CLIENT = '5a9d0b0e-0000-4000-8000-726f6c656361'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
beforeEach(() => microsoft.answer(tokenEndpoint()))
afterAll(() => microsoft.close())

describe('the address of Microsoft’s sign-in', () => {
  test('asks for both resources at once, with PKCE, state and nonce, without any request of ours', async () => {
    const { verifier, challenge } = await newPkce()
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(challenge)
    const url = new URL(
      await beginSignIn({
        tenantId: TENANT,
        redirectUri: REDIRECT,
        state: 'the-state',
        nonce: NONCE,
        codeChallenge: challenge,
        loginHint: 'ada@contoso.example',
        claims: '{"access_token":{"x":null}}',
        prompt: 'consent',
      }),
    )
    expect(url.origin + url.pathname).toBe(`https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/authorize`)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: CLIENT,
      response_type: 'code',
      response_mode: 'query',
      redirect_uri: REDIRECT,
      state: 'the-state',
      nonce: NONCE,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      login_hint: 'ada@contoso.example',
      prompt: 'consent',
    })
    expect(JSON.parse(url.searchParams.get('claims') ?? '')).toMatchObject({ access_token: { x: null } })
    expect(url.searchParams.get('scope')?.split(' ').sort()).toEqual(
      [
        'https://graph.microsoft.com/User.Read',
        'https://graph.microsoft.com/User.Read.All',
        'https://management.azure.com/user_impersonation',
        'offline_access',
        'openid',
        'profile',
      ].sort(),
    )
    expect(microsoft.asked).toEqual([])
  })

  test('asks for optional scopes of Graph together with the others', async () => {
    const optional = ['GroupMember.Read.All', 'AuditLog.Read.All']
    const request = { tenantId: TENANT, redirectUri: REDIRECT, state: 's', nonce: NONCE, codeChallenge: 'c', optional }
    const scopes = new URL(await beginSignIn(request)).searchParams.get('scope')?.split(' ')
    expect(scopes).toEqual(
      expect.arrayContaining([
        'https://graph.microsoft.com/User.Read.All',
        'https://graph.microsoft.com/GroupMember.Read.All',
        'https://graph.microsoft.com/AuditLog.Read.All',
        'https://management.azure.com/user_impersonation',
      ]),
    )
    const approval = new URL(adminConsentUrl({ tenantId: TENANT, redirectUri: REDIRECT, state: 's', optional }))
    expect(approval.searchParams.get('scope')?.split(' ')).toHaveLength(5)
  })

  test('an administrator is asked for everything at once', () => {
    const url = new URL(adminConsentUrl({ tenantId: TENANT, redirectUri: REDIRECT, state: 's' }))
    expect(url.origin + url.pathname).toBe(`https://login.microsoftonline.com/${TENANT}/v2.0/adminconsent`)
    expect(url.searchParams.get('scope')?.split(' ')).toHaveLength(3)
  })

  test('only a GUID becomes a tenant in an address', async () => {
    const begin = beginSignIn({
      tenantId: '../evil',
      redirectUri: REDIRECT,
      state: 's',
      nonce: 'n',
      codeChallenge: 'c',
    })
    await expect(begin).rejects.toThrow()
    expect(() => adminConsentUrl({ tenantId: 'common/..', redirectUri: REDIRECT, state: 's' })).toThrow()
  })
})

describe('a code', () => {
  test('is redeemed for Graph alone, then ARM comes from the refresh token, in two calls and one for the keys', async () => {
    const store = memoryStore()
    const account = await redeem(store)
    expect(account).toEqual({
      objectId: ADA,
      tenantId: TENANT,
      username: 'ada@contoso.example',
      name: 'Ada',
      granted: [],
    })
    const [forKeys, ...surplus] = microsoft.asked.filter(asksForKeys)
    expect(forKeys?.url.href).toBe(`https://login.microsoftonline.com/${TENANT}/discovery/v2.0/keys`)
    expect(surplus).toEqual([])
    const [forGraph, forArm, ...more] = microsoft.asked.filter((asked) => !asksForKeys(asked))
    expect([forGraph, forArm].map((asked) => `${asked?.method} ${asked?.url.pathname}`)).toEqual(
      Array(2).fill(`POST /${TENANT}/oauth2/v2.0/token`),
    )
    expect(more).toEqual([])
    expect(formOf(forGraph)).toMatchObject({
      grant_type: 'authorization_code',
      code: 'the-code',
      code_verifier: 'the-verifier',
      redirect_uri: REDIRECT,
      client_secret: 'sandbox-secret',
    })
    expect(formOf(forGraph).scope).not.toContain('management.azure.com')
    expect(formOf(forArm)).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'refresh-1' })
    expect(formOf(forArm).scope).toContain('https://management.azure.com/user_impersonation')
    expect(formOf(forArm).scope).not.toContain('graph.microsoft.com')
    expect(store.kept).toContain('refresh-2')
  })

  test.each([
    ['with another nonce', { nonce: 'another' }, 'state_mismatch'],
    ['without a nonce', { nonce: undefined }, 'state_mismatch'],
    ['of another tenant', { tid: HOME }, 'wrong_tenant'],
    ['for another application', { aud: HOME }, 'id_token_refused'],
    ['of another issuer', { iss: `https://login.microsoftonline.us/${TENANT}/v2.0` }, 'id_token_refused'],
    ['without an object ID', { oid: undefined }, 'bad_answer'],
  ])('%s leaves nothing behind', async (_, claims, code) => {
    microsoft.answer(tokenEndpoint(claims))
    const store = memoryStore()
    await expect(redeem(store)).rejects.toMatchObject({ code })
    expect(store.kept).toBeNull()
  })

  test('leaves nothing behind when the second resource is refused', async () => {
    const good = tokenEndpoint()
    microsoft.answer((asked, response) =>
      formOf(asked).grant_type === 'refresh_token'
        ? tokenRefusal(65001, 'invalid_grant', { suberror: 'consent_required' })
        : good(asked, response),
    )
    const store = memoryStore()
    await expect(redeem(store)).rejects.toMatchObject({ code: 'admin_consent_required', aadsts: 65001 })
    expect(store.kept).toBeNull()
  })

  test.each([
    [54005, 'invalid_grant', 'attempt_used'],
    [7000215, 'invalid_client', 'app_secret_wrong'],
    [7000222, 'invalid_client', 'app_secret_expired'],
    [700016, 'unauthorized_client', 'app_not_in_tenant'],
    [53003, 'invalid_grant', 'blocked_by_policy'],
    [50057, 'invalid_grant', 'account_disabled'],
    [99999, 'invalid_grant', 'sign_in_expired'],
    [99999, 'novel', 'unknown'],
  ])('refused with AADSTS%i %s is %s', async (number, error, code) => {
    microsoft.answer(() => tokenRefusal(number, error))
    const refused = await redeem(memoryStore()).catch((reason: unknown) => reason)
    expect(refused).toMatchObject({ code, aadsts: number, correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    for (const secret of ['secret text', 'the-code', 'the-verifier', 'sandbox-secret', 'ada@'])
      expect(String(refused)).not.toContain(secret)
  })

  test.each([
    ['an HTML page', { text: '<html>' }, 'bad_answer'],
    ['an outage', { status: 503, text: '<html>' }, 'azure_unreachable'],
    ['a fault', { status: 500, json: {} }, 'azure_unreachable'],
    ['throttling', { status: 429, headers: { 'retry-after': '120' }, json: {} }, 'throttled'],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example' } }, 'untrusted_link'],
  ])('met by %s is %s', async (_, reply, code) => {
    microsoft.answer(() => reply)
    await expect(redeem(memoryStore())).rejects.toMatchObject({ code })
  })
})

test.each([
  [{ error: 'access_denied', error_description: 'AADSTS65004: User declined.' }, 'declined', 65004],
  [{ error: 'access_denied', error_subcode: 'cancel' }, 'declined', undefined],
  [{ error: 'consent_required', error_description: 'AADSTS65004: declined' }, 'declined', 65004],
  [{ error: 'access_denied', error_description: 'AADSTS90094: admin' }, 'admin_consent_required', 90094],
  [{ error: 'access_denied', error_description: 'AADSTS53003: blocked' }, 'blocked_by_policy', 53003],
  [{ error: 'invalid_request', error_description: 'AADSTS50020: guest' }, 'account_not_in_tenant', 50020],
  [{ error: 'temporarily_unavailable' }, 'azure_unreachable', undefined],
  [{ error: '<script>', error_description: '<b>x</b>' }, 'unknown', undefined],
  [{}, 'unknown', undefined],
])('%j on the way back is %s', (params, code, aadsts) => {
  const problem = authorizeProblem(params)
  expect(problem).toMatchObject({ code })
  expect(problem.aadsts).toBe(aadsts)
  expect(problem.message).not.toContain('<')
})
