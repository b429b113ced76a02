import type { Registry } from '../world/registry'
import type { User } from '../world/types'
import { type GraphCall, holdsAny, isPlainGuest } from './graph-call'
import { badRequest, denied, notFound } from './graph-error'
import { readUserFilter } from './user-filter'
import { projectionOf } from './user-properties'

const FULL = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All']
const URL_LIMIT = 2_048 // Graph's limit on the whole address of an advanced query; not in a $batch

const contextOf = (call: GraphCall, names: string[], suffix = '') =>
  `https://${call.cloud.graph}/v1.0/$metadata#users${names.length > 0 ? `(${names.join(',')})` : ''}${suffix}`

/** The people a request is about, by its $filter. */
function select(call: GraphCall, people: Registry<User>): readonly User[] | Response {
  const text = call.url.searchParams.get('$filter')
  if (!text) return people.list()
  const advanced = call.eventual && call.url.searchParams.get('$count') === 'true'
  if (advanced && !call.inBatch && call.request.url.length > URL_LIMIT)
    return badRequest('The request URL is too long.', 'Request_UnsupportedQuery')
  const filter = readUserFilter(text, advanced)
  if (filter instanceof Response) return filter
  if ('ids' in filter) return [...new Set(filter.ids)].flatMap((id) => people.get(id) ?? [])
  return people.list().filter(filter.test)
}

/** One page of people, `$select`, `$top`, `$count` and `$filter` obeyed. The list may be the living or the deleted. */
export function listPeople(call: GraphCall, people: Registry<User>): Response {
  const query = call.url.searchParams
  const full = holdsAny(call, ...FULL)
  if (isPlainGuest(call) || (!full && !holdsAny(call, 'User.ReadBasic.All'))) return denied()
  if (query.has('$search') || query.has('$skip'))
    return badRequest("The query option is not supported by the sandbox or by '/users'.", 'Request_UnsupportedQuery')
  if ((query.has('$count') || query.has('$orderby')) && !call.eventual && query.get('$count') === 'true') {
    return badRequest(
      'Request with $count query parameter only works through MSGraph aggregator with a special request header: ConsistencyLevel: eventual',
      'Request_BadRequest',
    )
  }
  const projection = projectionOf(call, !full)
  if (projection instanceof Response) return projection
  const top = query.has('$top') ? Number(query.get('$top')) : 100
  if (!Number.isInteger(top) || top < 1 || top > 999)
    return badRequest(
      `Invalid page size specified: '${query.get('$top')}'. Must be between 1 and 999 inclusive.`,
      'Request_UnsupportedQuery',
    )
  const chosen = select(call, people)
  if (chosen instanceof Response) return chosen

  const size = Math.min(top, call.tenant.pageSizes.users)
  const skipped = query.get('$skiptoken')
  const after = skipped ? Buffer.from(skipped, 'base64url').toString() : null
  const start = after === null ? 0 : chosen.findIndex((user) => user.id === after) + 1
  const value = chosen.slice(start, start + size)
  const last = value.at(-1)
  const more = start + size < chosen.length && last
  const next = new URL(call.url)
  if (more) next.searchParams.set('$skiptoken', Buffer.from(last.id).toString('base64url'))
  return Response.json({
    '@odata.context': contextOf(call, projection.names),
    ...(query.get('$count') === 'true' && after === null ? { '@odata.count': chosen.length } : {}),
    ...(more ? { '@odata.nextLink': next.href } : {}),
    value: value.map(projection.show),
  })
}

/** `GET /users`. */
export function listUsers(call: GraphCall): Response {
  return listPeople(call, call.tenant.users)
}

/** `GET /users/$count`: a number as text, only with ConsistencyLevel. */
export function countUsers(call: GraphCall): Response {
  if (isPlainGuest(call) || !holdsAny(call, ...FULL, 'User.ReadBasic.All')) return denied()
  if (!call.eventual)
    return badRequest(
      'Request with $count query parameter only works through MSGraph aggregator with a special request header: ConsistencyLevel: eventual',
    )
  const chosen = select(call, call.tenant.users)
  if (chosen instanceof Response) return chosen
  return new Response(String(chosen.length), { headers: { 'content-type': 'text/plain' } })
}

/** `GET /users/{id or userPrincipalName}` and `GET /me`. */
export function getUser(call: GraphCall, name: string): Response {
  const self =
    name === 'me' ||
    name.toLowerCase() === call.caller.id ||
    name.toLowerCase() === call.caller.userPrincipalName.toLowerCase()
  const full = holdsAny(call, ...FULL) || (self && holdsAny(call, 'User.Read'))
  if (!full && !holdsAny(call, 'User.ReadBasic.All')) return denied()
  if (!self && isPlainGuest(call)) return denied()
  const projection = projectionOf(call, !full)
  if (projection instanceof Response) return projection
  const wanted = name.toLowerCase()
  const user = self
    ? call.caller
    : (call.tenant.users.get(wanted) ?? call.tenant.users.by('name', (one) => one.userPrincipalName).get(wanted))
  if (!user) return notFound(name)
  return Response.json({ '@odata.context': contextOf(call, projection.names, '/$entity'), ...projection.show(user) })
}
