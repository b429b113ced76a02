import type { Tenant, Throttling } from '../world/types'
import { type GraphCall, graphError } from './graph-call'

const WARN_ABOVE = 0.8 // share of the limit above which x-ms-throttle-limit-percentage is sent

/**
 * Takes a request's units from the application's bucket in the tenant, and counts a request for a log at its own limit. Returns the
 * 429 when there are too few, and the headers for the answer.
 */
export function throttle(
  call: GraphCall,
  path: string,
  cost: number,
): { refusal: Response | null; headers: Record<string, string> } {
  const headers: Record<string, string> = { 'x-ms-resource-unit': String(cost) }
  const limit = limitOf(call.tenant)
  if (!limit) return { refusal: null, headers }
  if (/^\/auditLogs\//i.test(path)) {
    const { seconds } = take(call, 'reports', REPORTS, 1)
    if (seconds !== null) return { refusal: tooMany(call, seconds), headers }
  }
  const { share, seconds } = take(call, 'units', limit, cost)
  if (share > WARN_ABOVE) headers['x-ms-throttle-limit-percentage'] = Math.min(share, 1.8).toFixed(2)
  return { refusal: seconds === null ? null : tooMany(call, seconds), headers }
}

/**
 * Takes from one of the application's buckets in the tenant: the share that is used then, and the seconds until there is enough again
 * when there is too little, in which case nothing is taken.
 */
function take(call: GraphCall, name: string, limit: Limit, cost: number): { share: number; seconds: number | null } {
  const buckets = bucketsOf.get(call.tenant.throttling) ?? new Map<string, Bucket>()
  bucketsOf.set(call.tenant.throttling, buckets)
  const key = `${call.clientId}/${call.tenant.id}/${name}`
  const now = call.world.now()
  const bucket = buckets.get(key) ?? { used: 0, at: now }
  buckets.set(key, bucket)
  const perSecond = limit.units / limit.windowSeconds
  bucket.used = Math.max(0, bucket.used - (Math.max(0, now - bucket.at) / 1_000) * perSecond)
  bucket.at = now
  const share = (bucket.used + cost) / limit.units
  if (share > 1) return { share, seconds: Math.max(1, Math.ceil((bucket.used + cost - limit.units) / perSecond)) }
  bucket.used += cost
  return { share, seconds: null }
}

type Limit = { units: number; windowSeconds: number }
type Bucket = { used: number; at: number }
/** The buckets belong to a tenant's settings, so that new settings begin with empty buckets. */
const bucketsOf = new WeakMap<Throttling, Map<string, Bucket>>()

const WINDOW_SECONDS = 10

/** Requests for logs, of an application in a tenant (concepts/throttling-limits.md: reports). */
const REPORTS: Limit = { units: 5, windowSeconds: 10 }

/** The units of an application in a tenant, by the size of the directory; null when throttling is off. Source: concepts/throttling-limits.md. */
function limitOf({ throttling, users }: Tenant): Limit | null {
  if (throttling.graph === false) return null
  if (throttling.graph !== true) return throttling.graph
  const units = users.size < 50 ? 3_500 : users.size <= 500 ? 5_000 : 8_000
  return { units, windowSeconds: WINDOW_SECONDS }
}

const CHEAP_TOP = 20 // a smaller $top costs one unit less

/** What a request costs in resource units: the cost of its address, less for $select and a small $top, more for $expand, at least 1. */
export function costOf(base: number, options: ReadonlyMap<string, string>): number {
  const top = options.get('$top')
  const less = (options.has('$select') ? 1 : 0) + (top !== undefined && Number(top) < CHEAP_TOP ? 1 : 0)
  return Math.max(1, base - less + (options.has('$expand') ? 1 : 0))
}

function tooMany(call: GraphCall, seconds: number): Response {
  const refusal = graphError(
    429,
    'TooManyRequests',
    'Please retry again later.',
    {
      'retry-after': String(seconds),
      'x-ms-throttle-scope': `Tenant_Application/ReadWrite/${call.clientId}/${call.tenant.id}`,
      'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
    },
    { code: '429', message: 'Please retry after', status: '429' },
  )
  return refusal
}
