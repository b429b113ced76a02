import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline'
import { Client } from '@microsoft/microsoft-graph-client'
import type { User } from '@microsoft/microsoft-graph-types'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from './server'
import { getTokens } from './visitor'
import { applyChange } from './world/changes'
import { CONTOSO, CONTOSO_SUBSCRIPTIONS, FABRIKAM_SUBSCRIPTION } from './world/demo-ids'
import { truthOf } from './world/truth'

type Body = {
  value: { id: string; name?: string; properties?: { scope: string; roleDefinitionId: string; principalId: string } }[]
  nextLink?: string
  error?: { code: string }
}

let sandbox: Sandbox
let ada: { graph: string; arm: string }
const production = CONTOSO_SUBSCRIPTIONS.production

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  ada = await getTokens(sandbox, CONTOSO, 'ada@contoso.example')
})
afterAll(() => sandbox.close())

const local = (address: string) => address.replace('https://', `${sandbox.url}/`)

async function arm(path: string, token = ada.arm) {
  const response = await fetch(local(`https://management.azure.com${path}`), {
    headers: token ? { authorization: `Bearer ${token}` } : {},
  })
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    ...((await response.json()) as Body),
  }
}

async function graph(path: string, init: RequestInit = {}, token = ada.graph) {
  const response = await fetch(local(`https://graph.microsoft.com/v1.0${path}`), {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  })
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}

test("the ARM SDK pages through the role assignments of Production and gets the world's truth", async () => {
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const response = await fetch(local(request.url), { method: request.method, headers: request.headers.toJSON() })
      return {
        request,
        status: response.status,
        headers: createHttpHeaders(Object.fromEntries(response.headers)),
        bodyAsText: await response.text(),
      }
    },
  }
  const credential = { getToken: async () => ({ token: ada.arm, expiresOnTimestamp: Date.now() + 3_600_000 }) }
  const client = new AuthorizationManagementClient(credential, production, { httpClient })
  applyChange(sandbox.world, { type: 'set_page_size', tenantId: CONTOSO, pageSize: { assignments: 7 } })
  const rows: { name?: string; scope?: string; createdOn?: Date }[] = []
  for await (const row of client.roleAssignments.listForSubscription()) rows.push(row)
  applyChange(sandbox.world, { type: 'set_page_size', tenantId: CONTOSO, pageSize: { assignments: 1_000 } })
  const truth = truthOf(sandbox.world, production)
  expect(rows.map((row) => row.name).sort()).toEqual(truth.map((row) => row.assignmentId).sort())
  expect(rows.every((row) => row.createdOn instanceof Date)).toBe(true)
  expect(new Set(truth.map((row) => row.level))).toEqual(
    new Set(['root', 'management_group', 'subscription', 'resource_group', 'resource']),
  )
  const role = await client.roleDefinitions.get(`subscriptions/${production}`, 'acdd72a7-3385-48ef-bd42-f606fba81ae7')
  expect(role).toMatchObject({ roleName: 'Reader', roleType: 'BuiltInRole' })
})

test('filters list what is at or above the scope, and what a person holds through groups', async () => {
  const list = `/subscriptions/${production}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
  const above = await arm(`${list}&$filter=atScope()`)
  expect(above.value.every((row) => !/resourceGroups/i.test(row.properties?.scope ?? ''))).toBe(true)
  const jiri = sandbox.world.findUser('jiri@contoso.example')?.user.id
  const held = await arm(`${list}&$filter=assignedTo('${jiri}')`)
  const direct = await arm(`${list}&$filter=principalId+eq+'${jiri}'`)
  expect(direct.value).toHaveLength(1)
  expect(held.value.length).toBeGreaterThan(direct.value.length)
  const roles = await arm(
    `/subscriptions/${production}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=type+eq+'CustomRole'`,
  )
  expect(roles.value).toHaveLength(3)
})

test('ARM refuses as Azure does, and names the tenant to sign in at', async () => {
  const get = (id: string, version = '?api-version=2022-12-01') => `/subscriptions/${id}${version}`
  expect(await arm(get(production), '')).toMatchObject({
    status: 401,
    challenge: expect.stringContaining(`login.windows.net/${CONTOSO}`),
  })
  expect(await arm(get('12345678-1234-1234-1234-123456789012'), '')).toMatchObject({
    status: 404,
    error: { code: 'SubscriptionNotFound' },
  })
  expect(await arm(get('nonsense'))).toMatchObject({ status: 400, error: { code: 'InvalidSubscriptionId' } })
  expect(await arm(get(production, ''))).toMatchObject({ status: 400, error: { code: 'MissingApiVersionParameter' } })
  expect(await arm(get(production), ada.graph)).toMatchObject({
    status: 401,
    error: { code: 'InvalidAuthenticationTokenAudience' },
  })
  expect(await arm(get(FABRIKAM_SUBSCRIPTION))).toMatchObject({
    status: 401,
    error: { code: 'InvalidAuthenticationTokenTenant' },
  })
  expect(await arm(get(CONTOSO_SUBSCRIPTIONS.finance))).toMatchObject({
    status: 403,
    error: { code: 'AuthorizationFailed' },
  })
  const list = await arm('/subscriptions?api-version=2022-12-01')
  expect(list.value).toHaveLength(4)
  sandbox.world.clockOffset = 2 * 3_600_000
  expect(await arm(get(production))).toMatchObject({ status: 401, error: { code: 'ExpiredAuthenticationToken' } })
  expect(await graph('/me')).toMatchObject({ status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } })
  sandbox.world.clockOffset = 0
})

test('a caller without a role gets 403 or an empty list, as the tenant is set', async () => {
  const olga = await getTokens(sandbox, CONTOSO, 'olga@contoso.example')
  const list = `/subscriptions/${production}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
  expect(await arm(list, olga.arm)).toMatchObject({ status: 403, error: { code: 'AuthorizationFailed' } })
  applyChange(sandbox.world, { type: 'set_powerless', tenantId: CONTOSO, powerless: 'empty' })
  expect(await arm(list, olga.arm)).toMatchObject({ status: 200, value: [] })
  applyChange(sandbox.world, { type: 'set_powerless', tenantId: CONTOSO, powerless: 'forbidden' })
})

test('the Graph client pages through all people, and separately through deleted ones', async () => {
  const client = Client.initWithMiddleware({
    middleware: {
      async execute(context) {
        const headers = {
          ...(context.options?.headers as Record<string, string>),
          authorization: `Bearer ${ada.graph}`,
        }
        context.response = await fetch(local(String(context.request)), { ...context.options, headers })
      },
    },
  })
  const people: User[] = []
  let next: string | undefined = '/users?$top=25&$select=id,displayName,accountEnabled,userType,externalUserState'
  while (next) {
    const page: { value: User[]; '@odata.nextLink'?: string } = await client.api(next).get()
    people.push(...page.value)
    next = page['@odata.nextLink']
  }
  expect(new Set(people.map((one) => one.id)).size).toBe(sandbox.world.findTenant(CONTOSO)?.users.size)
  expect(people.filter((one) => one.accountEnabled === false)).toHaveLength(4)
  expect(people.some((one) => one.externalUserState === 'PendingAcceptance' && one.userType === 'Guest')).toBe(true)
  const deleted = await client
    .api('/directory/deletedItems/microsoft.graph.user')
    .select('id,displayName,deletedDateTime')
    .get()
  expect(deleted.value).toHaveLength(2)
})

test('Graph enforces its limits: fifteen values, $top, ConsistencyLevel, known properties', async () => {
  const ids = [...(sandbox.world.findTenant(CONTOSO)?.users.keys() ?? [])]
  const filter = (count: number) =>
    `/users?$filter=id in (${ids
      .slice(0, count)
      .map((id) => `'${id}'`)
      .join(',')})&$select=id,displayName`
  expect((await graph(filter(15))).body.value).toHaveLength(15)
  expect(await graph(filter(16))).toMatchObject({ status: 400, body: { error: { code: 'Request_UnsupportedQuery' } } })
  expect((await graph("/users?$filter=userPrincipalName eq 'ADA@contoso.example'")).body.value).toHaveLength(1)
  expect((await graph('/users?$top=1000')).status).toBe(400)
  expect((await graph('/users?$select=shoeSize')).status).toBe(400)
  expect((await graph('/users/$count')).status).toBe(400)
  expect((await graph('/users/$count', { headers: { ConsistencyLevel: 'eventual' } })).body).toBe(String(ids.length))
  expect(await graph('/users/12345678-1234-1234-1234-123456789012')).toMatchObject({
    status: 404,
    body: { error: { code: 'Request_ResourceNotFound', innerError: { date: expect.any(String) } } },
  })
})

test('a batch answers each request separately, in no particular order', async () => {
  const requests = Array.from({ length: 20 }, (_, index) => ({
    id: String(index),
    method: 'GET',
    url: index === 3 ? '/users/nobody' : '/users?$top=1',
  }))
  const post = (items: object[]) => graph('/$batch', { method: 'POST', body: JSON.stringify({ requests: items }) })
  const { body } = await post(requests)
  expect(body.responses.map((one: { id: string }) => one.id)).not.toEqual(requests.map((one) => one.id))
  expect(body.responses.filter((one: { status: number }) => one.status === 200)).toHaveLength(19)
  expect(body.responses.find((one: { id: string }) => one.id === '3')).toMatchObject({
    status: 404,
    body: { error: { code: 'Request_ResourceNotFound' } },
  })
  expect((await post([...requests, { id: 'x', method: 'GET', url: '/me' }])).status).toBe(400)
})
