import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { getTokens } from '../visitor'
import { startControlSandbox } from './start-control-sandbox'

let controlled: Awaited<ReturnType<typeof startControlSandbox>>
beforeAll(async () => {
  controlled = await startControlSandbox()
})
beforeEach(() => controlled.control('DELETE', '/log'))
afterAll(() => controlled.sandbox.close())

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

test('an entry of the log has query, headers, status, size and time, and the hash of the token', async () => {
  const { text } = await controlled.ask(controlled.users)
  const [entry] = await controlled.log()
  expect(entry).toMatchObject({
    method: 'GET',
    host: 'graph.microsoft.com',
    path: '/v1.0/users',
    query: { $select: 'id', $top: '10' },
    status: 200,
    bytes: Buffer.byteLength(text),
    tenantId: controlled.made.tenantId,
    authorization: hash(`Bearer ${controlled.tokens.graph}`),
    fault: null,
  })
  expect(entry?.headers).toMatchObject({
    authorization: `sha256:${hash(`Bearer ${controlled.tokens.graph}`)}`,
    accept: '*/*',
  })
  expect(Date.parse(entry?.at ?? '')).toBeGreaterThan(Date.now() - 60_000)
})

test('no token, code, secret, cookie or body is in the log', async () => {
  const { sandbox, made } = controlled
  const tokens = await getTokens(sandbox, made.tenantId, `owner@${made.domain}`)
  const basic = Buffer.from(`${sandbox.world.clientId}:sandbox-secret`).toString('base64')
  await controlled.ask('https://login.microsoftonline.com/common/oauth2/v2.0/token', undefined, {
    method: 'POST',
    headers: {
      authorization: `Basic ${basic}`,
      cookie: 'session=BISCUIT',
      referer: 'https://portal.example/?code=REFERRED',
    },
    body: 'client_secret=BODILY',
  })
  const leaks = {
    code: 'CODED',
    client_secret: 'SECRETIVE',
    access_token: 'OPAQUE',
    id_token_hint: 'HINTED',
    q: tokens.arm,
  }
  await controlled.ask(`https://management.azure.com/subscriptions?${new URLSearchParams(leaks)}`, tokens.arm)
  await controlled.ask('https://graph.microsoft.com/v1.0/me', tokens.graph)
  const log = JSON.stringify(await controlled.log())
  const secrets = [...Object.values(leaks), ...Object.values(tokens), basic]
  for (const secret of [...secrets, 'BISCUIT', 'REFERRED', 'BODILY', 'sandbox-secret'])
    expect(log).not.toContain(secret)
  expect(log).toContain(`"code":"sha256:${hash('CODED')}"`)
  expect(log).toContain('"referer":"https://portal.example/"')
})

test('a skip token is logged as it is, because it is no secret', async () => {
  const { json } = await controlled.ask(controlled.users)
  const next = new URL(String(json['@odata.nextLink']))
  await controlled.ask(next.href)
  expect((await controlled.log())[1]?.query.$skiptoken).toBe(next.searchParams.get('$skiptoken'))
})

test('a batch is one entry that lists its items, with the rule that changed each of them', async () => {
  await controlled.put([{ match: { inBatch: true, path: 'organization' }, status: 503, name: 'down' }])
  await controlled.batch(['/me', '/organization'])
  await controlled.control('DELETE', '/faults')
  const [entry, ...others] = await controlled.log()
  expect(others).toEqual([])
  expect(entry).toMatchObject({ path: '/v1.0/$batch', status: 200, fault: null })
  expect(entry?.batch).toHaveLength(2)
  expect(entry?.batch).toContainEqual({ method: 'GET', path: '/v1.0/me', status: 200, fault: null })
  expect(entry?.batch).toContainEqual({ method: 'GET', path: '/v1.0/organization', status: 503, fault: 'down' })
})

test('the log names the rule that fired, by its set and place when it has no name', async () => {
  await controlled.put([{ match: { method: 'HEAD' } }, { match: {}, times: 1, status: 503 }], 'mine')
  await controlled.ask(controlled.users)
  await controlled.ask(controlled.users)
  await controlled.control('DELETE', '/faults')
  expect((await controlled.log()).map(({ fault }) => fault)).toEqual(['mine rule 2', null])
})

test('the log can be filtered by tenant, host and time, and cleared', async () => {
  await controlled.ask(controlled.users)
  await controlled.ask(controlled.assignments)
  const count = async (query: string) => ((await controlled.control('GET', `/log?${query}`)).json as unknown[]).length
  expect(await count('')).toBe(2)
  expect(await count('host=graph.microsoft.com')).toBe(1)
  expect(await count(`tenantId=${controlled.made.tenantId}`)).toBe(2)
  expect(await count(`tenantId=${controlled.made.tenantId.replaceAll(/\w/g, '0')}`)).toBe(0)
  expect(await count('since=2020-01-01T00:00:00Z')).toBe(2)
  expect(await count('since=2999-01-01T00:00:00Z')).toBe(0)
  expect(await controlled.control('GET', '/log?since=soon')).toMatchObject({ status: 400 })
  await controlled.control('DELETE', '/log')
  expect(await count('')).toBe(0)
})

test('the log keeps the last twenty thousand entries', async () => {
  await controlled.ask(controlled.users)
  const [entry] = controlled.sandbox.world.log
  if (!entry) throw new Error('Nothing was logged.')
  controlled.sandbox.world.log = Array.from({ length: 20_000 }, () => entry)
  await controlled.ask(controlled.assignments)
  expect(controlled.sandbox.world.log).toHaveLength(20_000)
  expect(controlled.sandbox.world.log.at(-1)?.host).toBe('management.azure.com')
})
