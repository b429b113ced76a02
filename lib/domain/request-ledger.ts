/** Requests of one shape that a run made: their address with placeholders, how they were answered, and what came back. */
export type RequestsMade = {
  method: string
  host: string
  /** Without ids and names: `/subscriptions/{id}/providers/…`. */
  path: string
  apiVersion: string | null
  /** What was asked for, such as `$filter=…`, with values as placeholders; empty for nothing. */
  query: string
  /** Whether it was a question inside one call of Graph's `$batch`. */
  batched: boolean
  /** Times that it was sent, repeats too; those of them that asked for a further page of a list. */
  requests: number
  furtherPages: number
  /** How often each status was the answer; `none` where there was no usable one. */
  statuses: Record<string, number>
  /** Rows in all lists that came back. */
  rows: number
}

/** What a run asked Microsoft for, and when the readings of the directory began that it used, its own or another run's. */
export type RunRequests = { made: RequestsMade[]; directoryReadAt: string[] }

type Request = { method?: string; url: URL; batched?: boolean }

/** More shapes than any run has had. What is beyond is counted together, so that a ledger stays short. */
const MOST_SHAPES = 300

/** Counts the requests of a run by their shape. Nothing of an address is kept that names anybody or lets anybody in. */
export class RequestLedger {
  private readonly made = new Map<string, RequestsMade>()

  /** Counts an answer, or that there was none. */
  count(request: Request, status: number | null): void {
    const entry = this.entryOf(request)
    const word = status === null ? 'none' : String(status)
    entry.requests += 1
    entry.statuses[word] = (entry.statuses[word] ?? 0) + 1
    if (isFurtherPage(request.url)) entry.furtherPages += 1
  }

  /** Counts the rows of an answer that was counted before. */
  countRows(request: Request, rows: number): void {
    this.entryOf(request).rows += rows
  }

  /** All that was counted, in the order of the first request of each shape. */
  list(): RequestsMade[] {
    return [...this.made.values()]
  }

  private entryOf({ method = 'GET', url, batched = false }: Request): RequestsMade {
    const full = this.made.size >= MOST_SHAPES
    const shape = {
      method: method.toUpperCase(),
      host: url.host,
      path: pathShape(url),
      apiVersion: url.searchParams.get('api-version'),
      query: queryShape(url),
      batched,
    }
    const name = JSON.stringify(shape)
    const known = this.made.get(name) ?? (full ? this.made.get(REST) : undefined)
    if (known) return known
    const entry = {
      ...(full ? { ...shape, path: 'any other', query: '', apiVersion: null } : shape),
      ...{ requests: 0, furtherPages: 0, statuses: {}, rows: 0 },
    }
    this.made.set(full ? REST : name, entry)
    return entry
  }
}

const REST = 'rest'

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
/** Collections of Resource Manager whose members go by a name that people have given. */
const NAMED_BY_PEOPLE = /^(managementGroups|resourceGroups|subscriptions)$/i

/** The path of an address without ids, and without names that people have given. */
function pathShape({ pathname }: URL): string {
  const segments = pathname.split('/').filter(Boolean).map(decode)
  const shown = segments.map((segment, at) => {
    const without = segment.replace(GUID, '{id}').replace(/'[^']*'/g, "'{value}'")
    if (without !== segment) return without
    return segment.includes('@') || NAMED_BY_PEOPLE.test(segments[at - 1] ?? '') ? '{name}' : segment
  })
  return `/${shown.join('/')}`
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (error) {
    if (error instanceof URIError) return segment
    throw error
  }
}

/** The parameters that say what is asked for. All others may hold tokens, and are left out. */
const ASKED = ['$filter', '$search', '$select', '$expand', '$orderby', '$count', '$top']
const DELTA_TOKEN = '$deltatoken'

function queryShape({ searchParams }: URL): string {
  const asked = ASKED.flatMap((name) => {
    const value = searchParams.get(name)
    return value === null ? [] : [`${name}=${valueShape(value)}`]
  })
  const isDelta = [...searchParams.keys()].some((name) => name.toLowerCase() === DELTA_TOKEN)
  return [...asked, ...(isDelta ? [`${DELTA_TOKEN}={token}`] : [])].join('&')
}

/** A filter without the values in it; a list of values is written as one. */
const valueShape = (value: string): string =>
  value
    .replace(/'(?:[^']|'')*'/g, "'{value}'")
    .replace(/"[^"]*"/g, '"{value}"')
    .replace(GUID, '{id}')
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z?/g, '{time}')
    .replace(/\('\{value\}'(?:, ?'\{value\}')+\)/g, "('{value}', …)")

const isFurtherPage = ({ searchParams }: URL): boolean =>
  [...searchParams.keys()].some((name) => /^\$?skiptoken$/i.test(name))
