import { randomUUID } from 'node:crypto'
import type { Cloud } from '../clouds'
import type { World } from '../world/world'
import { batch } from './batch'
import { checkGraphToken } from './check-token'
import { getDeletedItem, listDeletedUsers } from './deleted-items'
import type { GraphCall } from './graph-call'
import { badRequest, graphError } from './graph-error'
import { getOrganization } from './organization'
import { countUsers, getUser, listUsers } from './users'

type Options = { inBatch?: boolean; ask: (request: Request) => Promise<Response> }

async function route(call: GraphCall, path: string, ask: Options['ask']): Promise<Response> {
  const { method } = call.request
  if (path === '/$batch' && method === 'POST' && !call.inBatch) return batch(call, ask)
  if (method !== 'GET')
    return graphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
  if (path === '/me') return getUser(call, 'me')
  if (path === '/users') return listUsers(call)
  if (path === '/users/$count') return countUsers(call)
  if (path === '/organization') return getOrganization(call)
  if (path === '/directory/deletedItems/microsoft.graph.user') return listDeletedUsers(call)
  const deleted = /^\/directory\/deletedItems\/([^/]+)$/i.exec(path)?.[1]
  if (deleted) return getDeletedItem(call, deleted)
  const user = /^\/users\/([^/]+)$/i.exec(path)?.[1]
  if (user) return getUser(call, user)
  return badRequest(
    `Resource not found for the segment '${path.split('/')[1] ?? ''}' (the sandbox does not imitate it).`,
    'BadRequest',
  )
}

/** Microsoft Graph v1.0. `ask` answers the requests inside a $batch. */
export async function answerGraph(world: World, request: Request, cloud: Cloud, options: Options): Promise<Response> {
  const url = new URL(request.url)
  const [, version = '', ...rest] = decodeURIComponent(url.pathname).split('/')
  if (version !== 'v1.0') return badRequest(`Invalid version: ${version}`, 'BadRequest')
  const claims = checkGraphToken(world, request)
  if (claims instanceof Response) return claims
  const tenant = world.tenants.get(String(claims.tid))
  const caller = tenant?.users.get(String(claims.oid))
  if (!tenant || !caller)
    return graphError(
      401,
      'InvalidAuthenticationToken',
      'The identity of the calling application could not be established.',
    )
  const call: GraphCall = {
    world,
    cloud,
    request,
    url,
    tenant,
    caller,
    permissions: new Set(String(claims.scp).split(' ')),
    eventual: request.headers.get('consistencylevel')?.toLowerCase() === 'eventual',
    inBatch: options.inBatch ?? false,
  }
  const response = await route(call, `/${rest.join('/')}`.replace(/(.)\/$/, '$1'), options.ask)
  if (!response.headers.has('request-id')) response.headers.set('request-id', randomUUID())
  response.headers.set(
    'client-request-id',
    request.headers.get('client-request-id') ?? response.headers.get('request-id') ?? '',
  )
  if (response.headers.get('content-type') === 'application/json')
    response.headers.set(
      'content-type',
      'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    )
  response.headers.set('odata-version', '4.0')
  response.headers.set('x-ms-resource-unit', '1')
  return response
}
