import { armError, formatErrorTime } from '../arm/protocol'
import { findService } from '../clouds'
import { refuse } from '../entra/replies'
import { readJwt } from '../entra/tokens'
import { GRAPH_CHALLENGE, graphError } from '../graph/graph-call'
import type { World } from '../world/world'
import { tenantOfRequest } from './log'

/**
 * Too many requests, in the host's words and without a Retry-After. Graph's body is the sample of Microsoft's throttling
 * page, Entra's code is recalled.
 */
export function tooManyRequests(world: World, request: Request, status: number, seconds: number): Response {
  const service = serviceOf(request)
  if (service === 'arm') {
    const subscription = /^\/subscriptions\/([^/]+)/i.exec(new URL(request.url).pathname)?.[1] ?? ''
    const text = `Number of 'read' requests for subscription '${subscription}' actor '${actorOf(world, request)}' exceeded. Please try again after '${seconds}' seconds.`
    return armError(status, 'SubscriptionRequestsThrottled', text)
  }
  if (service === 'login')
    return refuse(world, request, {
      error: 'temporarily_unavailable',
      code: 90055,
      text: 'There are too many incoming requests.',
      status,
    })
  const response = graphError(status, 'TooManyRequests', 'Please retry again later.')
  const id = response.headers.get('request-id')
  const date = new Date().toISOString().slice(0, 19)
  const innerError = { code: '429', date, message: 'Please retry after', 'request-id': id, status: '429' }
  return Response.json(
    { error: { code: 'TooManyRequests', innerError, message: 'Please retry again later.' } },
    { status, headers: response.headers },
  )
}

/** An internal error of the host, under any status. The texts are recalled. */
export function serverError(
  world: World,
  request: Request,
  status: number,
  error: { code: string; message: string } | null,
): Response {
  const service = serviceOf(request)
  const message = error?.message ?? 'The server encountered an internal error. Please retry the request.'
  if (service === 'arm') return armError(status, error?.code ?? 'InternalServerError', message)
  if (service === 'graph') return graphError(status, error?.code ?? 'generalException', message)
  return refuse(world, request, { error: error?.code ?? 'server_error', code: 90033, text: message, status })
}

/** The answer to an expired token; null at the login host, which accepts no tokens. */
export function expiredToken(world: World, request: Request): Response | null {
  const service = serviceOf(request)
  if (service === 'login') return null
  if (service === 'graph')
    return graphError(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.', {
      'www-authenticate': GRAPH_CHALLENGE,
    })
  const [over, now] = [world.now() - 1_000, world.now()].map(formatErrorTime)
  return armError(
    401,
    'ExpiredAuthenticationToken',
    `The access token expiry UTC time '${over}' is earlier than current UTC time '${now}'.`,
    {
      'www-authenticate': `${armChallenge(world, request)}, error="invalid_token", error_description="The access token has expired."`,
    },
  )
}

/**
 * The answer to a page token that is no longer accepted; null at the login host, which has no lists. Graph's code and words
 * are those of msgraph-sdk-dotnet 2254. ARM has no documented code: `InvalidSkipToken` is the one that clients know, for
 * malformed tokens and for expired ones, and its words are recalled.
 */
export function expiredPageToken(request: Request): Response | null {
  const service = serviceOf(request)
  if (service === 'login') return null
  if (service === 'arm') return armError(400, 'InvalidSkipToken', 'The provided skip token is invalid.')
  return graphError(
    400,
    'Directory_ExpiredPageToken',
    'The specified page token value has expired and can no longer be included in your request.',
  )
}

/**
 * Demands other claims, as continuous access evaluation does: `claims` in base64 in the challenge; at the login's token
 * endpoint as JSON in the body; null at its other addresses. Source of the header: @azure/core-rest-pipeline, which reads
 * it; the bodies are recalled.
 */
export function claimsChallenge(
  world: World,
  request: Request,
  wanted: Record<string, unknown> | null,
): Response | null {
  const value = String(Math.floor(world.now() / 1000))
  const claims = JSON.stringify(wanted ?? { access_token: { nbf: { essential: true, value } } })
  const header = `error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`
  const service = serviceOf(request)
  if (service === 'graph')
    return graphError(
      401,
      'InvalidAuthenticationToken',
      'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp',
      { 'www-authenticate': `${GRAPH_CHALLENGE}, ${header}` },
    )
  if (service === 'arm') {
    return armError(401, 'AuthenticationFailed', 'The access token does not meet the claims required.', {
      'www-authenticate': `${armChallenge(world, request)}, ${header}`,
    })
  }
  if (!new URL(request.url).pathname.endsWith('/token')) return null
  return refuse(world, request, {
    error: 'interaction_required',
    code: 50076,
    text: 'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication.',
    suberror: 'basic_action',
    claims,
  })
}

/** The page of a proxy that could not reach the server behind it. */
export function proxyPage(status: number): Response {
  const html = `<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>Microsoft-Azure-Application-Gateway/v2</center>
</body>
</html>
`
  return new Response(html, { status, headers: { 'content-type': 'text/html' } })
}

const armChallenge = (world: World, request: Request) =>
  `Bearer authorization_uri="https://login.windows.net/${tenantOfRequest(world, request) ?? 'common'}"`

/** The object id of the caller, as ARM names it in its throttling errors; empty without a readable token. */
const actorOf = (world: World, request: Request) =>
  String(readJwt(world, (request.headers.get('authorization') ?? '').replace(/^Bearer /i, ''))?.oid ?? '')

const serviceOf = (request: Request) => findService(new URL(request.url).hostname)?.service
