import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTOSO } from '../world/demo-ids'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const LOGIN = 'https://login.microsoftonline.com'

let conformance: DemoSandbox
beforeAll(async () => {
  conformance = await startDemoSandbox()
})
afterAll(() => conformance.sandbox.close())

const get = async (path: string) => (await conformance.ask(`${LOGIN}${path}`, { token: null })).body

// Source: @azure/msal-common 16.16.1 AuthorityMetadata.
test.each([
  [CONTOSO, CONTOSO],
  ['organizations', '{tenantid}'],
  ['common', '{tenantid}'],
])('the configuration of %s names the endpoints MSAL knows and the issuer %s', async (authority, issuer) => {
  expect(await get(`/${authority}/v2.0/.well-known/openid-configuration`)).toMatchObject({
    token_endpoint: `${LOGIN}/${authority}/oauth2/v2.0/token`,
    authorization_endpoint: `${LOGIN}/${authority}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${LOGIN}/${authority}/oauth2/v2.0/logout`,
    jwks_uri: `${LOGIN}/${authority}/discovery/v2.0/keys`,
    issuer: `${LOGIN}/${issuer}/v2.0`,
  })
})

test('keys are RSA keys for signing, each with its id', async () => {
  const { keys } = (await get(`/${CONTOSO}/discovery/v2.0/keys`)) as { keys: Record<string, unknown>[] }
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys)
    expect(key).toMatchObject({ kty: 'RSA', use: 'sig', e: 'AQAB', kid: expect.any(String), n: expect.any(String) })
})

test('instance discovery names the tenant discovery endpoint and the aliases of the host', async () => {
  const endpoint = encodeURIComponent(`${LOGIN}/common/oauth2/v2.0/authorize`)
  const body = await get(`/common/discovery/instance?api-version=1.1&authorization_endpoint=${endpoint}`)
  const { tenant_discovery_endpoint, metadata } = body as {
    tenant_discovery_endpoint: string
    metadata: { preferred_network: string; preferred_cache: string; aliases: string[] }[]
  }
  expect(tenant_discovery_endpoint).toBe(`${LOGIN}/common/v2.0/.well-known/openid-configuration`)
  const global = metadata.find((one) => one.aliases.includes('login.microsoftonline.com'))
  expect(global).toMatchObject({ preferred_network: 'login.microsoftonline.com', preferred_cache: 'login.windows.net' })
})
