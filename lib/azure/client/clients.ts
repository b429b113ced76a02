import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { SubscriptionClient } from '@azure/arm-resources-subscriptions'
import { createHttpHeaders, type HttpClient, type PipelinePolicy } from '@azure/core-rest-pipeline'
import { Client, type Context, GraphClientError } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { cloud } from './cloud'
import { AzureError, badAnswer } from './errors'
import { PATIENCE } from './retry'
import { codeInBody, ErrorBody, parseJsonObject } from './rows'
import type { Resource, Tokens } from './tokens'
import { checkAddress, type SendOptions, send } from './transport'

/** On whose behalf, and within which bounds, requests are made. */
type Caller = SendOptions & { tokens: Tokens }

/**
 * Microsoft's clients on behalf of one account. The two ARM clients are made anew for each read, since each watches over
 * the pages of one list.
 */
export type Azure = {
  caller: Caller
  authorization(subscriptionId: string): AuthorizationManagementClient
  subscriptions(shape: ArmShape): SubscriptionClient
  graph: Client
}

/** What one ARM client reads: a single thing, or a list page by page. */
type ArmShape = 'one' | 'list'

export function createAzure(given: Caller): Azure {
  const caller = { patience: PATIENCE, ...given }
  const credential = { getToken: () => caller.tokens.get('arm') }
  const armOptions = (shape: ArmShape) => ({
    endpoint: cloud().arm,
    credentialScopes: `${cloud().arm}/.default`,
    httpClient: armHttpClient(caller, shape),
    additionalPolicies: [{ policy: armGuard(), position: 'perCall' as const }],
    retryOptions: { maxRetries: 0 }, // the transport repeats requests, for all clients alike
  })
  return {
    caller,
    authorization: (subscriptionId) =>
      new AuthorizationManagementClient(credential, subscriptionId, armOptions('list')),
    subscriptions: (shape) => new SubscriptionClient(credential, armOptions(shape)),
    graph: Client.initWithMiddleware({
      baseUrl: cloud().graph,
      middleware: { execute: (context) => answerGraphClient(caller, context) },
    }),
  }
}

/** The form of every page of Resource Manager. Throws `untrusted_link` when its next link leads out of it. */
const Page = z
  .looseObject({ value: z.array(z.unknown()), nextLink: z.string().nullish() })
  .refine(({ nextLink }) => !nextLink || checkAddress(nextLink, [cloud().arm]))

/**
 * The last hop of one ARM client: our own. A page without a list is refused, since the SDK would read it as an empty one;
 * so is one whose next link leads elsewhere, since the SDK itself fails at some of these in ways that say nothing.
 */
function armHttpClient(caller: Caller, shape: ArmShape): HttpClient {
  return {
    async sendRequest(request) {
      const { url, method } = request
      const body = typeof request.body === 'string' ? request.body : undefined
      const response = await sendAuthorized(caller, 'arm', url, { method, headers: request.headers.toJSON(), body })
      const bodyAsText = await response.text()
      if (shape === 'list' && response.ok && !Page.safeParse(parseJsonObject(bodyAsText, response.status)).success) {
        throw new AzureError('bad_answer', 'A page has no list in it.', { status: response.status })
      }
      const headers = createHttpHeaders(Object.fromEntries(response.headers))
      return { request, status: response.status, headers, bodyAsText }
    },
  }
}

/** Comes first in the SDK's pipeline: checks every address before the SDK itself fails at it, and ends endless lists. */
function armGuard(): PipelinePolicy {
  const guard = pageGuard()
  return {
    name: 'rolecallGuard',
    sendRequest(request, next) {
      guard(checkAddress(request.url).href)
      return next(request)
    },
  }
}

/** The most pages read of one list: 500 pages of 999 users are more than the largest known directories fill. */
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

/** All that the Graph client's chain of middleware does here: authentication and retries are those of {@link sendAuthorized}. */
async function answerGraphClient(caller: Caller, context: Context): Promise<void> {
  const { method, headers, body } = context.options ?? {}
  try {
    context.response = await sendAuthorized(caller, 'graph', String(context.request), { method, headers, body })
  } catch (error) {
    // The Graph client rewrites every other kind of error and loses its cause.
    const carrier = new GraphClientError()
    carrier.customError = error
    throw carrier
  }
}

/**
 * Sends a request with the token of its resource, to that resource's origin only. A token that is refused is renewed
 * once. A good answer that is not a JSON object throws `bad_answer`: the SDKs would read an HTML page as an empty list.
 */
async function sendAuthorized(caller: Caller, resource: Resource, input: string, init: RequestInit): Promise<Response> {
  const url = checkAddress(input, [cloud()[resource]])
  const sendWith = async (token: string) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return requireJson(await send(url, { ...init, headers }, caller), (body) => countRows(caller, url, init, body))
  }
  const { token } = await caller.tokens.get(resource)
  const response = await sendWith(token)
  if (response.status !== 401) return response

  const challenge = claimsIn(response.headers.get('www-authenticate'))
  if (challenge) throw new AzureError('mfa_required', 'The token was challenged.', { status: 401, claims: challenge })
  // The subscription has moved to another tenant, so a new token of this one would be refused as well.
  if (codeInBody(await response.clone().text()) === 'InvalidAuthenticationTokenTenant') return response
  const renewed = await caller.tokens.get(resource, { refused: token })
  return sendWith(renewed.token)
}

/** The answer with its body checked to be a JSON object. An error that came as 200 gets the status it should have had. */
async function requireJson(response: Response, look: (body: object) => void): Promise<Response> {
  if (!response.ok || response.status === 204) return response
  const text = await response.text()
  const body = parseJsonObject(text, response.status)
  look(body)
  const refused = ErrorBody.safeParse(body)
  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/json')
  const status = refused.success ? statusOf(refused.data.error.code) : response.status
  return new Response(text, { status, headers })
}

const List = z.object({ value: z.array(z.unknown()) })
const BatchBody = z.object({ requests: z.array(z.object({ id: z.string(), url: z.string() })) })
const BatchAnswers = z.object({
  responses: z.array(z.object({ id: z.coerce.string(), status: z.number(), body: z.unknown() })),
})

/** Writes down how many rows came back, and of a batch each of its questions with how it was answered. */
function countRows({ meter }: Caller, url: URL, { method, body: sent }: RequestInit, body: object): void {
  if (!meter) return
  const list = List.safeParse(body)
  if (list.success) meter.ledger.countRows({ method, url }, list.data.value.length)
  if (!url.pathname.endsWith('/$batch')) return
  const answers = BatchAnswers.safeParse(body)
  const asked = BatchBody.safeParse(parseJsonObject(String(sent)))
  if (!answers.success || !asked.success) return
  const answerOf = new Map(answers.data.responses.map((answer) => [answer.id, answer]))
  for (const { id, url: path } of asked.data.requests) {
    const question = { url: new URL(`${cloud().graph}/v1.0${path}`), batched: true }
    const answer = answerOf.get(id)
    meter.ledger.count(question, answer?.status ?? null)
    const rows = List.safeParse(answer?.body)
    if (rows.success) meter.ledger.countRows(question, rows.data.value.length)
  }
}

/** The status that an error with this code should have come with. */
function statusOf(code: string): number {
  if (/throttle|TooManyRequests|activityLimitReached/i.test(code)) return 429
  if (/^(AuthorizationFailed|Authorization_RequestDenied)$/.test(code)) return 403
  if (/AuthenticationToken|AuthenticationFailed/.test(code)) return 401
  if (/NotFound$/.test(code)) return 404
  if (/Unavailable|InternalServerError|Timeout/i.test(code)) return 503
  throw badAnswer({ status: 200, microsoftCode: code })
}

/** The claims of a conditional-access challenge (Entra ID: continuous access evaluation), decoded. */
function claimsIn(header: string | null): string | undefined {
  if (!header?.includes('insufficient_claims')) return undefined
  const encoded = /claims="([\w+/=-]+)"/.exec(header)?.[1]
  return encoded && Buffer.from(encoded, 'base64').toString('utf8')
}
