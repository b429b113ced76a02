import type { Tenant, Throttling } from '../world/types'
import type { World } from '../world/world'
import { armError } from './protocol'

/** Microsoft's figures since 2024, per subscription (or tenant) and principal. Source: request-limits-and-throttling. */
const LIMITS = { reads: { bucket: 250, refillPerSecond: 25 }, writes: { bucket: 200, refillPerSecond: 10 } }
const GLOBAL_FACTOR = 15 // the bucket that all principals of a subscription share is this much larger

type CountedRequest = { world: World; tenant: Tenant; subscriptionId: string | null; actor: string; isReading: boolean }

/** Counts a request in its buckets. Returns the 429 when one is empty, and in any case the headers with what is left. */
export function throttle({ world, tenant, subscriptionId, actor, isReading }: CountedRequest): {
  refusal: Response | null
  headers: Record<string, string>
} {
  const kind = isReading ? 'reads' : 'writes'
  const place = subscriptionId === null ? 'tenant' : 'subscription'
  const settings = tenant.throttling.arm
  const limit: Limit = typeof settings === 'object' ? settings : LIMITS[kind]
  const global: Limit = {
    bucket: limit.bucket * GLOBAL_FACTOR,
    refillPerSecond: limit.refillPerSecond * GLOBAL_FACTOR,
  }
  const headersFor = (left: number, globalLeft: number): Record<string, string> => ({
    [`x-ms-ratelimit-remaining-${place}-${kind}`]: String(Math.floor(left)),
    ...(subscriptionId === null
      ? {}
      : { [`x-ms-ratelimit-remaining-subscription-global-${kind}`]: String(Math.floor(globalLeft)) }),
  })
  if (settings === false) return { refusal: null, headers: headersFor(limit.bucket - 1, global.bucket - 1) }
  const target = subscriptionId ?? tenant.id
  const own = bucketFor(tenant.throttling, `${target}/${actor}/${kind}`, limit, world.now())
  const shared = subscriptionId === null ? null : bucketFor(tenant.throttling, `${target}/${kind}`, global, world.now())
  const wait = takeToken(own, limit, world.now()) ?? (shared ? takeToken(shared, global, world.now()) : null)
  const headers = headersFor(own.tokens, shared?.tokens ?? 0)
  if (wait === null) return { refusal: null, headers }
  const refusal = armError(
    429,
    subscriptionId === null ? 'TenantRequestsThrottled' : 'SubscriptionRequestsThrottled',
    `Number of '${isReading ? 'read' : 'write'}' requests for ${place} '${target}' actor '${actor}' exceeded. Please try again after '${wait}' seconds.`,
    { 'retry-after': String(wait) },
  )
  return { refusal, headers }
}

type Limit = { bucket: number; refillPerSecond: number }
type Bucket = { tokens: number; filledAt: number; refusedUntil: number }

/** The buckets belong to a tenant's settings, so that new settings begin with full buckets. */
const bucketsOf = new WeakMap<Throttling, Map<string, Bucket>>()

function bucketFor(settings: Throttling, key: string, limit: Limit, now: number): Bucket {
  const buckets = bucketsOf.get(settings) ?? new Map<string, Bucket>()
  bucketsOf.set(settings, buckets)
  const bucket = buckets.get(key) ?? { tokens: limit.bucket, filledAt: now, refusedUntil: 0 }
  buckets.set(key, bucket)
  const seconds = Math.max(0, now - bucket.filledAt) / 1_000
  bucket.tokens = Math.min(limit.bucket, bucket.tokens + seconds * limit.refillPerSecond)
  bucket.filledAt = now
  return bucket
}

/** Takes a token: null when there was one, otherwise the seconds to wait. A request during the wait starts the wait again. */
function takeToken(bucket: Bucket, limit: Limit, now: number): number | null {
  if (now >= bucket.refusedUntil && bucket.tokens >= 1) {
    bucket.tokens--
    return null
  }
  const seconds = Math.max(1, Math.ceil(limit.bucket / limit.refillPerSecond))
  bucket.refusedUntil = now + seconds * 1_000
  return seconds
}
