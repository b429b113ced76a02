import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { GRAPH_ERROR, ME, PEOPLE } from './facts/graph-shapes'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const GRAPH = 'https://graph.microsoft.com/v1.0'
const NOBODY = '11111111-1111-1111-1111-111111111111'

type Page = { value: Record<string, unknown>[]; '@odata.nextLink'?: string; '@odata.count'?: number }
type Failure = { error: { code: string; message: string } }

let conformance: DemoSandbox
beforeAll(async () => {
  conformance = await startDemoSandbox()
})
afterAll(() => conformance.sandbox.close())

test('/me and /users have exactly the documented default properties', async () => {
  const me = await conformance.ask(`${GRAPH}/me`)
  const people = await conformance.ask(`${GRAPH}/users?$top=5`)
  expect(ME(me.body, 'me')).toEqual([])
  expect(PEOPLE(people.body, 'people')).toEqual([])
  expect((people.body as Page).value).toHaveLength(5)
  expect((people.body as Page)['@odata.nextLink']).toMatch(
    /^https:\/\/graph\.microsoft\.com\/v1\.0\/users\?.*skiptoken=/,
  )
})

// Source: concepts/json-batching.md @028b8e35, the headers of its answers.
test('answers have headers for version, content type and request id', async () => {
  const { headers } = await conformance.ask(`${GRAPH}/users`, { headers: { 'client-request-id': NOBODY } })
  expect(headers.get('odata-version')).toBe('4.0')
  expect(headers.get('content-type')).toBe(
    'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
  )
  expect(headers.get('cache-control')).toBe('no-cache')
  expect(headers.get('client-request-id')).toBe(NOBODY)
  expect(headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/)
})

test('without $top a page has a hundred people', async () => {
  const { body } = await conformance.ask(`${GRAPH}/users`)
  expect((body as Page).value).toHaveLength(Math.min(100, conformance.tenant.users.size))
})

const idFilter = (count: number) =>
  `$filter=id in (${Array.from({ length: count }, (_, index) => `'${NOBODY.slice(2)}${10 + index}'`).join(',')})`

type Refusal = [what: string, path: string, status: number, code: string, message: string]
const refusals: Refusal[] = [
  [
    'a person who is not there',
    `/users/${NOBODY}`,
    404,
    'Request_ResourceNotFound',
    `Resource '${NOBODY}' does not exist or one of its queried reference-property objects are not present.`,
  ],
  [
    'more than fifteen ids in a filter',
    `/users?${idFilter(16)}`,
    400,
    'Request_UnsupportedQuery',
    "Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed: 15.",
  ],
  [
    'what was not consented to',
    '/servicePrincipals',
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  ],
]

// Sources: json-batching.md @028b8e35; microsoft-graph-docs-contrib issue 1238; public code that prints the answers.
test.each(refusals)('%s is refused in the words of Graph', async (_, path, status, code, message) => {
  const refused = await conformance.ask(`${GRAPH}${path}`)
  expect(GRAPH_ERROR(refused.body, 'body')).toEqual([])
  expect([refused.status, (refused.body as Failure).error]).toEqual([
    status,
    expect.objectContaining({ code, message }),
  ])
})

test('fifteen ids in a filter are answered', async () => {
  expect((await conformance.ask(`${GRAPH}/users?${idFilter(15)}`)).status).toBe(200)
})

test('an expired token is refused as InvalidAuthenticationToken', async () => {
  const { clockOffset } = conformance.world
  conformance.world.clockOffset += 2 * 3_600_000
  const { status, body } = await conformance.ask(`${GRAPH}/me`)
  conformance.world.clockOffset = clockOffset
  expect(GRAPH_ERROR(body, 'body')).toEqual([])
  expect([status, (body as Failure).error]).toEqual([
    401,
    expect.objectContaining({
      code: 'InvalidAuthenticationToken',
      message: 'Lifetime validation failed, the token is expired.',
    }),
  ])
})

// Source: concepts/json-batching.md @028b8e35.
test('a batch answers each request by its id, and those that depend on a failed one with 424', async () => {
  const { status, body } = await conformance.ask(`${GRAPH}/$batch`, {
    json: {
      requests: [
        { id: 'me', method: 'GET', url: '/me' },
        { id: 'none', method: 'GET', url: `users/${NOBODY}` },
        { id: 'after', method: 'GET', url: '/me', dependsOn: ['none'] },
      ],
    },
  })
  const { responses } = body as { responses: { id: string; status: number }[] }
  expect(status).toBe(200)
  expect(Object.fromEntries(responses.map((one) => [one.id, one.status]))).toEqual({ me: 200, none: 404, after: 424 })
})

test('a batch with twenty-one items, or with an id twice, is refused as a whole', async () => {
  const requests = (ids: string[]) => ({ requests: ids.map((id) => ({ id, method: 'GET', url: '/me' })) })
  const tooMany = Array.from({ length: 21 }, (_, index) => String(index))
  for (const ids of [tooMany, ['a', 'A']])
    expect((await conformance.ask(`${GRAPH}/$batch`, { json: requests(ids) })).status).toBe(400)
})

// Source: api-reference/v1.0/api/user-delta.md @08c59b8e.
test('a delta query begins with everyone, ends with a link, and then lists changes and deletions', async () => {
  let address = `${GRAPH}/users/delta?$select=displayName`
  const read = async () => {
    const rows: Record<string, unknown>[] = []
    for (;;) {
      const page = (await conformance.ask(address)).body as Page & { '@odata.deltaLink'?: string }
      rows.push(...page.value)
      address = page['@odata.nextLink'] ?? page['@odata.deltaLink'] ?? ''
      if (page['@odata.deltaLink']) return rows
    }
  }
  expect(await read()).toHaveLength(conformance.tenant.users.size)
  expect(address).toMatch(/^https:\/\/graph\.microsoft\.com\/v1\.0\/users\/delta\?.*deltatoken=/i)
  const [deleted] = conformance.tenant.users.list().filter((one) => one.account === null)
  applyChange(conformance.world, { type: 'delete', tenantId: conformance.tenant.id, user: deleted?.id ?? '' })
  expect(await read()).toEqual([expect.objectContaining({ id: deleted?.id, '@removed': { reason: 'changed' } })])
  expect(await read()).toEqual([])
})

// Source: concepts/throttling.md, sample response; costs and headers: concepts/throttling-limits.md @01351749.
test('the answer to a throttled request says how long to wait', async () => {
  conformance.tenant.throttling.graph = { units: 1, windowSeconds: 10 }
  await conformance.ask(`${GRAPH}/users`)
  const { status, headers, body } = await conformance.ask(`${GRAPH}/users`)
  conformance.tenant.throttling.graph = false
  expect([status, (body as Failure).error.code]).toEqual([429, 'TooManyRequests'])
  expect(headers.get('retry-after')).toMatch(/^\d+$/)
  expect(headers.get('x-ms-throttle-scope')).toBeTruthy()
  expect(headers.get('x-ms-throttle-information')).toBeTruthy()
})
