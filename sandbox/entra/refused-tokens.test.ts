import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { claimsOf, getTokens, postLogin } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO } from '../world/demo-ids'
import { AZURE_CLI } from '../world/world'

const ADA = 'ada@contoso.example'
const ARM = 'https://management.azure.com/user_impersonation'
let sandbox: Sandbox
let refresh = ''

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  refresh = (await getTokens(sandbox, CONTOSO, ADA)).refresh
})
afterAll(() => sandbox.close())

test.each(['constructor', 'toString'])('a scope of the resource %s is one of an unknown resource', async (host) => {
  const { status, error_codes } = await ask({ scope: 'nobody/.default' })
  expect(await ask({ scope: `${host}/.default` })).toMatchObject({ status, error_codes })
})

const ask = (change: Record<string, string> = {}, authority: string = CONTOSO) =>
  postLogin(sandbox, `/${authority}/oauth2/v2.0/token`, {
    client_id: sandbox.world.clientId,
    client_secret: 'sandbox-secret',
    grant_type: 'refresh_token',
    refresh_token: refresh,
    scope: ARM,
    ...change,
  })

test.each([
  [50020, 400, 'invalid_grant', undefined],
  [50034, 400, 'invalid_grant', undefined],
  [50055, 400, 'invalid_grant', 'user_password_expired'],
  [50057, 400, 'invalid_grant', undefined],
  [50074, 400, 'invalid_grant', 'basic_action'],
  [50076, 400, 'invalid_grant', 'basic_action'],
  [50078, 400, 'invalid_grant', 'basic_action'],
  [50079, 400, 'invalid_grant', 'basic_action'],
  [50097, 400, 'interaction_required', undefined],
  [50105, 400, 'invalid_grant', undefined],
  [50173, 400, 'invalid_grant', undefined],
  [50196, 400, 'invalid_grant', undefined],
  [53000, 400, 'interaction_required', 'message_only'],
  [53001, 400, 'interaction_required', 'message_only'],
  [53003, 400, 'invalid_grant', 'message_only'],
  [65001, 400, 'invalid_grant', 'consent_required'],
  [70008, 400, 'invalid_grant', undefined],
  [70043, 400, 'invalid_grant', 'token_expired'],
  [90033, 503, 'temporarily_unavailable', undefined],
  [90055, 429, 'temporarily_unavailable', undefined],
  [700082, 400, 'invalid_grant', undefined],
])(
  "a person's trait can make Azure management fail with AADSTS%i, while Graph still works",
  async (code, status, error, suberror) => {
    applyChange(sandbox.world, { type: 'set_traits', user: ADA, traits: { error: code } })
    const reply = await ask()
    expect(reply).toMatchObject({ status, error, error_codes: [code] })
    expect(reply.suberror).toBe(suberror)
    expect(reply.error_description).toMatch(new RegExp(`^AADSTS${code}: \\S`))
    if (suberror === 'basic_action') expect(JSON.parse(reply.claims ?? '')).toHaveProperty('access_token.capolids')
    expect(await ask({ scope: 'User.Read' })).toMatchObject({ status: 200 })
    applyChange(sandbox.world, { type: 'set_traits', user: ADA, traits: {} })
  },
)

test.each([
  ['no grant type', { grant_type: '' }, 400, 'invalid_request', 900144],
  ['an unknown grant type', { grant_type: 'constructor' }, 400, 'unsupported_grant_type', 70003],
  ['a made-up refresh token', { refresh_token: '1.e30.x' }, 400, 'invalid_grant', 70000],
  ['a made-up code', { grant_type: 'authorization_code', code: 'x' }, 400, 'invalid_grant', 70000],
  ['a client assertion without its type', { client_assertion: 'x.y.z' }, 400, 'invalid_request', 900144],
  ['an unregistered resource', { scope: 'https://storage.azure.com/.default' }, 400, 'invalid_resource', 650057],
  [
    'an absent resource',
    { scope: 'https://api.partnercenter.microsoft.com/.default' },
    400,
    'invalid_resource',
    650052,
  ],
])('%s is refused', async (_what, change, status, error, code) => {
  expect(await ask(change)).toMatchObject({ status, error, error_codes: [code] })
})

test('a refresh token that was not used for ninety days is refused', async () => {
  sandbox.world.clockOffset += 91 * 86_400_000
  expect(await ask()).toMatchObject({ status: 400, error: 'invalid_grant', error_codes: [700082] })
  sandbox.world.clockOffset = 0
})

test('a person of another tenant is refused at a tenant that never invited them', async () => {
  expect(await ask({}, 'fabrikam.example')).toMatchObject({ error_codes: [50020] })
})

test('a public client can send a name and a password, and any non-empty password is accepted', async () => {
  const fields = {
    client_id: AZURE_CLI.clientId,
    grant_type: 'password',
    scope: 'https://management.core.windows.net//.default openid',
  }
  const signIn = (username: string, password: string) =>
    postLogin(sandbox, '/organizations/oauth2/v2.0/token', { ...fields, username, password })
  expect(claimsOf((await signIn(ADA, 'anything')).access_token)).toMatchObject({ tid: CONTOSO, upn: ADA })
  expect(await signIn(ADA, '')).toMatchObject({ error: 'invalid_grant', error_codes: [50126] })
  expect(await signIn('nobody@contoso.example', 'x')).toMatchObject({ error: 'invalid_grant', error_codes: [50034] })
})

test('the v1.0 endpoint refreshes tokens for a resource', async () => {
  const reply = await postLogin(sandbox, `/${CONTOSO}/oauth2/token`, {
    client_id: sandbox.world.clientId,
    client_secret: 'sandbox-secret',
    grant_type: 'refresh_token',
    refresh_token: refresh,
    resource: 'https://management.azure.com/',
  })
  expect(reply).toMatchObject({ status: 200, resource: 'https://management.azure.com/', scope: 'user_impersonation' })
  expect(claimsOf(reply.access_token)).toMatchObject({ aud: 'https://management.azure.com/', upn: ADA })
})
