import { once } from 'node:events'
import { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { guard, open, readToEnd, send } from '@/testing/guarded'
import { drainServer } from './connections'

test('a connection outlives a refusal of content that was sent in full', async () => {
  const { port, seen } = await guard()
  const large = 'a'.repeat(20_000)
  const head = `POST /signin HTTP/1.1\r\nHost: portal.example\r\nContent-Length: ${large.length}\r\n\r\n`
  const next = 'GET /people HTTP/1.1\r\nHost: portal.example\r\nConnection: close\r\n\r\n'
  const said = await readToEnd(await open(port, head + large + next))
  expect(said).toMatch(/^HTTP\/1\.1 413 [\s\S]*HTTP\/1\.1 200 /)
  expect(seen).toMatchObject([{ url: '/people' }])
})

test('content that goes on and on after its refusal is cut off', async () => {
  const { port } = await guard()
  const endless = new Readable({
    read() {
      this.push('a'.repeat(65_536))
    },
  })
  const socket = await open(port, 'POST /signin HTTP/1.1\r\nHost: portal.example\r\nTransfer-Encoding: chunked\r\n\r\n')
  endless.on('data', (piece: Buffer) => {
    if (!socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`)) {
      endless.pause()
      socket.once('drain', () => endless.resume())
    }
  })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /)
  socket.resume()
  await closed
  endless.destroy()
})

test('a client that asks first is told before it sends whether its content is welcome', async () => {
  const { port } = await guard()
  const ask = (length: number) =>
    `POST /signin HTTP/1.1\r\nHost: portal.example\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`
  const large = await open(port, ask(2_000_000))
  const [refusal] = (await once(large, 'data')) as [Buffer]
  expect(String(refusal)).toMatch(/^HTTP\/1\.1 413 /)
  large.destroy()

  const small = await open(port, ask(5))
  const [invitation] = (await once(small, 'data')) as [Buffer]
  expect(String(invitation)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  small.write('hello')
  const [answer] = (await once(small, 'data')) as [Buffer]
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /)
  small.destroy()
})

test.each([
  ['headers', 'GET /signin HTTP/1.1\r\nHost: portal.example\r\nx-slow: '],
  ['content', 'POST /signin HTTP/1.1\r\nHost: portal.example\r\nContent-Length: 10\r\n\r\nabc'],
])('%s that do not arrive in time end with 408', async (_what, bytes) => {
  const { port, seen } = await guard({ times: { headers: 100, request: 100, look: 20 } })
  const said = await readToEnd(await open(port, bytes))
  expect(said).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*took too long[\s\S]*\n$/)
  expect(said).toContain('x-content-type-options: nosniff')
  expect(seen).toEqual([])
})

test('what is not HTTP, and a wish for a tunnel, get a sentence and no connection', async () => {
  const { port } = await guard()
  expect(await readToEnd(await open(port, 'hello\r\n\r\n'))).toMatch(/^HTTP\/1\.1 400 [\s\S]*not HTTP/)
  const tunnel = 'CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n'
  expect(await readToEnd(await open(port, tunnel))).toMatch(/^HTTP\/1\.1 405 [\s\S]*allow: GET, HEAD, POST/)
})

test('a request to change the protocol is judged like any other', async () => {
  const { port, seen } = await guard()
  const headers = { connection: 'Upgrade', upgrade: 'websocket' }
  expect((await send(port, `/signin?${'a&'.repeat(2_000)}`, { headers })).status).toBe(414)
  expect((await send(port, '/signin', { headers })).status).toBe(200)
  expect(seen).toHaveLength(1)
})

test('one client cannot have more than its share answered at once, and health is always answered', async () => {
  const finish: (() => void)[] = []
  const { port } = await guard({
    trustedProxies: 1,
    mostRequests: { inAll: 3, perClient: 2 },
    handle: async ({ url }, response) => {
      if (url === '/slow') await new Promise<void>((resolve) => finish.push(resolve))
      response.end('answered')
    },
  })
  const as = (client: string, path = '/slow') => send(port, path, { headers: { 'x-forwarded-for': client } })
  const slow = [as('192.0.2.1'), as('192.0.2.1')]
  await vi.waitFor(() => expect(finish).toHaveLength(2))
  expect(await as('192.0.2.1', '/fast')).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })

  slow.push(as('192.0.2.2'))
  await vi.waitFor(() => expect(finish).toHaveLength(3))
  expect(await as('192.0.2.3', '/fast')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect((await as('192.0.2.1', '/api/health')).status).toBe(200)

  for (const done of finish) done()
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await as('192.0.2.1', '/fast')).status).toBe(200)
})

test('a client that leaves gives its place back', async () => {
  let begun = 0
  const { port } = await guard({
    mostRequests: { inAll: 1, perClient: 1 },
    handle: ({ url }, response) => {
      begun += 1
      if (url === '/fast') response.end('answered')
      return Promise.resolve()
    },
  })
  const leaving = await open(port, 'GET /never HTTP/1.1\r\nHost: portal.example\r\n\r\n')
  await vi.waitFor(() => expect(begun).toBe(1))
  leaving.destroy()
  await vi.waitFor(async () => expect((await send(port, '/fast')).status).toBe(200))
})

test('one address cannot hold all connections', async () => {
  const { port } = await guard({ mostConnections: { inAll: 10, perAddress: 2 } })
  const held = [await open(port), await open(port)]
  expect(await readToEnd(await open(port))).toMatch(/^HTTP\/1\.1 429 [\s\S]*retry-after: 1/)
  for (const socket of held) socket.destroy()
  await vi.waitFor(async () => expect((await send(port, '/')).status).toBe(200))
})

test('a server that ends lets answers finish, and cuts off what is slow when its time is over', async () => {
  let finish = () => {}
  const { server, port } = await guard({
    handle: async ({ url }, response) => {
      response.writeHead(200).write('begun ')
      if (url === '/endless') return
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      response.end('and finished')
    },
  })
  const idle = await open(port)
  const slow = await open(port, 'GET /a HTTP/1.1\r\nHost: portal.exam')
  const stream = await open(port, 'GET /endless HTTP/1.1\r\nHost: portal.example\r\n\r\n')
  const finishing = await open(port, 'GET /work HTTP/1.1\r\nHost: portal.example\r\n\r\n')
  await Promise.all([once(stream, 'data'), once(finishing, 'data')])
  const closed = Promise.all([idle, slow, stream].map((socket) => once(socket, 'close')))

  const said = readToEnd(finishing)
  const ended = drainServer(server, 300)
  finish()
  expect(await said).toContain('and finished')
  await ended
  await closed
  await expect(send(port, '/')).rejects.toThrow('ECONNREFUSED')
})
