import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { getTokens } from '../visitor'
import { CONTOSO } from '../world/demo-ids'

const ID = '11111111-1111-4111-8111-111111111111'

let sandbox: Sandbox
let token = ''
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  token = (await getTokens(sandbox, CONTOSO, 'ada@contoso.example')).graph
})
afterAll(() => sandbox.close())

async function ask(path: string, method = 'GET') {
  const response = await fetch(`${sandbox.url}/graph.microsoft.com${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  })
  return { status: response.status, body: (await response.json()) as { error: { code: string; message: string } } }
}

test.each([
  '/v1.0/domains',
  '/v1.0/auditLogs/signIns',
  '/v1.0/policies/authorizationPolicy',
  '/v1.0/identity/conditionalAccess/policies',
  '/beta/reports/authenticationMethods/userRegistrationDetails',
  `/v1.0/users/${ID}/messages`,
  `/v1.0/users('${ID}')/photo/$value`,
  '/v1.0/me/calendarView',
  `/v1.0/groups/${ID}/drive/root`,
  '/v1.0/me?$expand=manager',
  '/v1.0/users?$expand=manager',
  '/v1.0/$metadata',
])('the sandbox says that %s is not simulated', async (path) => {
  const { status, body } = await ask(path)
  expect([status, body.error.code]).toEqual([501, 'SandboxNotSimulated'])
  expect(body.error.message).toMatch(/is not simulated/)
})

test.each([
  ['POST', '/v1.0/users'],
  ['PATCH', `/v1.0/groups/${ID}`],
  ['DELETE', `/v1.0/servicePrincipals/${ID}`],
  ['POST', `/v1.0/users/${ID}/revokeSignInSessions`],
])('the sandbox says that %s %s is not simulated, because it writes nothing', async (method, path) => {
  expect(await ask(path, method)).toMatchObject({ status: 501, body: { error: { code: 'SandboxNotSimulated' } } })
})

test.each([
  ['/v1.0/peoples', 'peoples'],
  ['/v1.0/v1.0/users', 'v1.0'],
  [`/v1.0/users/${ID}/shoes`, 'shoes'],
  ['/v1.0/me/shoes/left', 'shoes'],
  [`/v1.0/groups('${ID}')/shoes`, 'shoes'],
])('%s has a segment that Graph does not know, and is refused by its name', async (path, segment) => {
  expect(await ask(path)).toMatchObject({
    status: 400,
    body: { error: { code: 'BadRequest', message: `Resource not found for the segment '${segment}'.` } },
  })
})

test('an action that is read instead of called is refused as Graph refuses it', async () => {
  expect(await ask(`/v1.0/users/${ID}/getMemberGroups`)).toMatchObject({
    status: 405,
    body: { error: { message: 'Specified HTTP method is not allowed for the request target.' } },
  })
})
