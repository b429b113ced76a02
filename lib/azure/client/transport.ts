import { Agent } from 'node:https'
import { connect } from 'node:net'
import { RequestLedger } from '@/lib/domain/request-ledger'
import { env } from '@/lib/env'
import { readBody } from './answer-body'
import { type Budget, type Charge, chargeOf, pauseToShare, THROTTLE_SCOPE } from './budget'
import { cloud } from './cloud'
import { AzureError, toAzureError } from './errors'
import { PATIENCE, type Patience, parseRetryAfter, waitForNextTry } from './retry'
import { codeInBody } from './rows'

export type SendOptions = { signal?: AbortSignal; meter?: Meter; patience?: Patience; budget?: Budget }

/**
 * What a piece of work cost: HTTP requests sent (every try counts), how many of them were repeats, and of which shapes they
 * were.
 */
export type Meter = { calls: number; retries: number; ledger: RequestLedger }

export const createMeter = (): Meter => ({ calls: 0, retries: 0, ledger: new RequestLedger() })

/**
 * The last hop to Microsoft, and the only file here that knows of the sandbox. Requests keep their real https addresses
 * until here: the ARM SDK throws rather than send a token over http, and the Graph SDK silently leaves the token out.
 *
 * Refuses any address outside the configured cloud before anything is sent, follows no redirect, reads the whole body
 * within the time limit of a try, and repeats what may be repeated. Each try is spent from the budget, if there is one. The
 * last refusal (a 429, a 503) is returned as it came. Throws AzureError.
 */
export async function send(input: string | URL, init: RequestInit, options: SendOptions = {}): Promise<Response> {
  return sendTo(checkAddress(input), init, options)
}

/** The address at which a machine in Azure gives out tokens of its managed identities. It is link-local, so there is no https. */
const METADATA_ADDRESS = 'http://169.254.169.254/metadata/identity/oauth2/token'

/** The same to the metadata address of the machine that we run on, and to nothing else. */
export async function sendToMachine(
  input: string | URL,
  init: RequestInit,
  options: SendOptions = {},
): Promise<Response> {
  const url = URL.parse(String(input))
  if (!url || `${url.origin}${url.pathname}` !== METADATA_ADDRESS || url.username || url.password)
    throw new AzureError('untrusted_link', 'The address is not that of the machine.')
  return sendTo(url, init, options)
}

async function sendTo(url: URL, init: RequestInit, options: SendOptions): Promise<Response> {
  const { signal, budget, patience = PATIENCE } = options
  const charge = budget ? chargeOf(url, init) : null
  try {
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted()
      if (charge) await budget?.spend(charge, { patience, signal })
      const outcome = await tryOnce(url, init, options).catch(toAzureError)
      signal?.throwIfAborted()
      if (charge) await sharePause(outcome, charge, budget)
      const triesAgain = mayRepeat(outcome, url, init) && (await waitForNextTry(tries, askedWait(outcome), options))
      if (triesAgain) continue
      if (outcome instanceof AzureError) throw outcome
      return outcome
    }
  } catch (error) {
    throw toAzureError(signal?.aborted ? signal.reason : error)
  }
}

/**
 * The address as a URL, if it belongs to the configured cloud; throws `untrusted_link` otherwise.
 *
 * @param origins the origins to accept: all three of the cloud (login, Graph, Resource Manager), or fewer
 */
export function checkAddress(input: string | URL, origins: string[] = Object.values(cloud())): URL {
  const text = String(input)
  // A parser would take `https:evil` and `https:\\\\evil` too, and not every parser for the same address.
  const url = /^https:\/\//i.test(text) ? URL.parse(text) : null
  if (!url || url.username || url.password || !origins.includes(url.origin))
    throw new AzureError('untrusted_link', "The address is not one of Microsoft's.")
  return url
}

/** Where a browser goes for an address of Microsoft's login: there, or to its place in the sandbox. */
export const browserAddress = (url: string): string => lastHop(checkAddress(url))

/**
 * An https agent for next-auth's client, which reads an answer to its end whatever its length: a connection, which is used
 * for one request, ends with `bad_answer` after {@link LARGEST_LOGIN_ANSWER_BYTES}. In sandbox mode its connections are
 * plain ones to the sandbox, which tells the services apart by the Host header.
 */
export const loginAgent = (): Agent => new LoginAgent({ keepAlive: false })

/** Microsoft's metadata, keys and tokens are some 2 to 20 kB each. */
const LARGEST_LOGIN_ANSWER_BYTES = 1024 * 1024

class LoginAgent extends Agent {
  override createConnection(...[options, callback]: Parameters<Agent['createConnection']>) {
    const { sandboxUrl } = env()
    const connection = sandboxUrl ? connectTo(new URL(sandboxUrl)) : super.createConnection(options, callback)
    let bytes = 0
    connection?.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes > LARGEST_LOGIN_ANSWER_BYTES)
        connection.destroy(new AzureError('bad_answer', 'The answer is too large.'))
    })
    return connection
  }
}

/** A plain connection. An IPv6 address stands in brackets in a URL, and nowhere else. */
const connectTo = ({ port, hostname }: URL) => connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''))

/** The address that is really asked: the same, or the sandbox with the real host as the first part of the path. */
function lastHop(url: URL): string {
  const { sandboxUrl } = env()
  return sandboxUrl ? `${sandboxUrl}/${url.host}${url.pathname}${url.search}` : url.href
}

const RETRIED_STATUSES = new Set([429, 502, 503, 504])
const RETRIED_TOKEN_STATUSES = new Set([429, 503])

/** Whether a try that ended like this may be repeated. A sign-in code works only once, so a token request rarely may. */
function mayRepeat(outcome: Response | AzureError, url: URL, { method = 'GET' }: RequestInit): boolean {
  const isToken = url.origin === cloud().login && method.toUpperCase() === 'POST'
  if (outcome instanceof AzureError) return outcome.code === 'azure_unreachable' && (!isToken || neverLeft(outcome))
  const { status } = outcome
  if (isToken) return RETRIED_TOKEN_STATUSES.has(status)
  return RETRIED_STATUSES.has(status) || (status === 500 && method.toUpperCase() === 'GET')
}

/** No connection was made, so the request never left. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function neverLeft(error: AzureError): boolean {
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && NOT_CONNECTED.has(String(cause.code))) return true
  }
  return false
}

/** The wait in milliseconds that an answer asks for; null when it asks for none. */
function askedWait(outcome: Response | AzureError): number | null {
  return outcome instanceof AzureError ? null : parseRetryAfter(outcome.headers.get('retry-after'))
}

/** Lets all who draw from the same budget keep the pause that a refusal with 429 asks for. */
async function sharePause(outcome: Response | AzureError, charge: Charge, budget?: Budget): Promise<void> {
  if (outcome instanceof AzureError || outcome.status !== 429) return
  const code = codeInBody(await outcome.clone().text())
  const ms = pauseToShare({ askedMs: askedWait(outcome), code, scope: outcome.headers.get(THROTTLE_SCOPE) })
  if (ms !== null) await budget?.pause(charge, ms)
}

async function tryOnce(
  url: URL,
  init: RequestInit,
  { signal, meter, patience = PATIENCE }: SendOptions,
): Promise<Response> {
  const clock = AbortSignal.timeout(patience.tryTimeoutMs)
  if (meter) meter.calls += 1
  try {
    const response = await fetch(lastHop(url), {
      ...init,
      redirect: 'manual',
      cache: 'no-store',
      signal: signal ? AbortSignal.any([signal, clock]) : clock,
    })
    if (response.status >= 300 && response.status < 400 && response.status !== 304) {
      await response.body?.cancel()
      throw new AzureError('untrusted_link', 'Microsoft answered with a redirect.', { status: response.status })
    }
    const whole = await readBody(response)
    meter?.ledger.count({ method: init.method, url }, whole.status)
    return whole
  } catch (error) {
    meter?.ledger.count({ method: init.method, url }, null)
    if (error instanceof AzureError || signal?.aborted) throw error
    throw new AzureError('azure_unreachable', 'There was no usable answer.', { cause: error })
  }
}
