import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { SubscriptionClient } from '@azure/arm-resources-subscriptions'
import { createHttpHeaders, type HttpClient, type PipelinePolicy } from '@azure/core-rest-pipeline'
import { Client, type Context, GraphClientError } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { cloud } from './cloud'
import { AzureError } from './errors'
import { PATIENCE } from './retry'
import type { Resource, Tokens } from './tokens'
import { type SendOptions, send, trusted } from './transport'

/** On whose behalf, and within which bounds, requests are made. */
export type Caller = SendOptions & { tokens: Tokens }

const ErrorBody = z.looseObject({ error: z.looseObject({ code: z.string() }) })

/**
 * Sends a request with the token of its resource, to that resource's origin only. A token that is refused is renewed
 * once. A good answer is a JSON object, or it does not get through: the SDKs would read an HTML page as an empty list.
 */
export async function sendAuthorized(
  caller: Caller,
  resource: Resource,
  input: string,
  init: RequestInit,
): Promise<Response> {
  const url = trusted(input)
  if (url.origin !== cloud()[resource]) throw new AzureError('untrusted_link', "The address is not one of Microsoft's.")

  const attempt = async (token: string) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return checked(await send(url, { ...init, headers }, caller))
  }
  const { token } = await caller.tokens.get(resource)
  const response = await attempt(token)
  if (response.status !== 401) return response

  const challenge = claimsIn(response.headers.get('www-authenticate'))
  if (challenge) throw new AzureError('mfa_required', 'The token was challenged.', { status: 401, claims: challenge })
  if ((await codeOf(response.clone())) === 'InvalidAuthenticationTokenTenant') return response
  const renewed = await caller.tokens.get(resource, { refused: token })
  return attempt(renewed.token)
}

async function checked(response: Response): Promise<Response> {
  if (!response.ok || response.status === 204) return response
  const { status } = response
  const text = await response.text()
  const body = z.looseObject({}).safeParse(parsed(text, status))
  if (!body.success)
    throw new AzureError('bad_answer', 'The answer did not have the documented form.', { status, cause: body.error })

  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/json')
  const refused = ErrorBody.safeParse(body.data)
  return new Response(text, { status: refused.success ? statusOf(refused.data.error.code) : status, headers })
}

function parsed(text: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AzureError('bad_answer', 'The answer did not have the documented form.', { status, cause: error })
  }
}

/** The status that an error should have come with, when it came as 200. */
function statusOf(code: string): number {
  if (/throttle|TooManyRequests|activityLimitReached/i.test(code)) return 429
  if (/^(AuthorizationFailed|Authorization_RequestDenied)$/.test(code)) return 403
  if (/AuthenticationToken|AuthenticationFailed/.test(code)) return 401
  if (/NotFound$/.test(code)) return 404
  if (/Unavailable|InternalServerError|Timeout/i.test(code)) return 503
  throw new AzureError('bad_answer', 'The answer did not have the documented form.', {
    status: 200,
    microsoftCode: code,
  })
}

/** Microsoft's code in an error's body; null when there is none to be read. */
async function codeOf(response: Response): Promise<string | null> {
  try {
    return ErrorBody.safeParse(await response.json()).data?.error.code ?? null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** The claims of a conditional-access challenge (continuous access evaluation), decoded. */
function claimsIn(header: string | null): string | undefined {
  if (!header?.includes('insufficient_claims')) return undefined
  const encoded = /claims="([\w+/=-]+)"/.exec(header)?.[1]
  return encoded && Buffer.from(encoded, 'base64').toString('utf8')
}

/** Microsoft's clients on behalf of one account. The ARM clients are made anew for each read: each guards one list. */
export type Azure = {
  caller: Caller
  authorization(subscriptionId: string): AuthorizationManagementClient
  subscriptions(shape: ArmShape): SubscriptionClient
  graph: Client
}

export function createAzure(given: Caller): Azure {
  const caller = { patience: PATIENCE, ...given }
  const credential = { getToken: () => caller.tokens.get('arm') }
  const armOptions = (shape: ArmShape) => ({
    endpoint: cloud().arm,
    credentialScopes: `${cloud().arm}/.default`,
    httpClient: armHttpClient(caller, shape),
    additionalPolicies: [{ policy: armGuard(), position: 'perCall' as const }],
    retryOptions: { maxRetries: 0 }, // the transport retries, for all alike
  })
  return {
    caller,
    authorization: (subscriptionId) =>
      new AuthorizationManagementClient(credential, subscriptionId, armOptions('list')),
    subscriptions: (shape) => new SubscriptionClient(credential, armOptions(shape)),
    graph: Client.initWithMiddleware({
      baseUrl: cloud().graph,
      middleware: { execute: (context) => answer(caller, context) },
    }),
  }
}

/** The whole middleware chain: authentication, retry and the guards are those of {@link sendAuthorized}. */
async function answer(caller: Caller, context: Context): Promise<void> {
  const { method, headers, body } = context.options ?? {}
  try {
    context.response = await sendAuthorized(caller, 'graph', String(context.request), { method, headers, body })
  } catch (error) {
    // The Graph client rewrites every other error and loses its cause.
    const carrier = new GraphClientError()
    carrier.customError = error
    throw carrier
  }
}

/** What one ARM client reads: a single thing, or a list page by page. */
export type ArmShape = 'one' | 'list'

const Page = z.looseObject({ value: z.array(z.unknown()) })

/** The last hop of one ARM client: our transport. A page without a list is refused, since the SDK would read it as an empty one. */
export function armHttpClient(caller: Caller, shape: ArmShape): HttpClient {
  return {
    async sendRequest(request) {
      const { url, method } = request
      const body = typeof request.body === 'string' ? request.body : undefined
      const response = await sendAuthorized(caller, 'arm', url, { method, headers: request.headers.toJSON(), body })
      const bodyAsText = await response.text()
      if (shape === 'list' && response.ok && !Page.safeParse(JSON.parse(bodyAsText)).success) {
        throw new AzureError('bad_answer', 'A page has no list in it.', { status: response.status })
      }
      const headers = createHttpHeaders(Object.fromEntries(response.headers))
      return { request, status: response.status, headers, bodyAsText }
    },
  }
}

/** First in the SDK's pipeline: judges every address before the SDK itself stumbles over one, and ends lists that do not. */
export function armGuard(): PipelinePolicy {
  const guard = pageGuard()
  return {
    name: 'rolecallGuard',
    sendRequest(request, next) {
      guard(trusted(request.url).href)
      return next(request)
    },
  }
}

/** Pages of one list: 500 pages of 999 users are more than the largest directories we can name need. */
const MOST_PAGES = 500

/** Watches the addresses of one list; throws `endless_list` when one comes back or there are too many. */
export function pageGuard(): (url: string) => void {
  const seen = new Set<string>()
  return (url) => {
    if (seen.has(url) || seen.size >= MOST_PAGES)
      throw new AzureError('endless_list', 'The list came round again or had too many pages.')
    seen.add(url)
  }
}
