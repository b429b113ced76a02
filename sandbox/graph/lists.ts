import { JsonResponse, placeAt, readPlace, startAfter, writePlace } from '../list-pages'
import type { Registry } from '../world/collections'
import { findSingleOnly, ruleOf } from './directory-properties'
import { BadFilter, type Field, type Filter, readFilter } from './filter'
import { accessDenied, badRequest, contextOf, type GraphCall, graphError, isPlainGuest, notFound } from './graph-call'
import { type Kind, projectionOf, type Show, selectedNames, spellProperty } from './kinds'

/** `GET /{set}`, for any type that has a registry. */
export function listCollection<T extends { id: string }>(call: GraphCall, kind: Kind<T>): Response {
  const registry = kind.registryOf(call.tenant)
  return listObjects(call, kind, { items: registry.list(), registry })
}

/** One page of a list of objects, by the request's $select, $filter, $search and $orderby. Guests are refused. */
export function listObjects<T extends { id: string }>(
  call: GraphCall,
  kind: Kind<T>,
  source: Source<T>,
  options: ListOptions<T> = {},
): Response {
  if (isPlainGuest(call)) return accessDenied()
  const projection = projectionOf(call, kind)
  if (projection instanceof Response) return projection
  const chosen = queryObjects(call, kind, source)
  if (chosen instanceof Response) return chosen
  const context = listContextOf(call, kind.set, projection.names)
  const { expand, maxTop } = options
  const show: Show<T> = expand ? (item) => ({ ...projection.show(item), ...expand(item) }) : projection.show
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.users, show, maxTop })
}

type ListOptions<T> = {
  /** What is added to each object for `$expand`. */
  expand?: Show<T> | null
  /** The largest `$top`; also the size of a page without it, when given. */
  maxTop?: number
}

/** `GET /{set}/$count`, for any type that has a registry. */
export function countCollection<T extends { id: string }>(call: GraphCall, kind: Kind<T>): Response {
  if (isPlainGuest(call)) return accessDenied()
  const registry = kind.registryOf(call.tenant)
  const chosen = queryObjects(call, kind, { items: registry.list(), registry })
  return chosen instanceof Response ? chosen : countOfList(call, chosen)
}

/** `GET /{set}/{name}` of any type; `item` is undefined when there is none of that name. */
export function showObject<T extends { id: string }>(
  call: GraphCall,
  kind: Kind<T>,
  name: string,
  item: T | undefined,
): Response {
  if (isPlainGuest(call)) return accessDenied()
  const projection = projectionOf(call, kind)
  if (projection instanceof Response) return projection
  if (!item) return notFound(name)
  return Response.json({
    '@odata.context': `${listContextOf(call, kind.set, projection.names)}/$entity`,
    ...projection.show(item),
  })
}

/** The `@odata.context` of a list; `names` are the selected properties, null without $select. */
export function listContextOf(call: GraphCall, set: string, names: string[] | null): string {
  return contextOf(call, `${set}${names ? `(${names.join(',')})` : ''}`)
}

const DEFAULT_TOP = 100
const MAX_TOP = 999

/** One page of a list with the link to the next, and on the first page, if asked for, the count. */
export function listPage<T extends { id: string }>(
  call: GraphCall,
  items: readonly T[],
  { context, size, show, maxTop }: { context: string; size: number; show: Show<T>; maxTop?: number | undefined },
): Response {
  const top = readTop(call, maxTop)
  if (top instanceof Response) return top
  const token = call.options.get('$skiptoken')
  const place = token === undefined ? null : readPlace(token)
  if (token !== undefined && !place)
    return badRequest(
      'The specified page token value has expired and can no longer be included in your request.',
      'Directory_ExpiredPageToken',
    )
  const idOf = (item: T) => item.id
  const start = place ? startAfter(items, place, idOf) : 0
  const end = start + Math.min(top, size)
  const last = end < items.length ? placeAt(items, end - 1, idOf) : null
  return new JsonResponse({
    '@odata.context': context,
    ...(call.advanced && !place ? { '@odata.count': items.length } : {}),
    ...(last ? { '@odata.nextLink': linkWith(call, '$skiptoken', writePlace(last)) } : {}),
    value: items.slice(start, end).map(show),
  })
}

/** Reads `$top`; the refusal when it is out of range. Without `$top`, a page has 100 objects, or `maxTop` when given. */
export function readTop(call: GraphCall, maxTop?: number): number | Response {
  const text = call.options.get('$top')
  const max = maxTop ?? MAX_TOP
  if (text === undefined) return maxTop ?? DEFAULT_TOP
  const top = Number(text)
  if (Number.isInteger(top) && top >= 1 && top <= max) return top
  return badRequest(
    `Invalid page size specified: '${text}'. Must be between 1 and ${max} inclusive.`,
    'Request_UnsupportedQuery',
  )
}

/** The address of this request with one query option changed, as Graph writes it. */
function linkWith(call: GraphCall, name: string, value: string): string {
  const next = new URL(call.url)
  next.searchParams.set(name, value)
  next.search = next.search.replaceAll('%24', '$')
  return next.href
}

/** The answer of `/$count`: a number as text, or the refusal without ConsistencyLevel. */
export function countOfList(call: GraphCall, items: readonly unknown[]): Response {
  if (!call.eventual) return badRequest('$count is not currently supported.')
  return new Response(String(items.length), { headers: { 'content-type': 'text/plain' } })
}

type Source<T extends { id: string }> = {
  items: readonly T[]
  /** Given when `items` are all of its objects: ids in a filter are then looked up instead of searched. */
  registry: Registry<T> | null
  /** Members and memberships: Graph treats $filter, $search and $orderby there as advanced queries. */
  reference?: boolean
  /** A log: it is filtered and sorted at the same time without an advanced query. */
  isLog?: boolean
}

const MAX_KEPT_RESULTS = 20 // kept for each list, because the pages of a query are requested one after another

const resultsOf = new WeakMap<object, Map<string, unknown>>()

/** The objects of a list that match $filter and $search, ordered by $orderby. The result is kept for the next pages. */
export function queryObjects<T extends { id: string }>(
  call: GraphCall,
  kind: Kind<T>,
  { items, registry, reference = false, isLog = false }: Source<T>,
): readonly T[] | Response {
  const refused = refuseQuery(call, { reference, isLog }) ?? refuseSingleOnly(call, kind)
  if (refused) return refused
  const [filterText, searchText, orderText] = ['$filter', '$search', '$orderby'].map((one) => call.options.get(one))
  if (!filterText && !searchText && !orderText) return items
  const filter = filterText ? filterOf(call, kind, filterText) : null
  if (filter instanceof Response) return filter
  const search = searchText ? searchOf(kind, searchText) : null
  if (searchText && !search) return badRequest(`Syntax error: the search clause ${searchText} is invalid.`)
  const sorter = orderText ? sorterOf(kind, orderText) : null
  if (orderText && !sorter) return unsupported(`Unsupported sort property '${orderText}' for '${kind.name}'.`)
  if (filter?.ids && registry && !search && !sorter)
    return [...new Set(filter.ids)].flatMap((id) => registry.get(id) ?? [])
  const kept = resultsOf.get(items) ?? new Map<string, unknown>()
  resultsOf.set(items, kept)
  const key = JSON.stringify([kind.name, filterText, searchText, orderText])
  const known = kept.get(key)
  if (known) return known as readonly T[]
  if (kept.size >= MAX_KEPT_RESULTS) kept.clear()
  const chosen = items.filter((item) => (!filter || filter.test(item)) && (!search || search(item)))
  if (sorter) chosen.sort(sorter)
  kept.set(key, chosen)
  return chosen
}

const MAX_URL_LENGTH = 2_048 // Graph's limit on the whole address of an advanced query; not in a $batch

/** The refusal of query options that Graph does not allow together or without an advanced query; null when all is allowed. `$count=true` without the header is ignored, as documented in concepts/aad-advanced-queries.md. */
function refuseQuery(call: GraphCall, { reference, isLog }: { reference: boolean; isLog: boolean }): Response | null {
  const { options } = call
  if (options.has('$skip')) return badRequest("'$skip' is not supported by the service.")
  if (options.has('$search') && !call.eventual)
    return unsupported(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    )
  const refined = ['$filter', '$search', '$orderby'].filter((one) => options.has(one))
  if (reference && refined.length > 0 && !call.advanced)
    return unsupported('The specified filter to the reference property query is currently not supported.')
  if (options.has('$orderby') && refined.length > 1 && !call.advanced && !isLog)
    return unsupported('Sorting not supported for current query.')
  if (refined.length > 0 && call.advanced && !call.inBatch && call.request.url.length > MAX_URL_LENGTH)
    return unsupported('The request URL is too long.')
  return null
}

const unsupported = (message: string) => badRequest(message, 'Request_UnsupportedQuery')

const MAX_ALTERNATIVES = 15 // in one filter, unless it is an advanced query

/** Parses a $filter; the refusal when it cannot be read or needs an advanced query. */
function filterOf<T extends { id: string }>(call: GraphCall, kind: Kind<T>, text: string): Filter<T> | Response {
  try {
    const filter = readFilter<T>(text, { type: kind.name, find: (name) => fieldOf(kind, name) })
    if (filter.alternatives > MAX_ALTERNATIVES && !call.advanced)
      return unsupported(
        `Too many child clauses specified in search filter expression containing 'OR' operators: ${filter.alternatives}. Max allowed: ${MAX_ALTERNATIVES}.`,
      )
    if (filter.needsAdvanced && !call.advanced)
      return unsupported(
        `Operator '${filter.needsAdvanced}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information`,
      )
    return filter
  } catch (error) {
    if (error instanceof BadFilter) return badRequest(error.message, error.code)
    throw error
  }
}

/** A property as a filter may use it; null when the type has none of that name. */
export function fieldOf<T extends { id: string }>(kind: Kind<T>, name: string): Field<T> | null {
  const spelled = spellProperty(kind, name) ?? ''
  const read = kind.properties[spelled]
  if (!read) return null
  const rule = ruleOf(kind.name, spelled)
  return {
    read,
    isList: rule?.list ?? false,
    operators: rule ? new Set(rule.filter) : null,
    isAdvanced: rule?.advanced ?? false,
  }
}

/** The refusal of a property that Graph only shows of one object. Source of the error: concepts/delta-query-overview.md, where `skills` is asked for. */
export function refuseSingleOnly<T extends { id: string }>(call: GraphCall, kind: Kind<T>): Response | null {
  const names = (selectedNames(call) ?? []).flatMap((name) => spellProperty(kind, name) ?? [])
  if (findSingleOnly(kind.name, names) === undefined) return null
  return graphError(501, 'NotImplemented', 'This operation target is not yet supported.')
}

/** Parses a $search of `"displayName:x"`, joined by AND or OR, which finds words by their beginning; null when it is something else. */
function searchOf<T extends { id: string }>(kind: Kind<T>, text: string): ((item: T) => boolean) | null {
  const isAnyOf = /"\s+OR\s+"/.test(text)
  const tests: ((item: T) => boolean)[] = []
  for (const part of text.split(/\s+(?:OR|AND)\s+/)) {
    const [, name = '', words = ''] = /^"(\w+):(.*)"$/.exec(part.trim()) ?? []
    const read = kind.properties[spellProperty(kind, name) ?? '']
    if (!read) return null
    const wanted = words.toLowerCase()
    tests.push((item) => ` ${String(read(item) ?? '').toLowerCase()}`.includes(` ${wanted}`))
  }
  return (item) => (isAnyOf ? tests.some((test) => test(item)) : tests.every((test) => test(item)))
}

const ORDERED_BY = new Set([
  'displayname',
  'userprincipalname',
  'createddatetime',
  'deleteddatetime',
  'activitydatetime',
  'id',
])

/** Parses an $orderby of one property; null when Graph does not sort by it. */
function sorterOf<T extends { id: string }>(kind: Kind<T>, text: string): ((a: T, b: T) => number) | null {
  const [name = '', direction = 'asc'] = text.trim().toLowerCase().split(/\s+/)
  const read = ORDERED_BY.has(name) ? kind.properties[spellProperty(kind, name) ?? ''] : undefined
  if (!read || !/^(asc|desc)$/.test(direction)) return null
  const sign = direction === 'desc' ? -1 : 1
  const keyOf = (item: T) => String(read(item) ?? '').toLowerCase()
  return (a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)]
    return left === right ? 0 : left < right ? -sign : sign
  }
}
