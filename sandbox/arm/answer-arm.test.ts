import { afterAll, beforeAll, expect, test } from 'vitest'
import { signJwt } from '../entra/tokens'
import { addAssignment, addServicePrincipal, createTenant } from '../world/tenant'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

let arm: ArmSandbox
beforeAll(async () => {
  arm = await startArmSandbox()
})
afterAll(() => arm.sandbox.close())

const web = (version = '2022-12-01') => `/subscriptions/${IDS.web}?api-version=${version}`
const assignments = (version: string) =>
  `/subscriptions/${IDS.web}/providers/Microsoft.Authorization/roleAssignments?api-version=${version}`

/** A token like Entra's, with these claims changed. */
function tokenWith(claims: Record<string, unknown>): string {
  const now = Math.floor(arm.world.now() / 1_000)
  const basis = { aud: 'https://management.azure.com', tid: IDS.tenant, oid: IDS.owner, upn: 'owner@northwind.example' }
  return signJwt(arm.world, { ...basis, iat: now, nbf: now, exp: now + 3_600, ...claims })
}

test('an address without api-version is refused', async () => {
  const { status, body } = await arm.ask(`/subscriptions/${IDS.web}`)
  expect(status).toBe(400)
  expect(body.error?.code).toBe('MissingApiVersionParameter')
})

test.each(['2016-06-01', '2019-06-01', '2019-11-01', '2022-12-01'])(
  'subscriptions support api-version %s',
  async (version) => {
    expect((await arm.ask(web(version))).status).toBe(200)
  },
)

test.each(['2018-01-01-preview', '2020-04-01-preview', '2022-04-01'])(
  'role assignments support api-version %s',
  async (version) => {
    expect((await arm.ask(assignments(version))).status).toBe(200)
  },
)

test('a version of another resource type is refused with the versions that are supported', async () => {
  const subscriptions = await arm.ask(web('2030-01-01'))
  expect(subscriptions.status).toBe(400)
  expect(subscriptions.body.error?.code).toBe('InvalidApiVersionParameter')
  const rows = await arm.ask(assignments('2022-12-01'))
  expect(rows.status).toBe(400)
  expect(rows.body.error).toMatchObject({
    code: 'NoRegisteredProviderFound',
    message: expect.stringContaining("'2022-12-01' for type 'roleAssignments'"),
  })
})

test('role assignments in an old version of the API have no conditions', async () => {
  type Rows = { value: { properties: Record<string, unknown> }[] }
  const old = await arm.ask<Rows>(assignments('2018-01-01-preview'))
  expect(old.body.value[0]?.properties).not.toHaveProperty('condition')
  const current = await arm.ask<Rows>(assignments('2022-04-01'))
  expect(current.body.value[0]?.properties).toMatchObject({
    condition: null,
    conditionVersion: null,
    description: null,
  })
})

test('a caller without a token is told the tenant of the subscription', async () => {
  const { status, headers, body } = await arm.ask(web(), { token: null })
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toBe(
    `Bearer authorization_uri="https://login.windows.net/${IDS.tenant}", error="invalid_token", error_description="The authentication failed because of missing 'Authorization' header."`,
  )
  expect(body.error).toEqual({
    code: 'AuthenticationFailed',
    message: "Authentication failed. The 'Authorization' header is missing.",
  })
})

test('every invalid token is refused with a challenge', async () => {
  const stranger = createTenant({
    id: '99999999-0000-4000-8000-000000000009',
    name: 'X',
    domain: 'x.example',
    demo: false,
  })
  arm.world.addTenant(stranger)
  const codeFor = async (token: string) => {
    const { status, headers, body } = await arm.ask(web(), { token })
    expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining(IDS.tenant)])
    return body.error?.code
  }
  expect(await codeFor('not.a.token')).toBe('InvalidAuthenticationToken')
  expect(await codeFor(tokenWith({ aud: 'https://graph.microsoft.com' }))).toBe('InvalidAuthenticationTokenAudience')
  expect(await codeFor(tokenWith({ exp: 1_700_000_000 }))).toBe('ExpiredAuthenticationToken')
  expect(await codeFor(tokenWith({ tid: stranger.id }))).toBe('InvalidAuthenticationTokenTenant')
  const basic = await arm.ask(web(), { token: null, headers: { authorization: 'Basic b3duZXI6b3duZXI=' } })
  expect(basic.status).toBe(401)
})

test("a token for Azure management's older name is accepted", async () => {
  const token = tokenWith({ aud: 'https://management.core.windows.net/' })
  expect((await arm.ask(web(), { token })).status).toBe(200)
})

test('an application reads like a person, and a refusal names its client id', async () => {
  const [objectId, appId] = ['44444444-0000-4000-8000-000000000001', '44444444-0000-4000-8000-000000000002']
  addServicePrincipal(arm.tenant, { id: objectId, appId, displayName: 'inventory' })
  const token = tokenWith({ idtyp: 'app', oid: objectId, sub: objectId, appid: appId, upn: undefined })
  const refused = await arm.ask(web(), { token })
  expect(refused.status).toBe(403)
  expect(refused.body.error?.message).toContain(`The client '${appId}' with object id '${objectId}'`)
  addAssignment(arm.tenant, arm.random, { principalId: objectId, role: 'Reader', scope: `/subscriptions/${IDS.web}` })
  expect((await arm.ask(web(), { token })).status).toBe(200)
})

test('every answer carries ids, and the client request id when asked for', async () => {
  const headers = { 'x-ms-client-request-id': 'mine', 'x-ms-correlation-request-id': 'ours' }
  const plain = await arm.ask(web(), { headers })
  expect(plain.headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(plain.headers.get('x-ms-routing-request-id')).toMatch(/^[A-Z]+:\d{8}T\d{6}Z:[0-9a-f-]{36}$/)
  expect(plain.headers.get('x-ms-correlation-request-id')).toBe('ours')
  expect(plain.headers.has('x-ms-client-request-id')).toBe(false)
  const echoed = await arm.ask('/nowhere', { headers: { ...headers, 'x-ms-return-client-request-id': 'true' } })
  expect(echoed.headers.get('x-ms-client-request-id')).toBe('mine')
})

test('a read that the sandbox does not simulate says so, and an address that ARM cannot have is not found', async () => {
  expect((await arm.ask('/nowhere?api-version=2022-12-01')).body.error?.code).toBe('MissingSubscription')
  const refused = async (path: string, init: { method?: string; token?: string } = {}) => {
    const { status, body } = await arm.ask(`${path}?api-version=2022-12-01`, init)
    expect([path, status, body.error?.code]).toEqual([path, 501, 'NotSimulated'])
    return body.error?.message
  }
  const web = `/subscriptions/${IDS.web}`
  const sites = `${web}/resourceGroups/rg-Front/providers/Microsoft.Web/sites/shop/config`
  expect(await refused(sites)).toBe(`GET of Microsoft.Web/sites/config at ${sites} is not simulated by the sandbox.`)
  expect(await refused('/providers/Microsoft.Shoes')).toContain('GET of Microsoft.Shoes at')
  expect(await refused(`${web}/tagNames`)).toBe(`GET ${web}/tagNames is not simulated by the sandbox.`)
  await refused(`${web}/tagNames`, { token: arm.tokens.nobody })
  await refused('/batch', { method: 'POST' })
  await refused(`${web}/resourceGroups/rg-Front/providers/Microsoft.Storage/storageAccounts/data/listKeys`, {
    method: 'POST',
    token: arm.tokens.nobody,
  })
})

test('nothing can be written: 403 for callers without the right, 405 for all others', async () => {
  const path = `/subscriptions/${IDS.web}/providers/Microsoft.Authorization/roleAssignments/${IDS.lab}?api-version=2022-04-01`
  expect((await arm.ask(path, { method: 'PUT', token: arm.tokens.clerk })).body.error?.code).toBe('AuthorizationFailed')
  expect((await arm.ask(path, { method: 'DELETE' })).status).toBe(405)
})

test('a HEAD request is answered without a body', async () => {
  const { status, body } = await arm.ask(web(), { method: 'HEAD' })
  expect([status, body]).toEqual([200, {}])
})

test('the list of subscriptions has those on which the caller has any role, at, above or below', async () => {
  const names = async (token: string) => {
    const { body } = await arm.ask<{ value: { displayName: string }[] }>('/subscriptions?api-version=2022-12-01', {
      token,
    })
    return body.value.map((one) => one.displayName)
  }
  expect(await names(arm.tokens.owner)).toEqual(['Web', 'Lab'])
  expect(await names(arm.tokens.clerk)).toEqual(['Web'])
  expect(await names(arm.tokens.nobody)).toEqual([])
})
