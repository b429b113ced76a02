import {
  ConfidentialClientApplication,
  CryptoProvider,
  type INetworkModule,
  type NetworkRequestOptions,
  PublicClientApplication,
} from '@azure/msal-node'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from './server'
import { signInAs } from './visitor'
import { applyChange } from './world/changes'
import { CONTOSO, CONTOSO_APPLICATION, CONTOSO_SUBSCRIPTIONS } from './world/demo-ids'
import { AZURE_CLI } from './world/world'

const GRAPH = ['User.Read', 'User.Read.All']
const ARM = ['https://management.azure.com/user_impersonation']
const redirectUri = 'http://localhost:3000/api/azure/callback'
const running: Sandbox[] = []
let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  running.push(sandbox)
})
afterAll(() => Promise.all(running.map((one) => one.close())))

const local = (address: string) => address.replace('https://', `${sandbox.url}/`)

/** MSAL uses its https addresses; only the connection goes to the sandbox. */
const networkClient: INetworkModule = {
  sendGetRequestAsync: (url, options) => send(url, 'GET', options),
  sendPostRequestAsync: (url, options) => send(url, 'POST', options),
}

async function send<T>(url: string, method: string, options?: NetworkRequestOptions) {
  const response = await fetch(local(url), {
    method,
    headers: options?.headers ?? {},
    ...(options?.body ? { body: options.body } : {}),
  })
  return { headers: Object.fromEntries(response.headers), body: (await response.json()) as T, status: response.status }
}

function createClient(tenantId: string = CONTOSO, clientSecret = 'sandbox-secret') {
  return new ConfidentialClientApplication({
    auth: {
      clientId: sandbox.world.clientId,
      clientSecret,
      authority: `https://login.microsoftonline.com/${tenantId}`,
    },
    system: { networkClient },
  })
}

async function begin(client = createClient(), more: { claims?: string } = {}) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  const address = await client.getAuthCodeUrl({
    redirectUri,
    scopes: GRAPH,
    extraScopesToConsent: ARM,
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
    state: 's1',
    prompt: 'select_account',
    ...more,
  })
  return { client, address, verifier }
}

async function signIn(username: string, more: { claims?: string } = {}) {
  const { client, address, verifier } = await begin(createClient(), more)
  const outcome = await signInAs(sandbox.url, address, { username, consent: 'accept' })
  if (outcome.kind === 'page') throw new Error(outcome.html)
  const code = outcome.url.searchParams.get('code')
  if (!code) return { client, verifier, back: outcome.url.searchParams, result: null }
  const result = await client.acquireTokenByCode({ code, redirectUri, codeVerifier: verifier, scopes: GRAPH })
  return { client, verifier, back: outcome.url.searchParams, result }
}

const callArm = (path: string, token: string) =>
  fetch(local(`https://management.azure.com${path}`), { headers: { authorization: `Bearer ${token}` } })
const callGraph = (path: string, token: string) =>
  fetch(local(`https://graph.microsoft.com${path}`), { headers: { authorization: `Bearer ${token}` } })

test('MSAL signs Ada in, redeems the code for Graph and gets the ARM token silently', async () => {
  const { client, back, result } = await signIn('ada@contoso.example')
  expect(back.get('state')).toBe('s1')
  expect(result?.account).toMatchObject({ tenantId: CONTOSO, username: 'ada@contoso.example', name: 'Ada Novak' })
  const me = await callGraph('/v1.0/me', result?.accessToken ?? '')
  expect(await me.json()).toMatchObject({ displayName: 'Ada Novak', userPrincipalName: 'ada@contoso.example' })

  const arm = await client.acquireTokenSilent({ account: result?.account ?? fail(), scopes: ARM })
  const subscription = await callArm(
    `/subscriptions/${CONTOSO_SUBSCRIPTIONS.production}?api-version=2022-12-01`,
    arm.accessToken,
  )
  expect(await subscription.json()).toMatchObject({ displayName: 'Production', state: 'Enabled', tenantId: CONTOSO })
  const again = await client.acquireTokenSilent({ account: result?.account ?? fail(), scopes: ARM })
  expect(again.fromCache).toBe(true)
})

function fail(): never {
  throw new Error('MSAL returned no account.')
}

test('a person who is no administrator sees "Need admin approval" until an administrator consents for everyone', async () => {
  const { address } = await begin()
  const before = await signInAs(sandbox.url, address, { username: 'ben@contoso.example' })
  expect(before).toMatchObject({ kind: 'page' })
  expect(before.kind === 'page' && before.html).toContain('Need admin approval')
  const returned = await signInAs(sandbox.url, address, { username: 'ben@contoso.example', consent: 'return' })
  expect(returned.kind === 'redirect' && returned.url.searchParams.get('error_description')).toContain('AADSTS90094')

  await signIn('ada@contoso.example')
  const after = await signInAs(sandbox.url, address, { username: 'ben@contoso.example' })
  expect(after.kind === 'redirect' && after.url.searchParams.get('code')).toBeTruthy()
})

test('declining, Conditional Access and an account of another tenant each have their own answer', async () => {
  const { address } = await begin()
  const declined = await signInAs(sandbox.url, address, { username: 'ada@contoso.example', consent: 'cancel' })
  expect(declined.kind === 'redirect' && Object.fromEntries(declined.url.searchParams)).toMatchObject({
    error: 'access_denied',
    error_subcode: 'cancel',
    state: 's1',
  })
  const blocked = await signInAs(sandbox.url, address, { username: 'bianca@contoso.example' })
  expect(blocked.kind === 'redirect' && blocked.url.searchParams.get('error_description')).toContain('AADSTS53003')
  const stranger = await signInAs(sandbox.url, address, { username: 'gwen@fabrikam.example' })
  expect(stranger.kind === 'page' && stranger.html).toMatch(/AADSTS50020[\s\S]*Use another account/)
})

test('multi-factor authentication is demanded for ARM until the sign-in is repeated with its claims', async () => {
  const first = await signIn('mikkel@contoso.example')
  const refused: { errorNo?: string; claims?: string; subError?: string } = await first.client
    .acquireTokenSilent({ account: first.result?.account ?? fail(), scopes: ARM })
    .then(fail, (error: object) => error)
  expect(refused).toMatchObject({ subError: 'basic_action' })
  expect(JSON.parse(refused.claims ?? '')).toHaveProperty('access_token.capolids')

  const second = await signIn('mikkel@contoso.example', { claims: refused.claims ?? '' })
  const arm = await second.client.acquireTokenSilent({ account: second.result?.account ?? fail(), scopes: ARM })
  expect(arm.accessToken).toBeTruthy()
})

test('a guest signs in at the tenant that invited them, and may not read its directory', async () => {
  await signIn('ada@contoso.example')
  const { client, result } = await signIn('nina@fabrikam.example')
  expect(result?.idTokenClaims).toMatchObject({ tid: CONTOSO, idp: expect.stringContaining('sts.windows.net') })
  const users = await callGraph('/v1.0/users', result?.accessToken ?? '')
  expect(users.status).toBe(403)
  const arm = await client.acquireTokenSilent({ account: result?.account ?? fail(), scopes: ARM })
  const list = await callArm('/subscriptions?api-version=2022-12-01', arm.accessToken)
  expect(await list.json()).toMatchObject({ value: [{ displayName: 'Development' }] })
})

test('a code works once, for one resource, at its own tenant, with its verifier and within ten minutes', async () => {
  async function redeem(change: Record<string, string>, authority: string = CONTOSO, wait = 0) {
    const { address, verifier } = await begin()
    const outcome = await signInAs(sandbox.url, address, { username: 'ada@contoso.example', consent: 'accept' })
    const code = (outcome.kind === 'redirect' && outcome.url.searchParams.get('code')) || fail()
    sandbox.world.clockOffset += wait
    const body = {
      client_id: sandbox.world.clientId,
      client_secret: 'sandbox-secret',
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      scope: 'User.Read openid',
      ...change,
    }
    const ask = async () => {
      const response = await fetch(local(`https://login.microsoftonline.com/${authority}/oauth2/v2.0/token`), {
        method: 'POST',
        body: new URLSearchParams(body),
      })
      return { status: response.status, ...((await response.json()) as { error_codes?: number[]; scope?: string }) }
    }
    return { first: await ask(), ask }
  }
  const good = await redeem({})
  expect(good.first).toMatchObject({ status: 200, token_type: 'Bearer' })
  expect(await good.ask()).toMatchObject({ status: 400, error: 'invalid_grant', error_codes: [54005] })
  expect((await redeem({ scope: '' })).first.error_codes).toEqual([28003])
  expect((await redeem({ scope: `User.Read ${ARM[0]}` })).first.error_codes).toEqual([28000])
  expect((await redeem({ code_verifier: 'wrong' })).first.error_codes).toEqual([501481])
  expect((await redeem({}, 'fabrikam.example')).first.error_codes).toEqual([700005])
  expect((await redeem({ client_secret: 'wrong' })).first).toMatchObject({ status: 401, error_codes: [7000215] })
  expect((await redeem({}, CONTOSO, 11 * 60_000)).first.error_codes).toEqual([70008])
  applyChange(sandbox.world, { type: 'expire_secret' })
  expect((await redeem({})).first).toMatchObject({ status: 401, error: 'invalid_client', error_codes: [7000222] })
})

test('a refresh token fails without consent, session or account, and survives a restart of the sandbox', async () => {
  const { world } = sandbox
  const { client, result } = await signIn('ada@contoso.example')
  const cache = JSON.parse(client.getTokenCache().serialize()) as { RefreshToken: Record<string, { secret: string }> }
  const refreshToken = Object.values(cache.RefreshToken)[0]?.secret ?? fail()
  const codeOf = async (at = sandbox) => {
    const response = await fetch(`${at.url}/login.microsoftonline.com/${CONTOSO}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'client-request-id': '11111111-2222-4333-8444-555555555555' },
      body: new URLSearchParams({
        client_id: world.clientId,
        client_secret: 'sandbox-secret',
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        scope: ARM.join(' '),
      }),
    })
    const body = (await response.json()) as { error_codes?: number[]; correlation_id?: string }
    if (body.error_codes) expect(body.correlation_id).toBe('11111111-2222-4333-8444-555555555555')
    return body.error_codes?.[0] ?? 'fine'
  }
  expect(await codeOf()).toBe('fine')
  expect(await codeOf()).toBe('fine')
  const restarted = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  running.push(restarted)
  expect(await codeOf(restarted)).toBe('fine')
  const me = await fetch(`${restarted.url}/graph.microsoft.com/v1.0/me`, {
    headers: { authorization: `Bearer ${result?.accessToken}` },
  })
  expect(me.status).toBe(200)

  applyChange(world, { type: 'withdraw_consent', tenantId: CONTOSO })
  expect(await codeOf()).toBe(65001)
  applyChange(world, { type: 'grant_consent', tenantId: CONTOSO })
  expect(await codeOf()).toBe('fine')
  world.clockOffset += 5_000
  applyChange(world, { type: 'revoke_sessions', user: 'ada@contoso.example' })
  expect(await codeOf()).toBe(50173)
  applyChange(world, { type: 'disable', user: 'ada@contoso.example' })
  expect(await codeOf()).toBe(50057)
})

test('MSAL signs an application in by its secret and keeps the token, which reads what the application may read', async () => {
  const { clientId, secret } = CONTOSO_APPLICATION
  const client = new ConfidentialClientApplication({
    auth: { clientId, clientSecret: secret, authority: `https://login.microsoftonline.com/${CONTOSO}` },
    system: { networkClient },
  })
  const scopes = ['https://management.azure.com/.default']
  const first = await client.acquireTokenByClientCredential({ scopes })
  expect(first).toMatchObject({ fromCache: false, account: null, idToken: '' })
  expect(await client.acquireTokenByClientCredential({ scopes })).toMatchObject({ fromCache: true })
  const arm = await callArm('/subscriptions?api-version=2022-12-01', first?.accessToken ?? '')
  expect(arm.status).toBe(200)
  const graph = await client.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] })
  const users = await callGraph('/v1.0/users?$top=1', graph?.accessToken ?? '')
  expect(users.status).toBe(200)

  const wrong = new ConfidentialClientApplication({
    auth: { clientId, clientSecret: 'wrong', authority: `https://login.microsoftonline.com/${CONTOSO}` },
    system: { networkClient },
  })
  const refused: unknown = await wrong.acquireTokenByClientCredential({ scopes }).then(fail, (error: object) => error)
  expect(refused).toMatchObject({ errorCode: 'invalid_client' })
})

test('MSAL signs a person in by device code for the Azure CLI, and refreshes without a secret', async () => {
  let typed = Promise.resolve<unknown>(null)
  const client = new PublicClientApplication({
    auth: { clientId: AZURE_CLI.clientId, authority: 'https://login.microsoftonline.com/organizations' },
    system: {
      networkClient: {
        ...networkClient,
        // The first request for the token waits until the person has confirmed; else MSAL would poll again after five seconds.
        sendPostRequestAsync: (url, options) => typed.then(() => send(url, 'POST', options)),
      },
    },
  })
  const result = await client.acquireTokenByDeviceCode({
    scopes: ['https://management.core.windows.net//.default'],
    deviceCodeCallback: ({ userCode }) => {
      const address = `https://login.microsoftonline.com/common/oauth2/deviceauth?otc=${userCode}`
      typed = signInAs(sandbox.url, address, { username: 'ada@contoso.example', consent: 'accept' })
    },
  })
  expect(result?.account).toMatchObject({ username: 'ada@contoso.example', tenantId: CONTOSO })
  const list = await callArm('/subscriptions?api-version=2022-12-01', result?.accessToken ?? '')
  expect(list.status).toBe(200)
  const graph = await client.acquireTokenSilent({
    account: result?.account ?? fail(),
    scopes: ['https://graph.microsoft.com//.default'],
  })
  expect((await callGraph('/v1.0/me', graph.accessToken)).status).toBe(200)
})
