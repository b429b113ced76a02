import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startControlSandbox } from './start-control-sandbox'

let controlled: Awaited<ReturnType<typeof startControlSandbox>>
beforeAll(async () => {
  controlled = await startControlSandbox()
})
afterEach(() => controlled.control('DELETE', '/faults'))
afterAll(() => controlled.sandbox.close())

const GRAPH = { host: 'graph.microsoft.com' }
const ARM = { host: 'management.azure.com' }

async function statuses(times: number, address = controlled.users): Promise<number[]> {
  const found: number[] = []
  for (let call = 0; call < times; call++) found.push((await controlled.ask(address)).status)
  return found
}

test('a rule fires for the requests it names, and counts all that match', async () => {
  await controlled.put([{ match: GRAPH, nth: [2, 4], status: 503 }])
  expect(await statuses(5)).toEqual([200, 503, 200, 503, 200])
  await controlled.put([{ match: GRAPH, nth: 1, skip: 1, status: 503 }])
  expect(await statuses(3)).toEqual([200, 503, 200])
  await controlled.put([{ match: GRAPH, every: 3, times: 1, status: 503 }])
  expect(await statuses(6)).toEqual([200, 200, 503, 200, 200, 200])
  expect(await controlled.faults()).toMatchObject([{ seen: 6, fired: 1 }])
})

test('the same seed and requests give the same random faults, whatever other rules do', async () => {
  const random = { match: GRAPH, probability: 0.5, seed: 11, status: 503 }
  await controlled.put([random])
  const first = await statuses(30)
  await controlled.put([random])
  expect(await statuses(30)).toEqual(first)
  await controlled.put([{ match: GRAPH, probability: 0.5, seed: 4, headers: { 'x-other': '1' } }, random])
  const [other, own] = [await statuses(30), await controlled.faults()]
  for (const [call, status] of other.entries()) if (status === 503) expect(first[call]).toBe(503)
  expect(own[1]?.seen).toBe(30)
  await controlled.put([{ ...random, seed: 12 }])
  expect(await statuses(30)).not.toEqual(first)
  expect(first.filter((status) => status === 503).length).toBeGreaterThan(5)
  expect(first.filter((status) => status === 200).length).toBeGreaterThan(5)
})

test('a rule matches by host, method, path, query, tenant and subscription, at the login too', async () => {
  const rules = [
    { match: { query: { $top: '^10$' } }, nth: 1, status: 500 },
    { match: { query: '\\$top=10&' }, nth: 1, status: 501 },
    { match: { query: { $top: '^1$' } }, status: 502 },
    { match: { method: 'post', path: '/oauth2/v2.0/token$', tenantId: controlled.made.tenantId }, status: 503 },
    { match: { subscriptionId: controlled.subscriptionId }, status: 504 },
    { match: { path: '/authorize$' }, html: true },
  ]
  await controlled.put(
    rules.with(1, { ...rules[1], match: { query: 'select=id&\\$top=10' } } as (typeof rules)[number]),
  )
  expect(await statuses(3)).toEqual([500, 200, 200])
  expect(await statuses(1, controlled.assignments)).toEqual([504])
  const login = `https://login.microsoftonline.com/${controlled.made.tenantId}/oauth2/v2.0`
  expect((await controlled.ask(`${login}/token`, undefined, { method: 'POST', body: 'grant_type=x' })).status).toBe(503)
  expect((await controlled.ask(`${login}/authorize`)).text).toContain('502 Bad Gateway')
  expect((await controlled.faults()).map(({ seen, fired }) => [seen, fired])).toEqual([
    [3, 1],
    [3, 0],
    [0, 0],
    [1, 1],
    [1, 1],
    [1, 1],
  ])
})

test('sets of rules do not affect each other, and DELETE without a name removes all of them', async () => {
  await controlled.put([{ match: GRAPH, status: 503 }], 'one')
  await controlled.put([{ match: ARM, status: 504 }], 'two')
  await controlled.put([], 'none')
  expect([await statuses(1), await statuses(1, controlled.assignments)]).toEqual([[503], [504]])
  await controlled.control('DELETE', '/faults?set=one')
  expect([await statuses(1), await statuses(1, controlled.assignments)]).toEqual([[200], [504]])
  expect(await controlled.faults('two')).toMatchObject([{ fired: 2 }])
  expect(await controlled.faults()).toEqual([])
  await controlled.control('DELETE', '/faults')
  expect(await statuses(1, controlled.assignments)).toEqual([200])
})

test('rules set in process work too', async () => {
  controlled.sandbox.world.faults = [{ match: GRAPH, times: 1, status: 418, seen: 0, fired: 0 }]
  expect(await statuses(2)).toEqual([418, 200])
  expect(controlled.sandbox.world.faults).toMatchObject([{ seen: 2, fired: 1 }])
})

test('throttling uses the words of the host and every form of Retry-After', async () => {
  for (const [retryAfter, header] of [
    [7, '7'],
    ['absurd', '9999999999'],
    ['none', null],
    ['soon', 'soon'],
  ]) {
    await controlled.put([{ match: ARM, retryAfter }])
    const answer = await controlled.ask(controlled.assignments)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, header])
    expect(answer.json).toMatchObject({ error: { code: 'SubscriptionRequestsThrottled' } })
  }
  await controlled.put([{ match: GRAPH, retryAfter: { date: 90 } }])
  const graph = await controlled.ask(controlled.users)
  const ahead = Date.parse(graph.headers.get('retry-after') ?? '') - Date.now()
  expect(ahead).toBeGreaterThan(80_000)
  expect(ahead).toBeLessThanOrEqual(90_000)
  expect(graph.json).toMatchObject({ error: { code: 'TooManyRequests', innerError: { code: '429', status: '429' } } })
  await controlled.put([{ retryAfter: 3, status: 503 }])
  const entra = await controlled.ask('https://login.microsoftonline.com/common/oauth2/v2.0/token', undefined, {
    method: 'POST',
  })
  expect([entra.status, entra.headers.get('retry-after'), entra.json.error]).toEqual([
    503,
    '3',
    'temporarily_unavailable',
  ])
})

test('HTML, an error with status 200, half of the JSON or a redirect can replace the answer', async () => {
  await controlled.put([{ match: GRAPH, html: true }])
  const html = await controlled.ask(controlled.users)
  expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html'])
  await controlled.put([{ match: GRAPH, errorIn200: true }])
  expect(await controlled.ask(controlled.users)).toMatchObject({
    status: 200,
    json: { error: { code: 'generalException' } },
  })
  await controlled.put([{ match: ARM, errorIn200: { code: 'Broken', message: 'Quite.' } }])
  expect((await controlled.ask(controlled.assignments)).json).toEqual({ error: { code: 'Broken', message: 'Quite.' } })
  await controlled.put([{ match: GRAPH, corruptJson: true }])
  expect((await controlled.ask(controlled.users)).json).toEqual({ broken: true })
  await controlled.put([{ match: GRAPH, redirectTo: 'https://elsewhere.example/' }])
  const moved = await controlled.ask(controlled.users)
  expect([moved.status, moved.headers.get('location')]).toEqual([302, 'https://elsewhere.example/'])
})

test('a token that expires stays expired, and another token is not affected', async () => {
  await controlled.put([{ match: GRAPH, nth: 2, expireToken: true }])
  expect(await statuses(3)).toEqual([200, 401, 401])
  expect((await controlled.ask(controlled.users)).json).toMatchObject({ error: { code: 'InvalidAuthenticationToken' } })
  expect(await statuses(1, controlled.assignments)).toEqual([200])
  await controlled.put([{ match: ARM, expireToken: true }])
  const expired = await controlled.ask(controlled.assignments)
  expect(expired.json).toMatchObject({ error: { code: 'ExpiredAuthenticationToken' } })
  expect(expired.headers.get('www-authenticate')).toContain(controlled.made.tenantId)
  expect((await controlled.ask(controlled.assignments, 'another')).json).toMatchObject({
    error: { code: 'InvalidAuthenticationToken' },
  })
  expect(await controlled.faults()).toMatchObject([{ fired: 1 }])
})

test('a claims challenge has its claims in base64, at the token endpoint as JSON', async () => {
  const claims = { access_token: { acrs: { essential: true, value: 'c1' } } }
  await controlled.put([{ claimsChallenge: claims }])
  for (const address of [controlled.users, controlled.assignments]) {
    const { status, headers } = await controlled.ask(address)
    const challenge = headers.get('www-authenticate') ?? ''
    expect([status, challenge]).toEqual([401, expect.stringContaining('error="insufficient_claims"')])
    const encoded = /claims="([^"]+)"/.exec(challenge)?.[1] ?? ''
    expect(JSON.parse(Buffer.from(encoded, 'base64').toString())).toEqual(claims)
  }
  const token = `https://login.microsoftonline.com/${controlled.made.tenantId}/oauth2/v2.0/token`
  const { json } = await controlled.ask(token, undefined, { method: 'POST' })
  expect(json).toMatchObject({ error: 'interaction_required', claims: JSON.stringify(claims) })
})

test('a single item of a batch can fail or be missing', async () => {
  const urls = ['/users?$top=1', '/organization', '/me']
  await controlled.put([
    { match: { inBatch: true, path: 'organization' }, retryAfter: 4 },
    { match: { path: '/me$' }, dropItem: true },
  ])
  const { status, json } = await controlled.batch(urls)
  const responses = json.responses as { id: string; status: number; headers: Record<string, string> }[]
  expect([status, responses.map((item) => [item.id, item.status]).sort()]).toEqual([
    200,
    [
      ['0', 200],
      ['1', 429],
    ],
  ])
  expect(responses.find(({ id }) => id === '1')?.headers['Retry-After']).toBe('4')
  expect((await controlled.ask('https://graph.microsoft.com/v1.0/me')).status).toBe(200)
  expect((await controlled.faults()).map(({ seen, fired }) => [seen, fired])).toEqual([
    [1, 1],
    [1, 1],
  ])
})

test('random faults are the same for the same seed, and of every kind asked for', async () => {
  const chaos = { seed: 7, rate: 0.6, kinds: ['status', 'throttled', 'html'], match: GRAPH }
  await controlled.control('PUT', '/faults', chaos)
  const first = await statuses(30)
  await controlled.control('PUT', '/faults', chaos)
  expect(await statuses(30)).toEqual(first)
  const rules = await controlled.faults()
  expect(rules.map(({ name }) => name)).toEqual(['status', 'throttled', 'html'])
  expect(rules.every(({ fired }) => fired > 0)).toBe(true)
  await controlled.control('PUT', '/faults', { seed: 7, rate: 0.05 })
  expect((await controlled.faults()).length).toBeGreaterThan(20)
})

test.each([
  [[{ match: { path: '(' }, drop: true }], 'Rule 1, match.path: is not a regular expression.'],
  [[{ match: { query: { a: '(' } } }], 'Rule 1, match.query.a: is not a regular expression.'],
  [[{ drop: true }, { dorp: true }], 'Rule 2: has no "dorp".'],
  [[{ match: { hosts: 'x' } }], 'Rule 1, match: has no "hosts".'],
  [[{ nth: 0 }], 'Rule 1, nth: must be at least 1: the first matching request is 1.'],
  [[{ probability: 2 }], 'Rule 1, probability: must be from 0 to 1.'],
  [[{ status: 99 }], 'Rule 1, status: must be a status from 200 to 599.'],
  [[{ status: 204, html: true }], 'Rule 1, status: has no body.'],
  [[{ headers: { 'x-a': 'a\nb' } }], 'Rule 1, headers.x-a: cannot stand in a header.'],
  [[{ headers: { 'x a': 'a' } }], expect.stringContaining('Rule 1, headers')],
  [{ drop: true }, 'The faults are a list of rules, or {"seed": 7, "rate": 0.05}.'],
  [{ seed: 1, rate: 3 }, 'Chaos, rate: must be from 0 to 1.'],
  [{ seed: 1, rate: 0.5, kinds: ['rain'] }, expect.stringContaining('There is no kind of chaos "rain"')],
])('the rule %j is refused: %s', async (rules, error) => {
  await controlled.put([{ match: ARM, status: 599 }])
  expect(await controlled.control('PUT', '/faults', rules)).toMatchObject({ status: 400, json: { error } })
  expect(await controlled.faults()).toMatchObject([{ status: 599 }])
})
