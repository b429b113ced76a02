import { randomUUID } from 'node:crypto'
import { CLOUDS, type Cloud } from '../clouds'
import { type Claims, readJwt } from '../entra/tokens'
import type { World } from '../world/world'
import { batch } from './batch'
import {
  accessDenied,
  badRequest,
  GRAPH_CHALLENGE,
  type GraphCall,
  graphError,
  holdsAny,
  notSimulated,
} from './graph-call'
import { askReplica } from './lag'
import { DELEGATED_ONLY, PERMISSIONS_OF, ROUTES } from './routes'
import { findUnknownSegment } from './segments'
import { costOf, throttle } from './throttle'
import { refuseWithoutPerson } from './users'

type Options = { inBatch?: boolean; ask: (request: Request) => Promise<Response> }

const VERSIONS = new Set(['v1.0', 'beta'])

/** Answers for Microsoft Graph v1.0 and beta, which differ in the members of groups alone. `options.ask` answers the items of a $batch. */
export async function answerGraph(world: World, request: Request, cloud: Cloud, options: Options): Promise<Response> {
  const url = new URL(request.url)
  const [, version = '', ...rest] = decodeURIComponent(url.pathname).split('/')
  if (!VERSIONS.has(version)) return addHeaders(badRequest(`Invalid version: ${version}`, 'BadRequest'), request)
  const claims = checkGraphToken(world, request)
  if (claims instanceof Response) return addHeaders(claims, request)
  const call = createCall({ world, request, cloud, url, version, inBatch: options.inBatch ?? false }, claims)
  if (!call)
    return graphError(
      401,
      'InvalidAuthenticationToken',
      'The identity of the calling application could not be established.',
    )
  // Microsoft's SDK for Python writes two slashes after the version.
  const path = `/${rest.filter(Boolean).join('/')}`
  return addHeaders(await answerRoute(call, path, options.ask), request)
}

type RequestFacts = { world: World; request: Request; cloud: Cloud; url: URL; version: string; inBatch: boolean }

/** The request together with its caller; null when the tenant does not know the person or the application. */
function createCall(asked: RequestFacts, claims: Claims): GraphCall | null {
  const tenant = asked.world.tenants.get(String(claims.tid))
  const appOnly = claims.idtyp === 'app'
  const user = appOnly ? null : (tenant?.users.get(String(claims.oid)) ?? null)
  if (!tenant || (appOnly ? !tenant.servicePrincipals.has(String(claims.oid)) : !user)) return null
  const roles = Array.isArray(claims.roles) ? claims.roles.map(String) : []
  const granted = appOnly ? roles.filter((role) => !DELEGATED_ONLY.has(role)) : String(claims.scp).split(' ')
  const options = new Map([...asked.url.searchParams].map(([name, value]) => [name.toLowerCase(), value]))
  const eventual = asked.request.headers.get('consistencylevel')?.toLowerCase() === 'eventual'
  return {
    ...asked,
    tenant,
    user,
    appOnly,
    clientId: String(claims.appid),
    permissions: new Set(granted),
    options,
    eventual,
    advanced: eventual && options.get('$count')?.toLowerCase() === 'true',
  }
}

/** Answers an address, counts its cost, and adds the headers of throttling. */
async function answerRoute(call: GraphCall, path: string, ask: Options['ask']): Promise<Response> {
  const { method } = call.request
  if (path.toLowerCase() === '/$batch' && method === 'POST' && !call.inBatch) return batch(call, ask)
  const routes = ROUTES.filter((route) => route.path.test(path))
  const route = routes.find((one) => one.method === method)
  const { refusal, headers } = throttle(call, path, costOf(route?.cost ?? 1, call.options))
  const response = refusal ?? (await answerAllowed(call, path, route, routes.length > 0))
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}

/** Answers a route when the token has a permission for it; `isKnownPath` when the path exists for some method. */
async function answerAllowed(
  call: GraphCall,
  path: string,
  route: (typeof ROUTES)[number] | undefined,
  isKnownPath: boolean,
): Promise<Response> {
  if (!route) return refuseUnanswered(call.request.method, path, isKnownPath)
  if (call.appOnly && /^\/me(\/|$)/i.test(path)) return refuseWithoutPerson()
  if (!holdsAny(call, PERMISSIONS_OF[route.permissions])) return accessDenied()
  if (call.options.has('$expand') && !EXPANDING.test(path)) return notSimulated(`$expand of ${path}`)
  const replica = await askReplica(call, path)
  const response = await route.answer(replica.call, route.path.exec(path)?.groups ?? {})
  replica.countLookups()
  return response
}

/** The addresses that read `$expand` themselves. */
const EXPANDING = /^\/(?:groups(?:\/|$)|roleManagement\/|identityGovernance\/)/i

const WRITES = new Set(['POST', 'PATCH', 'PUT', 'DELETE'])

/**
 * What the sandbox says to an address that it does not play: the refusal of Graph where Graph has no such segment or does
 * not take the method, else that it is not simulated, because any refusal would be untrue of Azure.
 */
function refuseUnanswered(method: string, path: string, isKnownPath: boolean): Response {
  const unknown = findUnknownSegment(path)
  if (unknown !== null) return badRequest(`Resource not found for the segment '${unknown}'.`, 'BadRequest')
  if (WRITES.has(method)) return notSimulated(`${method} ${path}`)
  if (method === 'GET' && !isKnownPath) return notSimulated(`GET ${path}`)
  return graphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
}

const AUDIENCES = new Set([...CLOUDS.map((cloud) => `https://${cloud.graph}`), '00000003-0000-0000-c000-000000000000'])

/** The claims of a valid Graph token, or the 401 that says what is wrong with it. */
function checkGraphToken(world: World, request: Request): Claims | Response {
  const header = request.headers.get('authorization')
  if (!header) return refuseToken('Access token is empty.')
  const claims = readJwt(world, header.replace(/^Bearer /i, ''))
  if (!claims) return refuseToken('CompactToken parsing failed with error code: 80049217')
  if (!AUDIENCES.has(String(claims.aud).replace(/\/$/, '')))
    return refuseToken('Access token validation failure. Invalid audience.')
  if (Number(claims.exp) * 1000 <= world.now()) return refuseToken('Lifetime validation failed, the token is expired.')
  return claims
}

const refuseToken = (message: string) =>
  graphError(401, 'InvalidAuthenticationToken', message, {
    'www-authenticate': GRAPH_CHALLENGE,
  })

const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'
const DIAGNOSTIC = JSON.stringify({
  ServerInfo: { DataCenter: 'Sandbox', Slice: 'E', Ring: '1', ScaleUnit: '000', RoleInstance: 'SANDBOX' },
})

/** Adds the headers that every answer of Graph carries. */
function addHeaders(response: Response, request: Request): Response {
  const { headers } = response
  if (!headers.has('request-id')) headers.set('request-id', randomUUID())
  headers.set('client-request-id', request.headers.get('client-request-id') ?? headers.get('request-id') ?? '')
  if (response.status < 400 && headers.get('content-type') === 'application/json')
    headers.set('content-type', JSON_TYPE)
  headers.set('cache-control', 'no-cache')
  headers.set('odata-version', '4.0')
  headers.set('x-ms-ags-diagnostic', DIAGNOSTIC)
  if (!headers.has('x-ms-resource-unit')) headers.set('x-ms-resource-unit', '1')
  return response
}
