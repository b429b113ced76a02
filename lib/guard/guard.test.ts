import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { guard, send } from '@/testing/guarded'

const SENTENCE = /^[A-Z][^<>]*\.\n$/

test('an error of the handler is handed on with the id of the request, and told as a sentence', async () => {
  const { port, errors } = await guard({ handle: () => Promise.reject(new Error('secret')) })
  const answer = await send(port, '/')
  expect(answer).toMatchObject({ status: 500, body: expect.stringMatching(SENTENCE) })
  expect(answer.body).not.toContain('secret')
  expect(errors).toEqual([new Error('secret')])
})

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

test('the handler and the client get the same id for a request, and a client cannot choose it, nor its address', async () => {
  const { port, seen } = await guard()
  const forged = { 'x-request-id': 'mine', 'x-client-address': '198.51.100.1', 'x-own-request': 'yes' }
  const first = await send(port, '/', { headers: { ...forged, 'x-forwarded-for': '198.51.100.2' } })
  const second = await send(port, '/', { headers: forged })
  for (const [index, answer] of [first, second].entries()) {
    expect(answer.headers['x-request-id']).toMatch(UUID)
    expect(seen[index]?.headers).toMatchObject({
      'x-request-id': answer.headers['x-request-id'],
      'x-client-address': '127.0.0.1',
    })
    expect(answer.headers).not.toHaveProperty('x-own-request')
  }
  expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id'])
})

test('a request that the portal makes to itself for a client keeps its id and address, and takes no place of its own', async () => {
  const seen: IncomingMessage['headers'][] = []
  const { port } = await guard({
    trustedProxies: 1,
    mostRequests: { inAll: 1, perClient: 1 },
    handle: async ({ url, headers }, response) => {
      seen.push(headers)
      const { 'x-forwarded-for': _proxy, ...sent } = headers
      response.end(url === '/action' ? (await send(port, '/next', { headers: sent })).body : 'answered')
    },
  })
  const answer = await send(port, '/action', { headers: { 'x-forwarded-for': '192.0.2.1' } })
  expect(answer).toMatchObject({ status: 200, body: 'answered' })
  expect(seen).toHaveLength(2)
  expect(seen[1]).toMatchObject({
    'x-request-id': answer.headers['x-request-id'],
    'x-client-address': '192.0.2.1',
  })
})

test.each([
  [1, '203.0.113.9, 192.0.2.1', '192.0.2.1'],
  [2, '203.0.113.9, 192.0.2.1, 192.0.2.2', '192.0.2.1'],
  [1, '192.0.2.1:4711', '192.0.2.1'],
  [1, '[2001:db8::1]:4711', '2001:db8::1'],
  [1, '2001:db8::1', '2001:db8::1'],
  [1, '::ffff:192.0.2.1', '192.0.2.1'],
  [2, '192.0.2.1', '127.0.0.1'],
  [1, 'unknown', '127.0.0.1'],
  [1, '', '127.0.0.1'],
])('with %i trusted proxies, %j comes from %s', async (trustedProxies, forwarded, address) => {
  const { port, seen } = await guard({ trustedProxies })
  await send(port, '/', { headers: { 'x-forwarded-for': forwarded } })
  expect(seen[0]?.headers['x-client-address']).toBe(address)
})

test('a handler sets headers of its own in the place of the guard’s', async () => {
  const { port } = await guard({
    portalUrl: 'http://localhost:3000',
    handle: async (_request, response) => {
      response.setHeader('Content-Security-Policy', "default-src 'self'")
      response.end()
    },
  })
  const { headers } = await send(port, '/')
  expect(headers['content-security-policy']).toBe("default-src 'self'")
  expect(headers).not.toHaveProperty('strict-transport-security')
})
