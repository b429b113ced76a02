import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { claimsOf } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO } from '../world/demo-ids'

type Identity = { clientId: string; objectId: string }
let sandbox: Sandbox
let own: Identity
let second: Identity

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  own = add('vm-portal')
  second = add('id-portal')
})
afterAll(() => sandbox.close())

const add = (displayName: string) =>
  applyChange(sandbox.world, {
    type: 'add_application',
    tenantId: CONTOSO,
    displayName,
    managedIdentity: true,
  }) as Identity

beforeEach(() => {
  applyChange(sandbox.world, {
    type: 'set_machine',
    tenantId: CONTOSO,
    systemAssigned: own.objectId,
    userAssigned: [second.objectId],
  })
})

async function ask(query: Record<string, string>, headers: Record<string, string> = { Metadata: 'true' }) {
  const search = new URLSearchParams({
    'api-version': '2018-02-01',
    resource: 'https://management.azure.com',
    ...query,
  })
  const address = `${sandbox.url}/169.254.169.254/metadata/identity/oauth2/token?${search}`
  const response = await fetch(address, { headers })
  return { status: response.status, ...((await response.json()) as { access_token?: string; client_id?: string }) }
}

test("the machine's own identity gets a token without any credential, with numbers as strings", async () => {
  const reply = await ask({})
  expect(reply).toMatchObject({ status: 200, token_type: 'Bearer', client_id: own.clientId, expires_in: '3599' })
  expect(claimsOf(reply.access_token)).toMatchObject({
    oid: own.objectId,
    appid: own.clientId,
    tid: CONTOSO,
    idtyp: 'app',
  })
})

test('a user-assigned identity is named by its client id', async () => {
  expect(claimsOf((await ask({ client_id: second.clientId })).access_token)).toMatchObject({ oid: second.objectId })
})

test('the token for Graph has the application permissions as roles', async () => {
  applyChange(sandbox.world, {
    type: 'grant_app_roles',
    tenantId: CONTOSO,
    clientId: own.clientId,
    roles: ['User.Read.All'],
  })
  const reply = await ask({ resource: 'https://graph.microsoft.com' })
  expect(claimsOf(reply.access_token)).toMatchObject({ roles: ['User.Read.All'] })
})

test.each([
  ['without the header that keeps other programs out', {}, {}],
  ['by a proxy', {}, { Metadata: 'true', 'X-Forwarded-For': '10.0.0.1' }],
  ['without a version', { 'api-version': '' }, undefined],
  ['without a resource', { resource: '' }, undefined],
  ['for an unknown resource', { resource: 'https://nowhere.example' }, undefined],
  ['for an identity that the machine does not have', { client_id: CONTOSO }, undefined],
])('asked %s it refuses', async (_how, query, headers) => {
  expect(await ask(query, headers)).toMatchObject({ status: 400, error: expect.any(String) })
})

test('a machine outside Azure has no identity', async () => {
  sandbox.world.machine = null
  expect(await ask({})).toMatchObject({ status: 400, error_description: 'Identity not found' })
})
