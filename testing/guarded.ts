import { once } from 'node:events'
import { type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach } from 'vitest'
import { drainServer } from '@/lib/guard/connections'
import { createGuardedServer, type ServerOptions } from '@/lib/guard/guarded-server'

const PORTAL = 'https://portal.example'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

type Seen = { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }

/** A guarded server on loopback, and what its handler was given. By default the handler reads the content and says so. */
export async function guard(options: Partial<ServerOptions> = {}) {
  const seen: Seen[] = []
  const errors: unknown[] = []
  const refused: number[] = []
  const server = createGuardedServer({
    handle: async (asked: IncomingMessage, response: ServerResponse) => {
      seen.push({ method: asked.method, url: asked.url, headers: asked.headers, body: await text(asked) })
      response.end('answered')
    },
    onError: (error) => errors.push(error),
    onRefusal: (status) => refused.push(status),
    portalUrl: PORTAL,
    trustedProxies: 0,
    development: false,
    ...options,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => drainServer(server, 0))
  const { port } = server.address() as AddressInfo
  return { server, port, seen, errors, refused }
}

export type Sent = { method?: string; headers?: OutgoingHttpHeaders; body?: string | Readable }
type Answer = { status: number; headers: IncomingMessage['headers']; body: string }

/** One request over a connection of its own, with exactly these headers. */
export function send(port: number, path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
      text(answer).then(
        (read) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: read }),
        reject,
      )
    })
    asked.on('error', reject)
    if (body instanceof Readable) body.pipe(asked)
    else asked.end(body)
  })
}

/** A connection on which exactly these bytes are sent. */
export async function open(port: number, bytes = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  // The server may close it while we are sending.
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(bytes)
  return socket
}

/** All that comes over a connection until the server closes it. */
export const readToEnd = (socket: Socket): Promise<string> => text(socket)
