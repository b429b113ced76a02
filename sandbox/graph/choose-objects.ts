import type { Registry } from '../world/registry'
import { BadFilter, type Filter, readFilter } from './filter'
import type { GraphCall } from './graph-call'
import { badRequest } from './graph-error'
import { type Kind, spell } from './kind'

const MAX_ALTERNATIVES = 15 // in one filter, unless it is an advanced query
const URL_LIMIT = 2_048 // Graph's limit on the whole address of an advanced query; not in a $batch
const KEPT = 20 // answers kept for one list: the pages of a query are asked for one after another
const ORDERED_BY = new Set(['displayname', 'userprincipalname', 'createddatetime', 'deleteddatetime', 'id'])

const keptOf = new WeakMap<object, Map<string, unknown>>()
const unsupported = (message: string) => badRequest(message, 'Request_UnsupportedQuery')
const byHeader = (option: string) =>
  `Request with ${option} query parameter only works through MSGraph aggregator with a special request header: 'ConsistencyLevel: eventual'`

function filterOf<T extends { id: string }>(call: GraphCall, kind: Kind<T>, text: string): Filter<T> | Response {
  try {
    const filter = readFilter<T>(text, (name) => kind.properties[spell(kind, name) ?? ''] ?? null)
    if (filter.alternatives > MAX_ALTERNATIVES && !call.advanced)
      return unsupported(
        `Too many child clauses specified in search filter expression containing 'OR' operators: ${filter.alternatives}. Max allowed: ${MAX_ALTERNATIVES}.`,
      )
    if (filter.needsAdvanced && !call.advanced)
      return unsupported('Operator is not supported because the required parameters might be missing.')
    return filter
  } catch (error) {
    if (error instanceof BadFilter) return unsupported(error.message)
    throw error
  }
}

/** `"displayName:x"`, several joined by AND or OR. Words are met at their beginning. */
function searchOf<T extends { id: string }>(kind: Kind<T>, text: string): ((item: T) => boolean) | null {
  const either = /"\s+OR\s+"/.test(text)
  const tests: ((item: T) => boolean)[] = []
  for (const part of text.split(/\s+(?:OR|AND)\s+/)) {
    const [, name = '', words = ''] = /^"(\w+):(.*)"$/.exec(part.trim()) ?? []
    const read = kind.properties[spell(kind, name) ?? '']
    if (!read) return null
    const wanted = words.toLowerCase()
    tests.push((item) => ` ${String(read(item) ?? '').toLowerCase()}`.includes(` ${wanted}`))
  }
  return (item) => (either ? tests.some((test) => test(item)) : tests.every((test) => test(item)))
}

function sorterOf<T extends { id: string }>(kind: Kind<T>, text: string): ((a: T, b: T) => number) | null {
  const [name = '', direction = 'asc'] = text.trim().toLowerCase().split(/\s+/)
  const read = ORDERED_BY.has(name) ? kind.properties[spell(kind, name) ?? ''] : undefined
  if (!read || !/^(asc|desc)$/.test(direction)) return null
  const sign = direction === 'desc' ? -1 : 1
  const keyOf = (item: T) => String(read(item) ?? '').toLowerCase()
  return (a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)]
    return left === right ? 0 : left < right ? -sign : sign
  }
}

function refusal(call: GraphCall, castOnly: boolean): Response | null {
  const { options } = call
  if (options.has('$skip')) return badRequest("'$skip' is not supported by the service.")
  if (options.has('$search') && !call.eventual) return unsupported(byHeader('$search'))
  if (options.get('$count') === 'true' && !call.eventual) return badRequest(byHeader('$count'))
  const refined = ['$filter', '$search', '$orderby'].filter((one) => options.has(one))
  if (castOnly && refined.length > 0 && !call.advanced)
    return unsupported('The specified filter to the reference property query is currently not supported.')
  if (options.has('$orderby') && refined.length > 1 && !call.advanced)
    return unsupported('Sorting not supported for current query.')
  if (refined.length > 0 && call.advanced && !call.inBatch && call.request.url.length > URL_LIMIT)
    return unsupported('The request URL is too long.')
  return null
}

type Source<T extends { id: string }> = {
  items: readonly T[]
  /** Given when `items` are all of it: ids are then looked up instead of searched. */
  registry: Registry<T> | null
  /** A list through a reference, whose $filter, $search and $orderby are advanced queries always. */
  reference?: boolean
}

/** The objects a request is about, by its $filter, $search and $orderby; kept with the list they are taken from. */
export function chooseObjects<T extends { id: string }>(
  call: GraphCall,
  kind: Kind<T>,
  { items, registry, reference = false }: Source<T>,
): readonly T[] | Response {
  const refused = refusal(call, reference)
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
  const kept = keptOf.get(items) ?? new Map<string, unknown>()
  keptOf.set(items, kept)
  const key = JSON.stringify([kind.name, filterText, searchText, orderText])
  const known = kept.get(key)
  if (known) return known as readonly T[]
  if (kept.size >= KEPT) kept.clear()
  const chosen = items.filter((item) => (!filter || filter.test(item)) && (!search || search(item)))
  if (sorter) chosen.sort(sorter)
  kept.set(key, chosen)
  return chosen
}
