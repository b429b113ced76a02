import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInAs } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO, CONTOSO_APPLICATION } from '../world/demo-ids'
import { AZURE_CLI } from '../world/world'
import { entraError } from './facts/entra-errors'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const ARM = 'https://management.azure.com'
const REQUEST = '11111111-2222-4333-8444-555555555555'

let conformance: DemoSandbox
beforeAll(async () => {
  conformance = await startDemoSandbox()
})
afterAll(() => conformance.sandbox.close())

async function post(path: string, form: Record<string, string>) {
  const response = await fetch(`${conformance.sandbox.url}/login.microsoftonline.com/${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { 'client-request-id': REQUEST },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

type Refusal = [code: number, error: string, status: number, suberror?: string]

// The errors that people can see: codes from reference-error-codes.md @04f65548; `error` and `suberror` of most recalled.
const POLICIES: Refusal[] = [
  [50074, 'invalid_grant', 400, 'basic_action'],
  [50076, 'invalid_grant', 400, 'basic_action'],
  [50078, 'invalid_grant', 400, 'basic_action'],
  [50079, 'invalid_grant', 400, 'basic_action'],
  [53003, 'invalid_grant', 400, 'message_only'],
  [53000, 'interaction_required', 400, 'message_only'],
  [53001, 'interaction_required', 400, 'message_only'],
  [50097, 'interaction_required', 400],
  [50020, 'invalid_grant', 400],
  [50034, 'invalid_grant', 400],
  [51004, 'invalid_grant', 400],
  [50105, 'invalid_grant', 400],
  [50057, 'invalid_grant', 400],
  [50173, 'invalid_grant', 400],
  [50196, 'invalid_grant', 400],
  [70043, 'invalid_grant', 400, 'token_expired'],
  [90033, 'temporarily_unavailable', 503],
  [90055, 'temporarily_unavailable', 429],
]

test.each(POLICIES)(
  'AADSTS%i has the whole body of %s, and repeats the request id',
  async (code, error, status, suberror) => {
    const user = 'ada@contoso.example'
    applyChange(conformance.world, { type: 'set_traits', user, traits: { error: code } })
    const refused = await post(`${CONTOSO}/oauth2/v2.0/token`, {
      client_id: conformance.world.clientId,
      client_secret: 'sandbox-secret',
      grant_type: 'refresh_token',
      refresh_token: conformance.ada.refresh,
      scope: `${ARM}/user_impersonation`,
    })
    applyChange(conformance.world, { type: 'set_traits', user, traits: {} })
    expect(entraError(code, error)(refused.body, 'body')).toEqual([])
    expect([refused.status, refused.body.suberror, refused.body.correlation_id]).toEqual([status, suberror, REQUEST])
    expect(typeof refused.body.claims).toBe(suberror === 'basic_action' ? 'string' : 'undefined')
  },
)

const daemon = {
  client_id: CONTOSO_APPLICATION.clientId,
  client_secret: CONTOSO_APPLICATION.secret,
  grant_type: 'client_credentials',
  scope: `${ARM}/.default`,
}

test('an application without a user gets a token and no refresh token', async () => {
  const { status, body } = await post(`${CONTOSO}/oauth2/v2.0/token`, daemon)
  expect([status, body.token_type, 'refresh_token' in body, 'scope' in body]).toEqual([200, 'Bearer', false, false])
})

test.each<[what: string, form: Record<string, string>, ...Refusal]>([
  ['a named scope', { scope: 'https://graph.microsoft.com/User.Read.All' }, 1002012, 'invalid_scope', 400],
  ['two resources', { scope: `${ARM}/.default https://graph.microsoft.com/.default` }, 70011, 'invalid_scope', 400],
  ['no scope', { scope: '' }, 900144, 'invalid_request', 400],
  ['an unknown resource', { scope: 'https://nowhere.example/.default' }, 500011, 'invalid_resource', 400],
  ['a wrong secret', { client_secret: 'wrong' }, 7000215, 'invalid_client', 401],
  ['no secret', { client_secret: '' }, 7000218, 'invalid_client', 401],
  ['an unknown application', { client_id: CONTOSO }, 700016, 'unauthorized_client', 400],
])('an application that sends %s is refused', async (_, form, code, error, status) => {
  const refused = await post(`${CONTOSO}/oauth2/v2.0/token`, { ...daemon, ...form })
  expect(entraError(code, error)(refused.body, 'body')).toEqual([])
  expect(refused.status).toBe(status)
})

test('a device polls until somebody signs in, declines, or fifteen minutes are over', async () => {
  const start = async () =>
    (await post('organizations/oauth2/v2.0/devicecode', { client_id: AZURE_CLI.clientId, scope: 'openid' })).body
  const poll = (code: unknown) =>
    post('organizations/oauth2/v2.0/token', {
      client_id: AZURE_CLI.clientId,
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: String(code),
    })
  const answer = (code: unknown, consent: 'accept' | 'cancel') =>
    signInAs(conformance.sandbox.url, `https://login.microsoftonline.com/common/oauth2/deviceauth?otc=${code}`, {
      username: 'ben@contoso.example',
      consent,
    })
  const errorOf = async (code: unknown) => (await poll(code)).body.error
  const [signed, declined, late] = [await start(), await start(), await start()]
  expect(await errorOf(signed.device_code)).toBe('authorization_pending')
  await answer(signed.user_code, 'accept')
  expect((await poll(signed.device_code)).status).toBe(200)
  await answer(declined.user_code, 'cancel')
  expect(await errorOf(declined.device_code)).toBe('authorization_declined')
  expect(await errorOf('nobody-knows-this')).toBe('bad_verification_code')
  conformance.world.clockOffset += 901_000
  const expired = await errorOf(late.device_code)
  conformance.world.clockOffset -= 901_000
  expect(expired).toBe('expired_token')
})
