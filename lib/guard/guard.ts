import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { discardBody, readBody, withBody } from './body'
import { readClientAddress } from './client-address'
import { hasBody, judgeRequest } from './judge-request'
import { largestBody, type MOST_REQUESTS } from './limits'
import { REFUSALS, type Refusal, sendRefusal, writeRefusal } from './refusal'
import { RequestsUnderWay } from './requests-under-way'
import { securityHeaders } from './security-headers'

export type GuardOptions = {
  /** Answers what the guard lets through: Next. */
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Called with an error that `handle` threw. */
  onError: (error: unknown, requestId: string) => void
  /** Called with the status of each refusal. */
  onRefusal: (status: number) => void
  portalUrl: string
  trustedProxies: number
  development: boolean
  mostRequests?: typeof MOST_REQUESTS
}

/** Probes are never told to come back later: whoever sends them would take the portal for dead and restart it. */
const HEALTH = '/api/health'

/** Names a request that the portal makes to itself: Next does so after an action that redirects, with the headers it got. */
const OWN_REQUEST = 'x-own-request'

/**
 * Looks at each request before Next does, and lets through only what Next can answer in little time and memory. What it
 * refuses, it answers itself with a sentence. It also tells Next who asks, in headers that no client can set:
 *
 * * `x-request-id`: an id of this request, which the answer carries too;
 * * `x-client-address`: see {@link readClientAddress}.
 */
export class Guard {
  readonly #everyHeader: Record<string, string>
  readonly #underWay: RequestsUnderWay
  readonly #ownRequest = randomUUID()

  constructor(private readonly options: GuardOptions) {
    this.#everyHeader = securityHeaders(options.portalUrl)
    this.#underWay = new RequestsUnderWay(options.mostRequests)
  }

  /** Answers a request; `expected` is called before its content is read, and may refuse it. */
  async answer(request: IncomingMessage, response: ServerResponse, expected = (): Refusal | null => null) {
    const own = this.#identify(request, response)
    for (const [name, value] of Object.entries(this.#everyHeader)) response.setHeader(name, value)

    const { path, refusal } = judgeRequest(request)
    if (refusal) return this.#refuse(request, response, refusal)
    const limit = largestBody(path, this.options.development)
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      return this.#refuse(request, response, REFUSALS.largeBody)
    }
    const unexpected = expected()
    if (unexpected) return this.#refuse(request, response, unexpected)
    const body = hasBody(request) ? await readBody(request, limit) : null
    if (body === 'gone') return undefined
    if (body === 'too large') return this.#refuse(request, response, REFUSALS.largeBody)

    // A request of our own belongs to one that was counted, which waits for it.
    const client = String(request.headers['x-client-address'])
    const busy = own || path === HEALTH ? null : this.#underWay.admit(client, response)
    if (busy) return this.#refuse(request, response, busy)
    return this.#handle(body ? withBody(request, body) : request, response)
  }

  /** Writes a refusal to a connection on which there is no request to answer, and ends it. */
  refuseConnection(socket: Duplex, refusal: Refusal): void {
    this.options.onRefusal(refusal.status)
    writeRefusal(socket, refusal, this.#everyHeader)
  }

  /** Sets the headers that say who asks, for Next and in the answer. True for a request that the portal makes to itself. */
  #identify(request: IncomingMessage, response: ServerResponse): boolean {
    const { headers } = request
    // Such a request keeps the id and the client of the one that it belongs to.
    const own = headers[OWN_REQUEST] === this.#ownRequest
    if (!own) {
      headers['x-request-id'] = randomUUID()
      headers['x-client-address'] = readClientAddress(request, this.options.trustedProxies)
      headers[OWN_REQUEST] = this.#ownRequest
    }
    response.setHeader('x-request-id', String(headers['x-request-id']))
    return own
  }

  #refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    this.options.onRefusal(refusal.status)
    sendRefusal(response, refusal)
    discardBody(request)
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.options.handle(request, response)
    } catch (error) {
      this.options.onError(error, String(request.headers['x-request-id']))
      if (response.headersSent) response.destroy()
      else sendRefusal(response, REFUSALS.failed)
    }
  }
}
