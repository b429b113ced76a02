import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { guard, type Sent, send } from '@/testing/guarded'

const content = (bytes: number) => ({ method: 'POST', body: 'a&'.repeat(bytes / 2) })

test('what fits is answered as it was asked, content and all', async () => {
  const { port, seen } = await guard()
  expect(await send(port, '/people?q=%C3%A9%20b&q=2')).toMatchObject({ status: 200, body: 'answered' })
  const body = 'x'.repeat(16_384)
  await send(port, '/api/auth/callback', { method: 'POST', body })
  await send(port, '/signin', {
    method: 'POST',
    body: Readable.from(['in ', 'pieces']),
    headers: { 'x-other': 'kept' },
  })
  expect(seen).toMatchObject([
    { method: 'GET', url: '/people?q=%C3%A9%20b&q=2', body: '' },
    { method: 'POST', url: '/api/auth/callback', body, headers: { 'content-length': '16384' } },
    { method: 'POST', url: '/signin', body: 'in pieces', headers: { 'content-length': '9', 'x-other': 'kept' } },
  ])
  expect(seen[2]?.headers).not.toHaveProperty('transfer-encoding')
})

const SENTENCE = /^[A-Z][^<>]*\.\n$/

test.each<[string, number, string, Sent?]>([
  ['a long address', 414, `/people?q=${'a'.repeat(8_200)}`],
  ['many parameters', 414, `/signin?${'a&'.repeat(2_000)}`],
  ['many parameters for a file', 414, `/icon.svg?${'a&'.repeat(100)}`],
  ['an escape that is not UTF-8', 400, '/people/%ff'],
  ['an escape that is cut', 400, '/people/%e'],
  ['an escape in the query that is not UTF-8', 400, '/people?q=%ff'],
  ['NUL in the path', 400, '/people/a%00b'],
  ['NUL in the query', 400, '/people?q=%00'],
  ['another server’s address', 400, 'http://elsewhere.example/people'],
  [
    'many headers',
    431,
    '/signin',
    { headers: Object.fromEntries(Array.from({ length: 110 }, (_, n) => [`h${n}`, 'x'])) },
  ],
  ['many cookies', 431, '/signin', { headers: { cookie: 'a=b;'.repeat(150) } }],
  ['headers that are too large', 431, '/signin', { headers: { cookie: `a=${'b'.repeat(17_000)}` } }],
  ['content where none belongs', 400, '/signin', { headers: { 'content-length': '5' }, body: 'hello' }],
  ['large content', 413, '/api/auth/_log', content(2_000_000)],
  [
    'large content, its length untold',
    413,
    '/api/auth/_log',
    { method: 'POST', body: Readable.from(['a&'.repeat(8_000), 'b&'.repeat(1_000)]) },
  ],
  ['large content for a page', 413, '/signin', content(16_386)],
  [
    'large content by a way round',
    413,
    '/integrations/azure/connect/..%2F..%2f../../../api/auth/_log',
    content(16_386),
  ],
  [
    'large content, its path in disguise',
    413,
    '/integrations/azure/connect/%2e%2e/../../api/%61uth/_log',
    content(16_386),
  ],
  ['larger content than the form that connects has', 413, '/integrations/azure/connect/a/checks', content(196_610)],
  ['larger content than the form that adds has', 413, '/integrations/azure/accounts/a/add', content(196_610)],
  ['TRACE', 405, '/signin', { method: 'TRACE' }],
  ['PUT', 405, '/signin', { method: 'PUT', body: 'a' }],
  ['OPTIONS', 405, '/signin', { method: 'OPTIONS' }],
  ['an expectation that nobody knows', 417, '/signin', { headers: { expect: 'a cake' } }],
])('%s is refused with %i, a sentence and every security header', async (_what, status, path, sent) => {
  const { port, seen, refused } = await guard()
  const answer = await send(port, path, sent)
  expect(answer.status).toBe(status)
  expect(answer.body).toMatch(SENTENCE)
  expect(answer.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(status === 405 ? { allow: 'GET, HEAD, POST' } : {}),
  })
  expect(seen).toEqual([])
  expect(refused).toEqual([status])
})
