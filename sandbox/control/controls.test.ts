import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createListener } from '../listener'
import { effectiveAccess, truthOf } from '../world/truth'
import { startControlSandbox } from './start-control-sandbox'

let controlled: Awaited<ReturnType<typeof startControlSandbox>>
beforeAll(async () => {
  controlled = await startControlSandbox()
})
afterAll(() => controlled.sandbox.close())

test('every control is listed, and each names the methods it takes', async () => {
  const { json } = await controlled.control('GET', '/')
  expect(json).toContainEqual({ method: 'PUT', path: '/_sandbox/latency', does: expect.any(String) })
  for (const { method, path } of json as { method: string; path: string }[]) {
    if (path.includes('{')) continue
    const wrong = await controlled.control('PATCH', path.replace('/_sandbox', ''))
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, expect.stringContaining(method)])
  }
  expect(await controlled.control('GET', '/nonsense')).toMatchObject({ status: 404 })
  expect(await controlled.control('GET', '/truth')).toMatchObject({ status: 404 })
})

test.each(['/worlds', '/changes', '/faults', '/latency', '/throttling'])(
  '%s refuses what is not JSON',
  async (path) => {
    const { status, json } = await controlled.control(
      ['/worlds', '/changes'].includes(path) ? 'POST' : 'PUT',
      path,
      '{"a":',
    )
    expect([status, json]).toEqual([400, { error: expect.stringMatching(/^The body is not JSON: .*\.$/) }])
  },
)

test('latency and throttling can be switched', async () => {
  expect((await controlled.control('PUT', '/latency', { ms: 0 })).json).toEqual({ ms: 0 })
  expect((await controlled.control('PUT', '/latency', { ms: -1 })).status).toBe(400)
  const tenant = controlled.sandbox.world.tenants.get(controlled.made.tenantId)
  const numbers = { bucket: 5, refillPerSecond: 1 }
  await controlled.control('PUT', '/throttling', { tenantId: controlled.made.tenantId, arm: numbers })
  expect(tenant?.throttling).toEqual({ arm: numbers, graph: false })
  const others = [...controlled.sandbox.world.tenants.values()].filter((one) => one !== tenant)
  expect(others.every(({ throttling }) => throttling.arm === false)).toBe(true)
  await controlled.control('PUT', '/throttling', { arm: false, graph: true })
  expect([...controlled.sandbox.world.tenants.values()].every(({ throttling }) => throttling.graph === true)).toBe(true)
  await controlled.control('PUT', '/throttling', { graph: false })
  expect(tenant?.throttling).toEqual({ arm: false, graph: false })
  expect((await controlled.control('PUT', '/throttling', { arm: 'yes' })).status).toBe(400)
  expect((await controlled.control('PUT', '/throttling', { tenantId: 'none', arm: true })).status).toBe(404)
})

test('the truth can be asked for at a time, as access or as assignments', async () => {
  const path = `/truth/${controlled.subscriptionId}`
  for (const query of ['', '?at=now', '?at=2026-01-31T12:00:00Z', '?of=access', '?of=assignments'])
    expect(await controlled.control('GET', `${path}${query}`)).toMatchObject({ status: 200, json: expect.any(Array) })
  expect((await controlled.control('GET', `${path}?of=assignments`)).json).toEqual(
    truthOf(controlled.sandbox.world, controlled.subscriptionId),
  )
  const at = Date.parse('2026-01-31T12:00:00Z')
  const then = effectiveAccess(controlled.sandbox.world, controlled.subscriptionId, { at })
  expect(then.length).toBeGreaterThan(0)
  expect((await controlled.control('GET', `${path}?at=2026-01-31T12:00:00Z`)).json).toEqual(then)
  for (const query of ['?at=noon', '?at=2026-13-01', '?of=people'])
    expect(await controlled.control('GET', `${path}${query}`)).toMatchObject({ status: 400 })
  expect(await controlled.control('GET', '/truth/none')).toMatchObject({ status: 404 })
})

/** The status of a control request with these headers. */
async function statusWith(headers: Record<string, string>, path = '/_sandbox/info'): Promise<number> {
  const [response] = await once(request(`${controlled.sandbox.url}${path}`, { headers }).end(), 'response')
  return response.resume().statusCode
}

test('controls answer only under loopback’s names, never under Microsoft’s', async () => {
  for (const host of ['localhost', '127.0.0.1:4000', '[::1]:4000']) expect(await statusWith({ host })).toBe(200)
  for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1'])
    expect(await statusWith({ host, 'x-forwarded-host': 'localhost' })).toBe(421)
  for (const host of ['graph.microsoft.com', 'management.azure.com', 'login.microsoftonline.com'])
    expect(await statusWith({ host })).toBeGreaterThanOrEqual(400)
  expect(await statusWith({}, '/graph.microsoft.com/_sandbox/info')).toBeGreaterThanOrEqual(400)
})

test('a web page of another origin cannot use the controls', async () => {
  for (const origin of [
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://localhost:1@evil.example',
  ])
    expect(await statusWith({ origin })).toBe(403)
  expect(await statusWith({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  for (const origin of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]'])
    expect(await statusWith({ origin, 'sec-fetch-site': 'cross-site' })).toBe(200)
  expect(await statusWith({ 'sec-fetch-site': 'same-origin' })).toBe(200)
  expect(await statusWith({ 'sec-fetch-site': 'none' })).toBe(200)
})

test('a connection from another machine cannot use the controls, whatever its headers say', async () => {
  const listener = createListener(controlled.sandbox.world)
  const server = createServer((incoming: IncomingMessage, outgoing) => {
    Object.defineProperty(incoming.socket, 'remoteAddress', { value: '10.0.0.7' })
    listener(incoming, outgoing)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}/_sandbox/info`
  const response = await fetch(url, { headers: { 'x-forwarded-for': '127.0.0.1' } })
  expect(response.status).toBe(421)
  await response.text()
  server.closeAllConnections()
  server.close()
})
