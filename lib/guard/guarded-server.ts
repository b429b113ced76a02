import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { limitConnections } from './connections'
import { Guard, type GuardOptions } from './guard'
import * as limits from './limits'
import { REFUSALS, type Refusal } from './refusal'

export type ServerOptions = GuardOptions & {
  mostConnections?: typeof limits.MOST_CONNECTIONS
  /** Milliseconds in which headers and whole requests have to arrive, and how often that is looked at. */
  times?: { headers: number; request: number; look: number }
}

const TIMES = { headers: limits.HEADERS_MS, request: limits.REQUEST_MS, look: limits.LOOK_MS }

/** The portal's HTTP server: every request meets the {@link Guard} before anything else. */
export function createGuardedServer(options: ServerOptions): Server {
  const { times = TIMES, mostConnections = limits.MOST_CONNECTIONS, trustedProxies, development } = options
  const guard = new Guard(options)
  const answer = (request: IncomingMessage, response: ServerResponse, expected?: () => Refusal | null) => {
    // The process is ending: a connection that is used once more is closed after this answer.
    if (!server.listening) response.shouldKeepAlive = false
    void guard.answer(request, response, expected)
  }
  const server = createServer(
    {
      maxHeaderSize: limits.LARGEST_HEADERS,
      headersTimeout: times.headers,
      requestTimeout: times.request,
      connectionsCheckingInterval: times.look,
      // Only Next's development server speaks WebSocket. Elsewhere a request to change the protocol is one like others.
      shouldUpgradeCallback: ({ url }) => development && Boolean(url?.startsWith('/_next/')),
    },
    (request, response) => answer(request, response),
  )
  server.timeout = limits.SILENCE_MS

  // A client that asks before it sends its content learns at once when that would be refused.
  server.on('checkContinue', (request, response) => {
    answer(request, response, () => {
      response.writeContinue()
      return null
    })
  })
  server.on('checkExpectation', (request, response) => answer(request, response, () => REFUSALS.expectation))
  server.on('connect', (_request, socket) => guard.refuseConnection(socket, REFUSALS.method))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else guard.refuseConnection(socket, refusalFor(error.code))
  })
  // Behind proxies all connections come from the address of one.
  const perAddress = trustedProxies > 0 ? mostConnections.inAll : mostConnections.perAddress
  limitConnections(server, { ...mostConnections, perAddress }, (socket) =>
    guard.refuseConnection(socket, REFUSALS.clientBusy),
  )
  return server
}

/** What a client is told whose request Node.js itself could not take, by the code of Node's error. */
function refusalFor(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return REFUSALS.largeHeaders
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return REFUSALS.slow
  return REFUSALS.malformed
}
