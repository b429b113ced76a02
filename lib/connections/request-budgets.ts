import { sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { readDatabaseNow } from '@/db/queries/clock'
import { requestBudgets } from '@/db/schema/limits'
import type { Budget, Charge } from '@/lib/azure/client/budget'
import { AzureError } from '@/lib/azure/client/errors'
import type { RequestBudget } from '@/lib/domain/vocabulary'
import { log } from '@/lib/log'

/** A limit as Microsoft documents it, a bucket that fills again; and how much of it a process takes ahead at a time. */
export type RequestLimit = Bucket & {
  portion: number
  /** The buckets of tenants with at least so many users, the largest first. */
  larger?: (Bucket & { users: number })[]
}

type Bucket = { bucket: number; perSecond: number }

/**
 * Resource Manager: for each principal in a subscription, or in a tenant (request-limits-and-throttling, since 2024). Graph:
 * resource units of an application in a tenant, in ten seconds, by how many users the tenant has (throttling-limits). It has at least
 * those who are stored. A portion is what one sync uses at most.
 */
const LIMITS: Record<RequestBudget, RequestLimit> = {
  arm_reads: { bucket: 250, perSecond: 25, portion: 10 },
  arm_writes: { bucket: 200, perSecond: 10, portion: 5 },
  graph: {
    ...{ bucket: 3500, perSecond: 350, portion: 140 },
    larger: [
      { users: 501, bucket: 8000, perSecond: 800 },
      { users: 50, bucket: 5000, perSecond: 500 },
    ],
  },
}

/** Of each limit; the rest is for other programs that use the same account, and for people who do not wait. */
const SHARE = 0.8

/** How long a process keeps what it has taken. What is left of it then was not sent, and has filled again meanwhile. */
const KEPT_SECONDS = 5

/** The longest that all wait for one answer; then somebody asks again. One that makes no sense must not stop everything. */
const LONGEST_PAUSE_MS = 10 * 60_000

/**
 * The bucket that is kept here. What was taken may be sent up to {@link KEPT_SECONDS} later, when as much may be taken
 * again, so that the bucket is smaller by what fills in that time: at no moment is more sent than Microsoft's would give.
 */
const ownBucket = ({ bucket, perSecond }: Bucket, keptSeconds: number) => ({
  size: (bucket - perSecond * keptSeconds) * SHARE,
  perSecond: perSecond * SHARE,
})

/** Whose requests Microsoft counts together. A person has an object ID, an application its client ID. */
export type BudgetReader = {
  organisationId: string
  tenantId: string
  /** The principal, which Resource Manager counts by, and the client ID of the application that asks Graph. */
  principal: string
  application: string
}

type Key = { organisationId: string; budget: RequestBudget; place: string; reader: string }

/** What this process has taken of one budget and may still spend. All times are in milliseconds by {@link Options.now}. */
type Reserve = {
  left: number
  /** From when on it may be spent, and until when. */
  from: number
  until: number
  /** How large the bucket is, as it was found out at a time; null before that. */
  sized: { bucket: Bucket; at: number } | null
  /** How many pauses there were. Whoever has waited through the beginning of one asks again. */
  pauses: number
  /** The last one in the queue of those that draw from it. */
  turn: Promise<unknown>
}

type Options = {
  limits?: Record<RequestBudget, RequestLimit>
  keptSeconds?: number
  /** A clock that never goes back, in milliseconds. What is shared is counted by the clock of the database. */
  now?: () => number
}

/** How long it counts how large a tenant was. */
const SIZED_MS = 10 * 60_000

/** More reserves than this are looked through for those that are empty. */
const MANY_RESERVES = 1000

/**
 * Microsoft's limits as all workers on one database share them. Each process takes a portion ahead and spends it by itself,
 * so that a sync costs a statement or two for each limit. A portion that is not there yet is promised: the statement says
 * when it will be, and whoever comes later waits behind it.
 *
 * Nobody waits longer than patience for a budget that is used up: the request is then sent all the same, and those after it
 * wait for it to be made up. A pause that Microsoft asked for is kept by everybody. When the database does not answer, the
 * log says so and requests go out as if there were no budget; each still keeps the wait that it is asked for itself.
 */
export function createRequestBudgets({
  limits = LIMITS,
  keptSeconds = KEPT_SECONDS,
  now = () => performance.now(),
}: Options = {}) {
  const reserves = new Map<string, Reserve>()

  function reserveOf(key: Key): Reserve {
    const name = Object.values(key).join('/')
    const found = reserves.get(name)
    if (found) return found
    if (reserves.size >= MANY_RESERVES) {
      for (const [other, { until }] of reserves) if (until < now()) reserves.delete(other)
    }
    const reserve: Reserve = { left: 0, from: 0, until: 0, sized: null, pauses: 0, turn: Promise.resolve() }
    reserves.set(name, reserve)
    return reserve
  }

  /** Takes units out of the reserve, filling it first when they are not in it. Gives when they may be sent. */
  async function draw(key: Key, reserve: Reserve, units: number): Promise<{ at: number; isPaused: boolean }> {
    if (reserve.until <= now()) reserve.left = 0
    if (reserve.left < units) {
      const limit = limits[key.budget]
      const asked = Math.max(units - reserve.left, limit.portion)
      const taken = await takeAhead(key, ownBucket(await sizeOf(key, reserve), keptSeconds), asked)
      if (taken && taken.pausedMs > 0) return { at: now() + taken.pausedMs, isPaused: true }
      // A database that did not answer is not asked again with every request.
      reserve.left = taken ? reserve.left + asked : Number.POSITIVE_INFINITY
      reserve.from = now() + (taken?.waitMs ?? 0)
      reserve.until = reserve.from + keptSeconds * 1000
    }
    reserve.left -= units
    return { at: reserve.from, isPaused: false }
  }

  /** The bucket of a limit, which for some depends on the size of the tenant. That is looked at again every ten minutes. */
  async function sizeOf(key: Key, reserve: Reserve): Promise<Bucket> {
    const { larger, ...limit } = limits[key.budget]
    if (!larger) return limit
    if (!reserve.sized || now() - reserve.sized.at > SIZED_MS) {
      const users = await countKnownUsers(key, larger[0]?.users ?? 0)
      reserve.sized = { bucket: larger.find((one) => users >= one.users) ?? limit, at: now() }
    }
    return reserve.sized.bucket
  }

  async function spend(key: Key, units: number, { patience, signal }: Parameters<Budget['spend']>[1]): Promise<void> {
    const reserve = reserveOf(key)
    for (let paused = 0; ; ) {
      const turn = reserve.turn.then(() => draw(key, reserve, units))
      reserve.turn = turn.catch(() => {})
      const { at, isPaused } = await turn
      const { pauses } = reserve
      const wait = at - now()
      // Like a refusal of its own: each is waited for if it is not too long, and not more of them than there are tries.
      if (isPaused && (wait > patience.longestWaitMs || ++paused > patience.tries)) {
        const details = { status: 429, retryAfterMs: Math.ceil(wait) }
        throw new AzureError('throttled', 'Another request was asked to wait.', details)
      }
      if (wait > 0) await patience.wait(Math.min(Math.ceil(wait), patience.longestWaitMs), signal)
      signal?.throwIfAborted()
      if (!isPaused && reserve.pauses === pauses) return
    }
  }

  async function pause(key: Key, askedMs: number): Promise<void> {
    const ms = Math.min(askedMs, LONGEST_PAUSE_MS)
    const reserve = reserveOf(key)
    reserve.left = 0
    reserve.pauses += 1
    await writePause(key, ms)
  }

  return {
    /** The budgets that an account spends. */
    budgetOf({ organisationId, tenantId, principal, application }: BudgetReader): Budget {
      const keyOf = ({ budget, subscriptionId }: Omit<Charge, 'units'>): Key => ({
        organisationId,
        budget,
        place: subscriptionId ?? tenantId,
        reader: budget === 'graph' ? application : principal,
      })
      return {
        spend: (charge, options) => spend(keyOf(charge), charge.units, options),
        pause: (of, ms) => pause(keyOf(of), ms),
      }
    },
  }
}

/** Those of this process. */
export const { budgetOf } = createRequestBudgets()

/** The moment of an upsert, from the row that it would insert: where rows are spread over machines, none of them may ask its own clock. */
const NOW = sql`excluded.counted_at`

type Taken = { waitMs: number; pausedMs: number }

/**
 * Takes a portion, also one that is not there yet. Gives in how many milliseconds it will be, or how long a pause lasts, in
 * which nothing is taken. Null when the database does not answer.
 */
async function takeAhead(key: Key, own: ReturnType<typeof ownBucket>, asked: number): Promise<Taken | null> {
  const { size, perSecond } = own
  const { available, countedAt, pausedUntil } = requestBudgets
  // The time of a statement that waited for another is older than that one's, which must not take back what has filled.
  const filled = sql`least(${size}::float8, ${available}
    + ${perSecond}::float8 * greatest(0, extract(epoch from ${NOW} - ${countedAt})::float8))`
  // The clock of the database was set back: what was written by the earlier one would hold for as long.
  const isAhead = sql`${countedAt} - ${NOW} > interval '1 second'`
  const isPaused = sql`(coalesce(${pausedUntil} > ${NOW}, false) and not ${isAhead})`
  try {
    const db = await getDb(key)
    const [taken] = await db
      .insert(requestBudgets)
      .values({ ...key, available: size - asked, countedAt: sql`now()` })
      .onConflictDoUpdate({
        target: [requestBudgets.organisationId, requestBudgets.budget, requestBudgets.place, requestBudgets.reader],
        set: {
          available: sql`case when ${isPaused} then ${available} else ${filled} - ${asked}::float8 end`,
          countedAt: sql`case when ${isPaused} then ${countedAt} when ${isAhead} then ${NOW} else greatest(${countedAt}, ${NOW}) end`,
          pausedUntil: sql`case when ${isPaused} then ${pausedUntil} end`,
        },
      })
      .returning({ available, pausedUntil })
    if (!taken) throw new Error('The budget has no row.')
    const pausedMs = taken.pausedUntil ? taken.pausedUntil.getTime() - (await readDatabaseNow(db)).getTime() : 0
    return { waitMs: Math.max(0, (-taken.available / perSecond) * 1000), pausedMs: Math.max(0, pausedMs) }
  } catch (error) {
    log().warn({ event: 'request_budget_unavailable', budget: key.budget, error })
    return null
  }
}

/** How many users of a tenant are stored, up to a number; none when the database does not answer. */
async function countKnownUsers({ organisationId, place }: Key, most: number): Promise<number> {
  try {
    const db = await getDb({ organisationId })
    const { rows } = await db.execute<{ users: number }>(sql`
      select count(*)::int as users from (select from principals
        where organisation_id = ${organisationId} and tenant_id = ${place} and kind = 'user' limit ${most}) as known`)
    return rows[0]?.users ?? 0
  } catch (error) {
    log().warn({ event: 'request_budget_unavailable', budget: 'graph', error })
    return 0
  }
}

/** Writes down a pause, unless a longer one is. Microsoft's bucket is empty, so ours is too. */
async function writePause(key: Key, ms: number): Promise<void> {
  const { available, countedAt, pausedUntil } = requestBudgets
  try {
    const db = await getDb(key)
    await db
      .insert(requestBudgets)
      .values({
        ...key,
        available: 0,
        countedAt: sql`now()`,
        pausedUntil: sql`now() + make_interval(secs => ${ms / 1000})`,
      })
      .onConflictDoUpdate({
        target: [requestBudgets.organisationId, requestBudgets.budget, requestBudgets.place, requestBudgets.reader],
        set: {
          available: sql`least(${available}, 0)`,
          countedAt: sql`greatest(${countedAt}, ${NOW})`,
          pausedUntil: sql`greatest(${pausedUntil}, excluded.paused_until)`,
        },
      })
  } catch (error) {
    log().warn({ event: 'request_budget_unavailable', budget: key.budget, error })
  }
}
