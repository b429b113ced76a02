import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { getTokens } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO } from '../world/demo-ids'

type Jwks = { keys: (JsonWebKey & { kid: string; issuer: string })[] }

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
})
afterAll(() => sandbox.close())

async function read<T>(path: string, host = 'login.microsoftonline.com'): Promise<T & { status: number }> {
  const response = await fetch(`${sandbox.url}/${host}${path}`)
  return { ...((await response.json()) as T), status: response.status }
}

const discover = (endpoint: string) =>
  read(`/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(endpoint)}`)

test('instance discovery knows the hosts of every cloud and refuses all others', async () => {
  for (const host of [
    'login.microsoftonline.com',
    'login.windows.net',
    'login.microsoftonline.us',
    'login.chinacloudapi.cn',
  ])
    expect(await discover(`https://${host}/${CONTOSO}/oauth2/v2.0/authorize`)).toMatchObject({
      status: 200,
      tenant_discovery_endpoint: `https://login.microsoftonline.com/${CONTOSO}/v2.0/.well-known/openid-configuration`,
    })
  for (const endpoint of [
    'https://evil.example/common',
    'https://graph.microsoft.com/common',
    'http://login.windows.net/x',
    'x',
  ])
    expect(await discover(endpoint)).toMatchObject({ status: 400, error: 'invalid_instance', error_codes: [50049] })
})

test('discovery names the tenant where there is one, and the template where there is none', async () => {
  const config = (authority: string) => read(`/${authority}/v2.0/.well-known/openid-configuration`)
  expect(await config('contoso.example')).toMatchObject({
    issuer: `https://login.microsoftonline.com/${CONTOSO}/v2.0`,
    device_authorization_endpoint: `https://login.microsoftonline.com/${CONTOSO}/oauth2/v2.0/devicecode`,
  })
  expect(await config('organizations')).toMatchObject({
    issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
    token_endpoint: 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token',
  })
  expect(await config('nobody.example')).toMatchObject({ status: 400, error: 'invalid_tenant', error_codes: [90002] })
  expect(await read(`/${CONTOSO}/.well-known/openid-configuration`)).toMatchObject({
    issuer: `https://sts.windows.net/${CONTOSO}/`,
    token_endpoint: `https://login.microsoftonline.com/${CONTOSO}/oauth2/token`,
  })
})

test('the realm of an address is managed for known tenants, else unknown', async () => {
  const realm = (user: string) => read(`/common/userrealm/${user}?api-version=1.0`)
  expect(await realm('ada@contoso.example')).toMatchObject({ account_type: 'Managed', domain_name: 'contoso.example' })
  expect(await realm('x@nowhere.example')).toMatchObject({ account_type: 'Unknown' })
})

test('after a rotation new tokens name the new key, and old ones stay valid until their key is dropped', async () => {
  const jwks = () => read<Jwks>(`/${CONTOSO}/discovery/v2.0/keys`)
  const kidOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid
  const statusOf = async (token: string) => {
    const response = await fetch(`${sandbox.url}/graph.microsoft.com/v1.0/me`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return response.status
  }
  const before = (await getTokens(sandbox, CONTOSO, 'ada@contoso.example')).graph
  applyChange(sandbox.world, { type: 'rotate_keys' })
  const kid = sandbox.world.signingKeys.at(-1)?.kid
  const after = (await getTokens(sandbox, CONTOSO, 'ada@contoso.example')).graph
  expect(kidOf(after)).toBe(kid)
  expect(kidOf(before)).not.toBe(kid)

  const { keys } = await jwks()
  expect(keys.map((key) => key.kid)).toEqual([kidOf(after), kidOf(before)])
  for (const token of [before, after]) {
    const [header, payload, signature] = token.split('.')
    const key = keys.find((one) => one.kid === kidOf(token))
    const publicKey = createPublicKey({ key: key ?? {}, format: 'jwk' })
    const signed = Buffer.from(`${header}.${payload}`)
    expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature ?? '', 'base64url'))).toBe(true)
    expect(await statusOf(token)).toBe(200)
  }
  expect(keys[0]?.issuer).toBe(`https://login.microsoftonline.com/${CONTOSO}/v2.0`)

  applyChange(sandbox.world, { type: 'rotate_keys', forgetOld: true })
  expect((await jwks()).keys).toHaveLength(1)
  expect(await statusOf(before)).toBe(401)
  expect(await statusOf('not.a.token')).toBe(401)
})
