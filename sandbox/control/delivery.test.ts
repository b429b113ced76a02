import { once } from 'node:events'
import { createServer, get, request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { deliver, streamAnswer, streamJsonArray } from './delivery'
import { startControlSandbox } from './start-control-sandbox'

let controlled: Awaited<ReturnType<typeof startControlSandbox>>
beforeAll(async () => {
  controlled = await startControlSandbox()
})
beforeEach(() => controlled.control('DELETE', '/faults'))
afterAll(() => controlled.sandbox.close())

const port = () => Number(new URL(controlled.sandbox.url).port)

/** Sends one request over its own connection and returns the pieces that arrived until the other side closed it. */
async function sendRaw(head: string, socket: Socket = connect(port(), '127.0.0.1')): Promise<string[]> {
  const pieces: string[] = []
  socket.on('data', (piece) => pieces.push(piece.toString('latin1')))
  socket.write(`${head}\r\nhost: localhost\r\nconnection: close\r\n\r\n`)
  await once(socket, 'close')
  return pieces
}

const askRaw = () =>
  sendRaw(`GET /graph.microsoft.com/v1.0/users?$top=10 HTTP/1.1\r\nauthorization: Bearer ${controlled.tokens.graph}`)

function split(pieces: string[]): { head: string; body: string } {
  const [head = '', ...rest] = pieces.join('').split('\r\n\r\n')
  return { head: head.toLowerCase(), body: rest.join('\r\n\r\n') }
}

test('the connection can be closed before any byte is sent', async () => {
  await controlled.put([{ drop: true }])
  expect(await askRaw()).toEqual([])
  expect(await controlled.log()).toContainEqual(expect.objectContaining({ status: 0, fault: 'rule 1' }))
})

test.each([40, 0])('a body can be cut at %i bytes although its content-length is longer', async (truncate) => {
  await controlled.put([{ truncate }])
  const { head, body } = split(await askRaw())
  expect(body).toHaveLength(truncate)
  expect(Number(/content-length: (\d+)/.exec(head)?.[1])).toBeGreaterThan(200)
})

test.each([40, 0])('a chunked body can end after %i bytes without its last chunk', async (cutBody) => {
  await controlled.put([{ cutBody }])
  const { head, body } = split(await askRaw())
  expect(head).toContain('transfer-encoding: chunked')
  expect(head).not.toContain('content-length')
  expect(body).toMatch(cutBody === 0 ? /^$/ : /^28\r\n.{40}\r\n$/s)
  await expect(controlled.ask(controlled.users)).rejects.toThrow()
})

test('a body can be sent slowly in pieces, and is complete at the end', async () => {
  const whole = split(await askRaw()).body
  await controlled.put([{ trickle: { bytes: 60, everyMs: 4 } }])
  const pieces = await askRaw()
  expect(pieces.length).toBeGreaterThan(5)
  expect(split(pieces).body).toHaveLength(whole.length)
  await controlled.put([{ trickle: { bytes: 10, everyMs: 1 }, truncate: 35 }])
  expect(split(await askRaw()).body).toHaveLength(35)
})

test('sending slowly stops when the client disconnects', async () => {
  const never = 600_000
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const asked = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  const [, outgoing] = await once(server, 'request')
  const delivered = deliver(outgoing, new Response(), Buffer.alloc(9), { trickle: { bytes: 3, everyMs: never } })
  const [response] = await once(asked, 'response')
  await once(response, 'data')
  asked.on('error', () => undefined).destroy()
  await delivered
  server.close()
  await once(server, 'close')
})

test('a delayed answer comes late', async () => {
  await controlled.control('DELETE', '/log')
  await controlled.put([{ delayMs: 40 }])
  expect((await controlled.ask(controlled.users)).status).toBe(200)
  const [entry] = await controlled.log()
  expect(entry?.ms).toBeGreaterThanOrEqual(39)
})

test('a client that disconnects while it sends a body does not harm others', async () => {
  const socket = connect(port(), '127.0.0.1')
  const head =
    'POST /graph.microsoft.com/v1.0/$batch HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{"requests"'
  socket.write(head, () => socket.destroy())
  await once(socket, 'close')
  expect((await controlled.ask(controlled.users)).status).toBe(200)
})

test('HEAD is answered without a body', async () => {
  for (const path of ['/_sandbox/info', '/', '/graph.microsoft.com/v1.0/users', '/login.microsoftonline.com/common'])
    expect(split(await sendRaw(`HEAD ${path} HTTP/1.1`))).toEqual({
      head: expect.stringMatching(/^http\/1\.1 /),
      body: '',
    })
})

test('bodies have a limit, and addresses must be readable', async () => {
  const post = async (path: string, size: number) => {
    const asked = request(`${controlled.sandbox.url}${path}`, { method: 'POST' }).end(Buffer.alloc(size, ' '))
    const [response] = await once(asked, 'response')
    return response.resume().statusCode
  }
  expect(await post('/_sandbox/changes', 1_000_001)).toBe(413)
  expect(await post('/login.microsoftonline.com/common/oauth2/v2.0/token', 1_000_001)).not.toBe(413)
  expect(await post('/login.microsoftonline.com/common/oauth2/v2.0/token', 10_000_001)).toBe(413)
  expect(split(await sendRaw('GET /graph.microsoft.com/v1.0/%zz HTTP/1.1')).head).toMatch(/^http\/1\.1 400/)
  expect(split(await sendRaw('TRACE / HTTP/1.1')).head).toMatch(/^http\/1\.1 405/)
})

test('a client that reads rows as fast as they are computed does not block other clients', async () => {
  const rows = Array.from({ length: 10_000 }, (_, number) => number)
  let turns = 0
  let turnsAtTheEnd = 0
  const count = () => {
    turns++
    if (turnsAtTheEnd === 0) setImmediate(count)
  }
  const server = createServer((_, outgoing) => {
    setImmediate(count)
    streamAnswer(outgoing, streamJsonArray(rows)).then(
      () => {
        turnsAtTheEnd = turns
      },
      (error: Error) => outgoing.destroy(error),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}`)
  expect(await response.json()).toEqual(rows)
  expect(turnsAtTheEnd).toBeGreaterThan(20)
  await new Promise((resolve) => server.close(resolve))
})

test.each([0, 1, 199, 200, 201, 400])('%d rows are written as a JSON array of the same length', async (length) => {
  const rows = Array.from({ length }, (_, number) => ({ number, name: `Åse "${number}"` }))
  expect(await streamJsonArray(rows).json()).toEqual(rows)
})
