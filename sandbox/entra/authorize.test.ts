import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { claimsOf, postLogin, signInAs } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO } from '../world/demo-ids'

const ADA = 'ada@contoso.example'
const ARM = 'https://management.azure.com/user_impersonation'
const REDIRECT = 'http://localhost:3000/api/azure/callback'
const running: Sandbox[] = []
let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  running.push(sandbox)
})
afterAll(() => Promise.all(running.map((one) => one.close())))

function addressOf(change: Record<string, string | null> = {}, authority: string = CONTOSO): string {
  const query = new URLSearchParams()
  const fields = {
    client_id: sandbox.world.clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: `openid profile offline_access User.Read ${ARM}`,
    state: 's1',
    ...change,
  }
  for (const [name, value] of Object.entries(fields)) if (value !== null) query.set(name, value)
  return `https://login.microsoftonline.com/${authority}/oauth2/v2.0/authorize?${query}`
}

const get = (address: string, headers: Record<string, string> = {}) =>
  fetch(address.replace('https://', `${sandbox.url}/`), { redirect: 'manual', headers })

/** Signs in; returns the parameters sent to the application, or the page that did not redirect. */
async function begin(change: Record<string, string | null> = {}, authority?: string, username = ADA) {
  const outcome = await signInAs(sandbox.url, addressOf(change, authority), { username, consent: 'accept' })
  return outcome.kind === 'redirect' ? Object.fromEntries(outcome.url.searchParams) : { page: outcome.html }
}

const redeem = (code: string, change: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  postLogin(
    sandbox,
    `/${CONTOSO}/oauth2/v2.0/token`,
    {
      client_id: sandbox.world.clientId,
      client_secret: 'sandbox-secret',
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT,
      scope: 'User.Read openid offline_access',
      ...change,
    },
    headers,
  )

test.each([
  ['no response type', { response_type: null }, 'invalid_request', 900144],
  ['an id_token', { response_type: 'id_token' }, 'unsupported_response_type', 700054],
  ['a token', { response_type: 'token', scope: 'User.Read' }, 'unsupported_response_type', 700051],
  ['a token for two resources', { response_type: 'token' }, 'invalid_request', 700022],
  ['an unknown response mode', { response_mode: 'carrier_pigeon' }, 'invalid_request', 70007],
  ['an unknown prompt', { prompt: 'admin_consent' }, 'invalid_request', 90023],
  ['an unknown scope', { scope: 'Toast.Butter' }, 'invalid_scope', 70011],
  [
    '.default beside a named scope',
    { scope: 'User.Read https://graph.microsoft.com/.default' },
    'invalid_scope',
    70011,
  ],
  ['an unknown resource', { scope: 'api://nobody/read' }, 'invalid_resource', 500011],
  ['an unregistered resource', { scope: 'https://vault.azure.net/user_impersonation' }, 'invalid_resource', 650057],
  ['a resource the tenant lacks', { scope: 'https://api.partnercenter.microsoft.com/x' }, 'invalid_resource', 650052],
  ['no scope', { scope: null }, 'invalid_request', 900144],
  ['a short code challenge', { code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request', 501491],
  ['a method without a challenge', { code_challenge_method: 'S256' }, 'invalid_request', 50147],
  ['an unknown method', { code_challenge: 'x'.repeat(43), code_challenge_method: 'S512' }, 'invalid_request', 50149],
  ['silence without a session', { prompt: 'none' }, 'login_required', 50058],
])('%s is reported to the application with the state it sent', async (_what, change, error, code) => {
  const response = await get(addressOf(change))
  expect(response.status).toBe(302)
  const back = new URL(response.headers.get('location') ?? '').searchParams
  expect(back.get('error')).toBe(error)
  expect(back.get('error_description')).toContain(`AADSTS${code}:`)
  expect(back.get('state')).toBe('s1')
})

test('a request whose redirect address cannot be trusted is refused on a page of the login', async () => {
  const pageOf = async (change: Record<string, string | null>, authority?: string) => {
    const response = await get(addressOf(change, authority))
    expect(response.headers.get('location')).toBeNull()
    return response.text()
  }
  expect(await pageOf({ redirect_uri: `${REDIRECT}/` })).toContain('AADSTS50011')
  expect(await pageOf({ redirect_uri: REDIRECT.replace('3000', '3001') })).toContain('AADSTS50011')
  expect(await pageOf({ client_id: CONTOSO })).toContain('AADSTS700016')
  expect(await pageOf({}, 'nobody.example')).toContain('AADSTS90002')
  const app = sandbox.world.applications.get(sandbox.world.clientId)
  if (app) app.homeTenantId = CONTOSO
  expect(await pageOf({}, 'common')).toContain('AADSTS50194')
  expect(await pageOf({}, 'fabrikam.example')).toContain('AADSTS700016')
})

test('the state is returned as it was sent, by query, by fragment and by a form', async () => {
  const state = 'a+b c/%20&="ü"'
  expect(await begin({ state })).toMatchObject({ state, code: expect.any(String) })
  const fragment = await signInAs(sandbox.url, addressOf({ state, response_mode: 'fragment' }), { username: ADA })
  const inFragment = new URLSearchParams(fragment.kind === 'redirect' ? fragment.url.hash.slice(1) : '')
  expect(inFragment.get('state')).toBe(state)
  expect(inFragment.get('code')).toBeTruthy()
  const form = await signInAs(sandbox.url, addressOf({ state, response_mode: 'form_post' }), { username: ADA })
  const html = form.kind === 'page' ? form.html : ''
  expect(html).toContain(`<form method="post" action="${REDIRECT}">`)
  expect(html).toContain('name="state" value="a+b c/%20&#38;=&#34;ü&#34;"')
})

test('the PKCE verifier is checked, hashed or plain', async () => {
  const verifier = randomBytes(32).toString('base64url')
  const hashed = createHash('sha256').update(verifier).digest('base64url')
  const codeFor = async (code_challenge: string, code_challenge_method: string | null) =>
    (await begin({ code_challenge, code_challenge_method })).code ?? ''
  expect(await redeem(await codeFor(hashed, 'S256'), { code_verifier: verifier })).toMatchObject({ status: 200 })
  expect(await redeem(await codeFor(verifier, null), { code_verifier: verifier })).toMatchObject({ status: 200 })
  expect(await redeem(await codeFor(hashed, 'plain'), { code_verifier: verifier })).toMatchObject({
    error: 'invalid_grant',
    error_codes: [501481],
  })
  expect(await redeem(await codeFor(hashed, 'S256'))).toMatchObject({ error_codes: [50148] })
})

test('a code belongs to its client, its redirect URI and its kind of client', async () => {
  const code = async () => (await begin()).code ?? ''
  const other = REDIRECT.replace('callback', 'admin-consent')
  expect(await redeem(await code(), { redirect_uri: other })).toMatchObject({ error_codes: [50011] })
  expect(await redeem(await code(), {}, { origin: 'http://localhost:3000' })).toMatchObject({ error_codes: [9002326] })
  const app = sandbox.world.applications.get(sandbox.world.clientId)
  if (app) app.spaRedirectUris = [REDIRECT]
  expect(await redeem(await code())).toMatchObject({ status: 400, error_codes: [9002327] })
  expect(await redeem(await code(), {}, { origin: 'http://localhost:3000' })).toMatchObject({ status: 200 })
})

test('a remembered account needs no page, unless prompt asks for one; hints choose among several', async () => {
  await begin()
  const picked = await get(addressOf())
  expect(picked.status).toBe(200)
  const signedIn = await fetch(addressOf().replace('https://', `${sandbox.url}/`), {
    method: 'POST',
    body: new URLSearchParams({ username: ADA }),
    redirect: 'manual',
  })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const codeOf = async (change: Record<string, string>) => {
    const response = await get(addressOf(change), { cookie })
    return new URL(response.headers.get('location') ?? 'about:blank').searchParams.get('code')
  }
  expect(await codeOf({})).toBeTruthy()
  expect(await codeOf({ prompt: 'none' })).toBeTruthy()
  expect(await codeOf({ prompt: 'none', login_hint: ADA, domain_hint: 'contoso.example' })).toBeTruthy()
  expect(await codeOf({ prompt: 'none', domain_hint: 'fabrikam.example' })).toBeNull()
  for (const prompt of ['login', 'select_account', 'consent']) {
    const response = await get(addressOf({ prompt }), { cookie })
    expect([prompt, response.status]).toEqual([prompt, 200])
    expect(await response.text()).toContain(prompt === 'consent' ? 'Permissions requested' : 'Pick an account')
  }
  const hinted = await (await get(addressOf({ login_hint: 'ben@contoso.example' }))).text()
  expect(hinted).toMatch(/Suggested[\s\S]*?ben@contoso\.example/)
})

/** Signs a browser in; gives its cookie and the claims of the id token. */
async function signInWith(change: Record<string, string>, cookie = '') {
  const sent = { redirect: 'manual' as const, headers: { cookie } }
  const at = addressOf({ scope: 'openid profile', ...change }).replace('https://', `${sandbox.url}/`)
  const asked = await fetch(at, sent)
  const pickedNone = asked.status === 302
  const answer = pickedNone
    ? asked
    : await fetch(at, { ...sent, method: 'POST', body: new URLSearchParams({ username: ADA }) })
  const code = new URL(answer.headers.get('location') ?? 'about:blank').searchParams.get('code') ?? ''
  const { id_token } = await redeem(code, { scope: 'openid profile' })
  return { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? cookie, claims: claimsOf(id_token), pickedNone }
}

test('credentials are given once for a browser, and anew where prompt or max_age demands it', async () => {
  const { world } = sandbox
  const seconds = () => Math.floor(world.now() / 1000)
  const begun = seconds()
  const first = await signInWith({})
  expect(Number(first.claims.auth_time) - begun).toBeLessThan(60)

  world.clockOffset += 3_600_000
  const quiet: Record<string, string>[] = [{}, { prompt: 'select_account' }, { max_age: '7200' }]
  for (const change of quiet) {
    const { claims } = await signInWith(change, first.cookie)
    expect(claims.auth_time, JSON.stringify(change)).toBe(first.claims.auth_time)
  }
  const strict: Record<string, string>[] = [
    { prompt: 'login' },
    { max_age: '900' },
    { prompt: 'login', max_age: '900' },
  ]
  for (const change of strict) {
    const { claims, pickedNone } = await signInWith(change, first.cookie)
    expect(pickedNone).toBe(false)
    expect(seconds() - Number(claims.auth_time), JSON.stringify(change)).toBeLessThan(60)
  }
  const silent = await get(addressOf({ prompt: 'none', max_age: '900' }), { cookie: first.cookie })
  expect(new URL(silent.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required')
})

test('the id token says when credentials were given if max_age or the registration asks for it, and max_age shortens it', async () => {
  const app = sandbox.world.applications.get(sandbox.world.clientId)
  if (app) app.optionalIdTokenClaims = []
  expect((await signInWith({})).claims).not.toHaveProperty('auth_time')
  const { claims } = await signInWith({ max_age: '900' })
  expect(Number(claims.exp) - Number(claims.auth_time)).toBe(900)
  const odd = await get(addressOf({ max_age: 'soon' }))
  expect(new URL(odd.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
})

test('with the admin consent workflow a person can request consent, and the application gets AADSTS90095', async () => {
  const tenant = sandbox.world.findTenant(CONTOSO)
  if (tenant) tenant.consentWorkflow = true
  const address = addressOf({ scope: 'User.Read.All' })
  const visit = (consent?: 'return') =>
    signInAs(sandbox.url, address, { username: 'ben@contoso.example', ...(consent ? { consent } : {}) })
  const page = await visit()
  expect(page.kind === 'page' && page.html).toMatch(/Approval required[\s\S]*AADSTS90095[\s\S]*<label for="reason">/)
  const back = await visit('return')
  expect(back.kind === 'redirect' && back.url.searchParams.get('error_description')).toContain('AADSTS90095')
})

test('a refresh token works repeatedly, for another resource and another tenant, and for the first of two resources', async () => {
  applyChange(sandbox.world, { type: 'grant_consent', tenantId: CONTOSO })
  applyChange(sandbox.world, { type: 'grant_consent', tenantId: 'fabrikam.example' })
  const { code } = await begin({}, CONTOSO, 'nina@fabrikam.example')
  const first = await redeem(code ?? '')
  const refresh = (scope: string, authority: string = CONTOSO) =>
    postLogin(sandbox, `/${authority}/oauth2/v2.0/token`, {
      client_id: sandbox.world.clientId,
      client_secret: 'sandbox-secret',
      grant_type: 'refresh_token',
      refresh_token: first.refresh_token ?? '',
      scope,
    })
  const arm = await refresh(ARM)
  expect(claimsOf(arm.access_token)).toMatchObject({ aud: 'https://management.azure.com', tid: CONTOSO })
  expect(arm.refresh_token).not.toBe(first.refresh_token)
  const home = await refresh(ARM, 'organizations')
  const there = await refresh('User.Read', 'fabrikam.example')
  expect(claimsOf(home.access_token).tid).toBe(claimsOf(there.access_token).tid)
  expect(claimsOf(there.access_token).aud).toBe('https://graph.microsoft.com')
  expect(claimsOf((await refresh(`${ARM} User.Read`)).access_token).aud).toBe('https://management.azure.com')
  expect((await refresh('Toast.Butter')).error_codes).toEqual([70011])
})
