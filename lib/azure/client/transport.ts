import { Agent } from 'node:https'
import { connect } from 'node:net'
import { env } from '@/lib/env'
import { cloud } from './cloud'
import { AzureError, toAzureError } from './errors'
import { PATIENCE, type Patience, parseRetryAfter, waitForNextTry } from './retry'

export type SendOptions = { signal?: AbortSignal; meter?: Meter; patience?: Patience }

/** Largest answer taken, after decompression: 4,000 assignments are about 4 MB, so this is far beyond any honest page. */
const LARGEST_BODY_BYTES = 64 * 1024 * 1024

const RETRIED_STATUSES = new Set([429, 502, 503, 504])
const RETRIED_TOKEN_STATUSES = new Set([429, 503])
/** The request never left, so even a code that works once may be sent again. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])
const WITHOUT_BODY = new Set([204, 205, 304])

/**
 * The last hop to Microsoft, and the only file here that knows the sandbox exists. Requests keep their real https
 * addresses: the ARM SDK throws rather than send a token over http, and the Graph SDK drops it silently.
 *
 * Refuses any address outside the configured cloud before anything is sent, follows no redirect, reads the whole body
 * within the time-out of the try, and retries what may be retried. The last refusal (a 429, a 503) is given back as it came.
 */
export async function send(input: string | URL, init: RequestInit, options: SendOptions = {}): Promise<Response> {
  const url = trusted(input)
  const { signal } = options
  try {
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted()
      const outcome = await tryOnce(url, init, options).catch(toAzureError)
      signal?.throwIfAborted()
      const isAgain = mayRepeat(outcome, url, init) && (await waitForNextTry(tries, askedWait(outcome), options))
      if (isAgain) continue
      if (outcome instanceof AzureError) throw outcome
      return outcome
    }
  } catch (error) {
    throw toAzureError(signal?.aborted ? signal.reason : error)
  }
}

/** The address, if it lies on one of the configured cloud's three origins; throws `untrusted_link` otherwise. */
export function trusted(input: string | URL): URL {
  const url = URL.parse(String(input))
  const { login, graph, arm } = cloud()
  if (!url || url.username || url.password || ![login, graph, arm].includes(url.origin))
    throw new AzureError('untrusted_link', "The address is not one of Microsoft's.")
  return url
}

/** Where a browser must go for an address of Microsoft's login: the same, or its stand-in in the sandbox. */
export const browserAddress = (url: string): string => dialled(trusted(url))

/**
 * For next-auth's client in sandbox mode: an https agent whose connections are plain ones to the sandbox, which tells
 * the services apart by the Host header. Undefined when there is no sandbox.
 */
export function loginAgent(): Agent | undefined {
  const { sandboxUrl } = env()
  return sandboxUrl ? new SandboxAgent(new URL(sandboxUrl)) : undefined
}

class SandboxAgent extends Agent {
  readonly #sandbox: URL

  constructor(sandbox: URL) {
    super()
    this.#sandbox = sandbox
  }

  override createConnection() {
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    return connect(Number(this.#sandbox.port || 80), this.#sandbox.hostname.replace(/^\[|\]$/g, ''))
  }
}

function dialled(url: URL): string {
  const { sandboxUrl } = env()
  return sandboxUrl ? `${sandboxUrl}/${url.host}${url.pathname}${url.search}` : url.href
}

/** Whether a try that came to this may be repeated. A code works only once, so a token request rarely may. */
function mayRepeat(outcome: Response | AzureError, url: URL, { method = 'GET' }: RequestInit): boolean {
  const isToken = url.origin === cloud().login && method.toUpperCase() === 'POST'
  if (outcome instanceof AzureError)
    return outcome.code === 'azure_unreachable' && (!isToken || neverConnected(outcome))
  const { status } = outcome
  if (isToken) return RETRIED_TOKEN_STATUSES.has(status)
  return RETRIED_STATUSES.has(status) || (status === 500 && method.toUpperCase() === 'GET')
}

/** The wait in milliseconds that an answer asks for, if it asks for one. */
function askedWait(outcome: Response | AzureError): number | null {
  return outcome instanceof AzureError ? null : parseRetryAfter(outcome.headers.get('retry-after'))
}

function neverConnected(error: AzureError): boolean {
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && NOT_CONNECTED.has(String(cause.code))) return true
  }
  return false
}

async function tryOnce(
  url: URL,
  init: RequestInit,
  { signal, meter, patience = PATIENCE }: SendOptions,
): Promise<Response> {
  const clock = AbortSignal.timeout(patience.tryTimeoutMs)
  if (meter) meter.calls += 1
  try {
    const response = await fetch(dialled(url), {
      ...init,
      redirect: 'manual',
      cache: 'no-store',
      signal: signal ? AbortSignal.any([signal, clock]) : clock,
    })
    if (response.status >= 300 && response.status < 400 && response.status !== 304) {
      await response.body?.cancel()
      throw new AzureError('untrusted_link', 'Microsoft answered with a redirect.', { status: response.status })
    }
    return await readWhole(response)
  } catch (error) {
    if (error instanceof AzureError || signal?.aborted) throw error
    throw new AzureError('azure_unreachable', 'There was no usable answer.', { cause: error })
  }
}

/** The same answer with its body in memory. */
async function readWhole(response: Response): Promise<Response> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    // Leaving the loop cancels the stream, so nothing more is fetched or unpacked.
    if (size > LARGEST_BODY_BYTES)
      throw new AzureError('bad_answer', 'The answer is too large.', { status: response.status })
    chunks.push(chunk)
  }
  const headers = new Headers(response.headers)
  headers.delete('content-encoding')
  headers.delete('content-length')
  const { status, statusText } = response
  return new Response(WITHOUT_BODY.has(status) ? null : new Blob(chunks), { status, statusText, headers })
}

/** What a piece of work cost: HTTP requests sent (every try counts) and how many of them were repeats. */
export type Meter = { calls: number; retries: number }

export const createMeter = (): Meter => ({ calls: 0, retries: 0 })
