import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { claimsOf, postLogin } from '../visitor'
import { CONTOSO } from '../world/demo-ids'
import { addServicePrincipal } from '../world/tenant'

const CLIENT = 'aaaa0000-0000-4000-8000-00000000da7a'
const PRINCIPAL = 'bbbb0000-0000-4000-8000-00000000da7a'
const ARM = 'https://management.azure.com/.default'
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const { world } = sandbox
  const tenant = world.findTenant(CONTOSO)
  if (!tenant) throw new Error('Contoso is missing.')
  world.applications.set(CLIENT, {
    clientId: CLIENT,
    name: 'Nightly',
    secrets: [
      { value: 'right', expired: false },
      { value: 'old', expired: true },
    ],
    redirectUris: [],
    registeredScopes: [],
    homeTenantId: CONTOSO,
    publicClient: false,
    preauthorized: false,
  })
  addServicePrincipal(tenant, { id: PRINCIPAL, appId: CLIENT, displayName: 'Nightly' })
  tenant.appRoles.set(CLIENT, new Set(['graph/User.Read.All', 'graph/Directory.Read.All']))
})
afterAll(() => sandbox.close())

const ask = (change: Record<string, string> = {}, authority: string = CONTOSO, headers = {}) =>
  postLogin(
    sandbox,
    `/${authority}/oauth2/v2.0/token`,
    { client_id: CLIENT, client_secret: 'right', grant_type: 'client_credentials', scope: ARM, ...change },
    headers,
  )

test('an app-only token is for the service principal, without scopes, a name or a refresh token', async () => {
  const reply = await ask({ client_info: '1' })
  expect(reply).toMatchObject({ status: 200, token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 })
  expect(reply.refresh_token ?? reply.id_token ?? reply.client_info ?? reply.scope).toBeUndefined()
  const claims = claimsOf(reply.access_token)
  expect(claims).toMatchObject({
    aud: 'https://management.azure.com',
    iss: `https://sts.windows.net/${CONTOSO}/`,
    appid: CLIENT,
    idtyp: 'app',
    oid: PRINCIPAL,
    sub: PRINCIPAL,
    tid: CONTOSO,
  })
  for (const absent of ['scp', 'upn', 'unique_name', 'roles', 'wids']) expect(claims).not.toHaveProperty(absent)
})

test('an app-only Graph token has the application permissions as roles', async () => {
  const reply = await ask({ scope: 'https://graph.microsoft.com/.default' })
  expect(claimsOf(reply.access_token)).toMatchObject({
    aud: 'https://graph.microsoft.com',
    roles: ['Directory.Read.All', 'User.Read.All'],
  })
})

test.each([
  ['https://management.core.windows.net//.default', 'https://management.core.windows.net/'],
  ['https://management.azure.com//.default', 'https://management.azure.com/'],
  ['https://graph.microsoft.com//.default', 'https://graph.microsoft.com/'],
])('the audience of %s is the resource with its own slash', async (scope, aud) => {
  expect(claimsOf((await ask({ scope })).access_token).aud).toBe(aud)
})

test('the secret can be sent by HTTP Basic, and the tenant named by its domain', async () => {
  const authorization = `Basic ${Buffer.from(`${CLIENT}:right`).toString('base64')}`
  const reply = await postLogin(
    sandbox,
    '/contoso.example/oauth2/v2.0/token',
    { grant_type: 'client_credentials', scope: ARM },
    { authorization },
  )
  expect(claimsOf(reply.access_token)).toMatchObject({ tid: CONTOSO, appid: CLIENT })
})

test.each([
  ['a named scope', { scope: 'https://graph.microsoft.com/User.Read.All' }, 400, 'invalid_scope', 1002012],
  ['a bare name', { scope: 'User.Read.All' }, 400, 'invalid_scope', 1002012],
  ['two resources', { scope: `${ARM} https://graph.microsoft.com/.default` }, 400, 'invalid_scope', 70011],
  ['no scope', { scope: '' }, 400, 'invalid_request', 900144],
  ['an unknown resource', { scope: 'https://nowhere.example/.default' }, 400, 'invalid_resource', 500011],
  [
    'a resource of another cloud',
    { scope: 'https://management.chinacloudapi.cn/.default' },
    400,
    'invalid_resource',
    500011,
  ],
  ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
  ['an expired secret', { client_secret: 'old' }, 401, 'invalid_client', 7000222],
  ['no secret', { client_secret: '' }, 401, 'invalid_client', 7000218],
  ['an unknown application', { client_id: PRINCIPAL }, 400, 'unauthorized_client', 700016],
])('%s is refused with its own code', async (_what, change, status, error, code) => {
  expect(await ask(change)).toMatchObject({ status, error, error_codes: [code] })
})

test('the tenant must be a specific one that knows the application and has its service principal', async () => {
  expect(await ask({}, 'common')).toMatchObject({ error_codes: [50194] })
  expect(await ask({}, 'fabrikam.example')).toMatchObject({ error_codes: [700016] })
  expect(await ask({}, 'nobody.example')).toMatchObject({ status: 400, error: 'invalid_request', error_codes: [90002] })
  expect(await ask({}, 'consumers')).toMatchObject({ error: 'unauthorized_client', error_codes: [700016] })
  const everywhere = { client_id: sandbox.world.clientId, client_secret: 'sandbox-secret' }
  expect(await ask(everywhere, 'organizations')).toMatchObject({ error_codes: [50059] })
  expect(await ask(everywhere)).toMatchObject({ status: 401, error: 'invalid_client', error_codes: [7000229] })
})

test('the v1.0 endpoint takes a resource and writes numbers as strings', async () => {
  const fields = { client_id: CLIENT, client_secret: 'right', grant_type: 'client_credentials' }
  const resource = 'https://management.core.windows.net/'
  const reply = await postLogin(sandbox, `/${CONTOSO}/oauth2/token?api-version=1.0`, { ...fields, resource })
  expect(reply).toMatchObject({
    status: 200,
    expires_in: '3599',
    resource,
    expires_on: expect.stringMatching(/^\d{10}$/),
  })
  expect(claimsOf(reply.access_token).aud).toBe(resource)
  expect(await postLogin(sandbox, `/${CONTOSO}/oauth2/token`, fields)).toMatchObject({ error_codes: [900144] })
})

test("a refusal has every member of Entra's error body and repeats the client request id", async () => {
  const id = '11111111-2222-4333-8444-555555555555'
  const reply = await ask({ client_secret: 'wrong' }, CONTOSO, { 'client-request-id': id })
  expect(reply).toMatchObject({
    correlation_id: id,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
    trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    error_uri: 'https://login.microsoftonline.com/error?code=7000215',
  })
  expect(reply.error_description).toMatch(
    /^AADSTS7000215: .+\r\nTrace ID: [0-9a-f-]{36}\r\nCorrelation ID: 1{8}-2222-4333-8444-5{12}\r\nTimestamp: .+Z$/,
  )
  expect(reply.headers.get('client-request-id')).toBe(id)
})
