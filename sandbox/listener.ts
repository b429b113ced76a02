import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { answer } from './answer'
import { findService } from './clouds'
import { answerControl } from './control/answer-control'
import { DROP_HEADER, TRUNCATE_HEADER } from './control/misbehave'
import { tenantOfRequest } from './control/tenant-of-request'
import { welcome } from './control/welcome'
import type { World } from './world/world'

const LOG_LIMIT = 20_000 // entries kept; a full sync of the largest world is a few dozen

async function readBody(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** The request under its canonical address: the host in the path, else the Host header, else the sandbox itself. */
async function toRequest(incoming: IncomingMessage): Promise<{ request: Request; host: string | null }> {
  const target = incoming.url ?? '/'
  const first = /^\/([^/?]+)/.exec(target)?.[1] ?? ''
  const named = (incoming.headers.host ?? '').replace(/:\d+$/, '')
  const inPath = findService(first) !== null
  const host = inPath ? first.toLowerCase() : findService(named) ? named.toLowerCase() : null
  const rest = inPath ? target.slice(first.length + 1) : target
  const url = `https://${host ?? 'sandbox.invalid'}${rest.startsWith('/') ? rest : `/${rest}`}`
  const method = incoming.method ?? 'GET'
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value))
  const body = method === 'GET' || method === 'HEAD' ? undefined : await readBody(incoming)
  return { host, request: new Request(url, { method, headers, ...(body ? { body } : {}) }) }
}

function isOwnName(incoming: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(incoming.headers.host ?? '')
}

async function send(outgoing: ServerResponse, response: Response): Promise<void> {
  if (response.headers.has(DROP_HEADER)) {
    outgoing.socket?.destroy()
    return
  }
  const body = Buffer.from(await response.arrayBuffer())
  const cut = response.headers.get(TRUNCATE_HEADER)
  response.headers.delete(TRUNCATE_HEADER)
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies)
  outgoing.setHeader('content-length', body.length)
  if (cut === null) outgoing.end(body)
  else outgoing.write(body.subarray(0, Number(cut)), () => outgoing.socket?.destroy())
}

function writeLog(world: World, request: Request, status: number, startedAt: number): void {
  const url = new URL(request.url)
  const authorization = request.headers.get('authorization')
  world.log.push({
    at: new Date(startedAt).toISOString(),
    method: request.method,
    host: url.hostname,
    path: decodeURIComponent(url.pathname),
    status,
    ms: Date.now() - startedAt,
    tenantId: tenantOfRequest(world, request),
    authorization: authorization ? createHash('sha256').update(authorization).digest('hex') : null,
  })
  if (world.log.length > LOG_LIMIT) world.log.splice(0, world.log.length - LOG_LIMIT)
}

async function handle(world: World, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const startedAt = Date.now()
  const { request, host } = await toRequest(incoming)
  if (host === null) {
    if (!isOwnName(incoming)) {
      // A page of elsewhere can make its own name point here; the control routes answer to loopback's names alone.
      await send(outgoing, new Response('The sandbox answers on loopback only.', { status: 421 }))
      return
    }
    const control = new URL(request.url).pathname.startsWith('/_sandbox/')
    await send(outgoing, control ? await answerControl(world, request) : welcome(world, request))
    return
  }
  if (world.latencyMs > 0) await sleep(world.latencyMs)
  const response = await answer(world, request)
  writeLog(world, request, response.headers.has(DROP_HEADER) ? 0 : response.status, startedAt)
  await send(outgoing, response)
}

/** What a server does with each request: plain on a port of its own, or behind TLS under Microsoft's names. */
export function createListener(world: World): RequestListener {
  return (incoming, outgoing) => {
    handle(world, incoming, outgoing).catch((error: unknown) => {
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error)
      process.stderr.write(`The sandbox failed to answer ${incoming.method} ${incoming.url}: ${cause}\n`)
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(`The sandbox failed: ${String(error)}`)
    })
  }
}
