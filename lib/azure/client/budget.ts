import { z } from 'zod'
import type { RequestBudget } from '@/lib/domain/vocabulary'
import { cloud } from './cloud'
import type { Patience } from './retry'

/**
 * What a request is counted for: at which of Microsoft's limits, in which subscription (null for what belongs to the
 * tenant), and how much. Resource Manager counts requests, Graph its resource units.
 */
export type Charge = { budget: RequestBudget; subscriptionId: string | null; units: number }

/** What all workers together may ask of Microsoft on behalf of one account. */
export type Budget = {
  /**
   * Waits until the charge may be sent. Throws `throttled` when Microsoft has asked somebody for a longer pause than
   * patience allows, and what the signal was aborted with.
   */
  spend(charge: Charge, options: { patience: Patience; signal?: AbortSignal }): Promise<void>
  /** Holds back everybody who draws from a budget for so many milliseconds. */
  pause(of: Omit<Charge, 'units'>, ms: number): Promise<void>
}

/** What a request is counted for; null for those of the login, which have no budget. */
export function chargeOf(url: URL, { method = 'GET', body }: RequestInit): Charge | null {
  const { arm, graph } = cloud()
  if (url.origin === graph) return { budget: 'graph', subscriptionId: null, units: unitsOf(url, body) }
  if (url.origin !== arm) return null
  const budget = method.toUpperCase() === 'GET' ? 'arm_reads' : 'arm_writes'
  return { budget, subscriptionId: subscriptionIn(url), units: 1 }
}

/** The subscription whose limits a request of Resource Manager is counted at. The SDK may double the slash before it. */
const subscriptionIn = ({ pathname }: URL): string | null =>
  /^\/+subscriptions\/([^/]+)/i.exec(pathname)?.[1]?.toLowerCase() ?? null

const Batch = z.object({ requests: z.array(z.object({ url: z.string() })) })

/** The resource units of a request to Graph. Every question of a batch is counted by itself (Graph: throttling, batching). */
function unitsOf(url: URL, body: RequestInit['body']): number {
  if (!url.pathname.endsWith('/$batch')) return unitsOfQuestion(url)
  const { requests } = Batch.parse(JSON.parse(String(body)))
  return requests.reduce((sum, question) => sum + unitsOfQuestion(new URL(`${cloud().graph}${question.url}`)), 0)
}

/** Graph's table of costs, as far as we ask these lists; everything else costs one (Graph: throttling-limits). */
const COSTS: [RegExp, number][] = [
  [/^\/groups\/[^/]+\/transitiveMembers\b/i, 5],
  [/^\/groups\/[^/]+\/members\b/i, 3],
  [/^\/directoryObjects\/getByIds$/i, 3],
  [/^\/\w+\/[^/]+\/(transitiveMemberOf|memberOf)\b/i, 2],
  [/^\/users(\/microsoft\.graph\.\w+)?$/i, 2],
]

/** A page of fewer rows than this costs one unit less. */
const SMALL_PAGE = 20

function unitsOfQuestion({ pathname, searchParams }: URL): number {
  const path = pathname.replace(/^\/v1\.0(?=\/)/, '')
  const base = COSTS.find(([pattern]) => pattern.test(path))?.[1] ?? 1
  const top = searchParams.get('$top')
  const less = (searchParams.has('$select') ? 1 : 0) + (top !== null && Number(top) < SMALL_PAGE ? 1 : 0)
  return Math.max(1, base - less + (searchParams.has('$expand') ? 1 : 0))
}

/** The header in which Graph says whose limit is used up, as `scope/limit/application/tenant` (Graph: throttling). */
export const THROTTLE_SCOPE = 'x-ms-throttle-scope'

/** What a refusal with 429 says: the wait, Microsoft's code, and {@link THROTTLE_SCOPE}. */
type Throttled = { askedMs: number | null; code?: string; scope: string | null }

/** A longer wait is shared only when Microsoft says what it is for. Its windows of throttling are ten seconds. */
const LONGEST_UNEXPLAINED_MS = 60_000

/**
 * For how many milliseconds a refusal with 429 holds back everybody who draws from the same budget; null when it does not:
 * it named no wait, or so long a one that it may be about that one address, without which the others can go on.
 */
export function pauseToShare(refusal: Throttled): number | null {
  const { askedMs } = refusal
  return askedMs === null || askedMs <= LONGEST_UNEXPLAINED_MS || isOfWholeBudget(refusal) ? askedMs : null
}

/**
 * Whether Microsoft says that the limit of an application is used up ({@link THROTTLE_SCOPE}), or that of a
 * subscription or tenant (Resource Manager: request-limits-and-throttling).
 */
const isOfWholeBudget = ({ code, scope }: Throttled): boolean =>
  /^(Tenant_)?Application\//i.test(scope ?? '') || /^(Subscription|Tenant)RequestsThrottled$/.test(code ?? '')
