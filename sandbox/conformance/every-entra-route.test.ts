import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTOSO } from '../world/demo-ids'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const LOGIN = 'https://login.microsoftonline.com'
const REDIRECT = 'http://localhost:3000/api/azure/callback'
const INSTANCE = `api-version=1.1&authorization_endpoint=${encodeURIComponent(`${LOGIN}/common/oauth2/v2.0/authorize`)}`

let conformance: DemoSandbox
beforeAll(async () => {
  conformance = await startDemoSandbox()
})
afterAll(() => conformance.sandbox.close())

type Form = () => Record<string, string>
const client = () => ({ client_id: conformance.world.clientId, redirect_uri: REDIRECT })
const signIn: Form = () => ({ ...client(), response_type: 'code', scope: 'openid User.Read' })
const refresh: Form = () => ({
  client_id: conformance.world.clientId,
  client_secret: 'sandbox-secret',
  grant_type: 'refresh_token',
  refresh_token: conformance.ada.refresh,
})

/** For each address the query and the form to send, and the status and content of the answer. */
const ASKED: Record<string, [query: Form | string, form: Form | null, status: number, holds: RegExp]> = {
  'GET discovery/instance': [INSTANCE, null, 200, /"tenant_discovery_endpoint"/],
  'GET v2.0/.well-known/openid-configuration': [
    '',
    null,
    200,
    /"issuer":"https:\/\/login\.microsoftonline\.com\/[^"]+\/v2\.0"/,
  ],
  'GET .well-known/openid-configuration': ['', null, 200, /"issuer":"https:\/\/sts\.windows\.net\/[^"]+\/"/],
  'GET discovery/v2.0/keys': ['', null, 200, /"kty":"RSA"/],
  'GET discovery/keys': ['', null, 200, /"kty":"RSA"/],
  'GET oauth2/v2.0/authorize': [signIn, null, 200, /name="username"/],
  'POST oauth2/v2.0/authorize': [
    () => ({ ...signIn(), prompt: 'consent' }),
    () => ({ username: 'ada@contoso.example' }),
    200,
    /name="consent"/,
  ],
  'POST oauth2/v2.0/token': ['', () => ({ ...refresh(), scope: 'User.Read' }), 200, /"access_token"/],
  'POST oauth2/token': [
    '',
    () => ({ ...refresh(), resource: 'https://management.azure.com/' }),
    200,
    /"resource":"https:\/\/management\.azure\.com\/"/,
  ],
  'POST oauth2/v2.0/devicecode': [
    '',
    () => ({ client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', scope: 'openid' }),
    200,
    /"device_code"/,
  ],
  'GET oauth2/deviceauth': ['', null, 200, /<label for="otc">/],
  'POST oauth2/deviceauth': ['', () => ({ otc: 'WRONG' }), 200, /AADSTS70018/],
  'GET v2.0/adminconsent': [() => ({ ...client(), scope: 'User.Read.All' }), null, 200, /name="username"/],
  'POST v2.0/adminconsent': [
    () => ({ ...client(), scope: 'User.Read.All' }),
    () => ({ username: 'ben@contoso.example' }),
    200,
    /AADSTS90094/,
  ],
  'GET adminconsent': [client, null, 200, /name="username"/],
  'POST adminconsent': [client, () => ({ username: 'ben@contoso.example' }), 200, /AADSTS90094/],
  'GET oauth2/v2.0/logout': ['', null, 200, /signed out/i],
  'GET oauth2/logout': ['', null, 200, /signed out/i],
}

test('every address of the login is requested by this test', () => {
  const source = readFileSync(new URL('../entra/answer-login.ts', import.meta.url), 'utf8')
  const routes = [...source.matchAll(/^ {2}'((?:GET|POST) [^']+)':/gm)].map(([, name]) => name)
  expect(Object.keys(ASKED).sort()).toEqual(routes.sort())
})

test.each(Object.keys(ASKED))('%s answers', async (route) => {
  const [query, form, status, holds] = ASKED[route] ?? ['', null, 0, /^$/]
  const [method = '', path = ''] = route.split(' ')
  const asked = typeof query === 'string' ? query : new URLSearchParams(query())
  const authority = path === 'discovery/instance' ? 'common' : CONTOSO
  const response = await fetch(`${conformance.sandbox.url}/login.microsoftonline.com/${authority}/${path}?${asked}`, {
    method,
    redirect: 'manual',
    ...(form ? { body: new URLSearchParams(form()) } : {}),
  })
  expect(await response.text()).toMatch(holds)
  expect(response.status).toBe(status)
})

test('the realm of an address is read without a tenant', async () => {
  const { body } = await conformance.ask(`${LOGIN}/common/UserRealm/ada@contoso.example?api-version=1.0`, {
    token: null,
  })
  expect(body).toMatchObject({ account_type: 'Managed' })
})

test('an address that is not imitated is not found', async () => {
  const { status } = await conformance.ask(`${LOGIN}/${CONTOSO}/oauth2/v3.0/token`, { token: null })
  expect(status).toBe(404)
})
