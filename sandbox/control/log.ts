import { createHash } from 'node:crypto'
import { findService } from '../clouds'
import { readJwt } from '../entra/tokens'
import type { LogEntry, World } from '../world/world'
import type { Outcome } from './delivery'
import { ControlRefusal, decodePath } from './requests'

type AnsweredRequest = { startedAt: number; status: number; bytes: number; outcome: Outcome }

const LOG_LIMIT = 20_000 // entries kept; a full sync of the largest world is a few hundred

/** Adds a request to the world's log: one entry for each HTTP request, with the items of a batch inside it. */
export function writeLog(world: World, request: Request, { startedAt, status, bytes, outcome }: AnsweredRequest): void {
  const url = new URL(request.url)
  const authorization = request.headers.get('authorization')
  world.log.push({
    at: new Date(startedAt).toISOString(),
    method: request.method,
    host: url.hostname,
    path: decodePath(url),
    query: redactQuery(url),
    headers: redactHeaders(request.headers),
    status,
    bytes,
    ms: Date.now() - startedAt,
    tenantId: tenantOfRequest(world, request),
    authorization: authorization ? createHash('sha256').update(authorization).digest('hex') : null,
    fault: outcome.fault,
    ...(outcome.items.length > 0 ? { batch: outcome.items } : {}),
  })
  if (world.log.length > LOG_LIMIT) world.log.splice(0, world.log.length - LOG_LIMIT)
}

/** Filters the log by tenant, by host and by time. Throws ControlRefusal for a `since` that is not a time. */
export function showLog(world: World, query: URLSearchParams): LogEntry[] {
  const tenantId = query.get('tenantId')?.toLowerCase()
  const host = query.get('host')?.toLowerCase()
  const since = query.has('since') ? Date.parse(query.get('since') ?? '') : Number.NEGATIVE_INFINITY
  if (Number.isNaN(since)) throw new ControlRefusal('since is a time like 2026-01-31T12:00:00Z.')
  return world.log.filter(
    (entry) =>
      (!tenantId || entry.tenantId === tenantId) && (!host || entry.host === host) && Date.parse(entry.at) >= since,
  )
}

/** The query of an address; codes, tokens and secrets are replaced by their hash. The last one of a repeated name counts. */
function redactQuery(url: URL): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [name, value] of url.searchParams) {
    const isSecret = (SECRET_PARAMETER.test(name) && !NOT_SECRET.test(name)) || JWT.test(value)
    query[name] = isSecret ? hashSecret(value) : value
  }
  return query
}

/** The headers; tokens, cookies and secrets are replaced by their hash, and the referer loses its query. */
function redactHeaders(headers: Headers): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [name, value] of headers) {
    if (SECRET_HEADER.test(name) || JWT.test(value)) shown[name] = hashSecret(value)
    else shown[name] = name === 'referer' ? (value.split('?')[0] ?? '') : value
  }
  return shown
}

const SECRET_HEADER = /authorization|cookie|secret|token|assertion|password|api-?key/i
const SECRET_PARAMETER = /^(code|device_code|user_code|otc|code_verifier|password|.*(token|secret|assertion).*)$/i
// Skip and delta tokens only mark a place in a list.
const NOT_SECRET = /^\$?(skip|delta)token$/i
const JWT = /eyJ[\w-]+\.[\w-]+/

const hashSecret = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

/** The tenant that a request concerns: that of the login address, of the token, or of the subscription in the address. */
export function tenantOfRequest(world: World, request: Request): string | null {
  const url = new URL(request.url)
  if (findService(url.hostname)?.service === 'login')
    return world.findTenant(url.pathname.split('/')[1] ?? '')?.id ?? null
  const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const claims = token ? readJwt(world, token) : null
  if (claims) return String(claims.tid)
  const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(url.pathname)?.[1]
  return subscriptionId ? (world.findSubscription(subscriptionId)?.tenant.id ?? null) : null
}
