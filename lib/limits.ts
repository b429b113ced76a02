import { createHmac } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { getDbOfEveryOrganisation } from '@/db/client'
import { limitCounts } from '@/db/schema/limits'
import { env } from './env'
import { networkOf } from './network'

const MINUTE = 60 // seconds
const FIVE_MINUTES = 5 * MINUTE

/** How many times as often everybody together may ask as one network: whoever has many addresses gets no more. */
const ALL_TO_ONE = 10

/** The first half of the sentence that whoever asks for more is told; the other half says when to try again. */
type Words = { said: string }

type Limit = Words & {
  most: () => number
  /** The window of time, from the first one that is counted. */
  seconds: number
}

/** Everything that is limited by how often it is asked for. `docs/operating.md` lists these and those below. */
export const LIMITS = {
  /** For a client's network. A whole office may share one address. */
  sign_in: {
    said: 'Too many sign-ins were begun from your network.',
    most: () => env().signInsPerMinute,
    seconds: MINUTE,
  },
  sign_in_all: {
    said: 'Too many sign-ins are being begun just now.',
    most: () => env().signInsPerMinute * ALL_TO_ONE,
    seconds: MINUTE,
  },
  /** For a client's network: returns from Microsoft, of sign-ins to the portal, of sign-ins that connect, and of approvals. */
  callback: {
    said: 'Too many sign-ins came back from Microsoft to your network.',
    most: () => env().signInsPerMinute,
    seconds: MINUTE,
  },
  callback_all: {
    said: 'Too many sign-ins are coming back from Microsoft just now.',
    most: () => env().signInsPerMinute * ALL_TO_ONE,
    seconds: MINUTE,
  },
  /** For a member: attempts to connect or reconnect, each of which looks up a tenant at Microsoft. */
  connect_attempt: { said: 'You began to connect too many times.', most: () => 30, seconds: FIVE_MINUTES },
  /** For a member: sign-ins to Microsoft for an attempt. */
  connect_sign_in: {
    said: 'You began too many sign-ins to Microsoft.',
    most: () => 30,
    seconds: FIVE_MINUTES,
  },
  /** For a member: checks of what an account may read, each of some six requests to Microsoft. */
  connect_check: { said: 'You asked for too many checks.', most: () => 60, seconds: FIVE_MINUTES },
  /** For a connection, whoever asks. */
  sync: { said: 'Too many syncs were asked for in this subscription.', most: () => 20, seconds: FIVE_MINUTES },
  /** For a member, in all subscriptions together. */
  sync_member: { said: 'You asked for too many syncs.', most: () => 100, seconds: FIVE_MINUTES },
  /** For a member. */
  export: { said: 'You asked for too many exports.', most: () => 30, seconds: FIVE_MINUTES },
  /** For a member: views that are saved, renamed, shared, unshared or deleted. Sharing is written to the audit log, which nobody can empty. */
  saved_view: { said: 'You changed saved views too many times.', most: () => 100, seconds: FIVE_MINUTES },
  /** For a feed. Readers ask every few minutes. */
  feed: { said: 'This feed was read too many times.', most: () => 60, seconds: FIVE_MINUTES },
  /** For a client's network: readings of feeds with a token that is not the feed's. Whoever has the right one is never refused by this. */
  feed_refused: {
    said: 'Too many feeds were asked for with wrong tokens from your network.',
    most: () => 30,
    seconds: MINUTE,
  },
  feed_refused_all: {
    said: 'Too many feeds are being asked for with wrong tokens just now.',
    most: () => 30 * ALL_TO_ONE,
    seconds: MINUTE,
  },
} satisfies Record<string, Limit>

export type LimitName = keyof typeof LIMITS

type Lease = Words & {
  /** How many at a time for one member, and for everybody together. */
  each: number
  all: number
  /** After so many seconds it counts no more, whatever became of it: a killed process gives nothing back. */
  seconds: number
}

/** Everything that is limited by how much of it is under way at a time (`lib/leases.ts`). */
export const LEASES = {
  /** Answers of *Ask* and the matrix of people by subscription. */
  question: { said: 'Too many questions are being answered just now.', each: 5, all: 20, seconds: MINUTE },
  /** An export is read as fast as the browser takes it, so one may be under way for long. */
  export_under_way: { said: 'Too many exports are under way just now.', each: 3, all: 12, seconds: FIVE_MINUTES },
} satisfies Record<string, Lease>

export type LeaseName = keyof typeof LEASES

const SAID = new Map<string, Words>(Object.entries({ ...LIMITS, ...LEASES }))

/** Says in two sentences what was asked for too often and when to try again. Null for a limit that does not exist. */
export function describeTooMany(name: string, seconds: number): string | null {
  const said = SAID.get(name)?.said
  return said ? `${said} Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.` : null
}

/** The seconds that an address says, or the longest window of all where it says none that could be. */
export function parseWait(seconds: unknown): number {
  const wait = Number(seconds)
  return Number.isInteger(wait) && wait >= 1 && wait <= FIVE_MINUTES ? wait : FIVE_MINUTES
}

/**
 * Something was asked for more often than its limit allows. The message is for whoever asked, and `retryAfterSeconds` says
 * when it is worth asking again. `lib/auth/refusals.ts` makes an answer of it.
 */
export class TooMany extends Error {
  override name = 'TooMany'
  constructor(
    readonly limit: LimitName | LeaseName,
    readonly retryAfterSeconds: number,
  ) {
    super(describeTooMany(limit, retryAfterSeconds) ?? limit)
  }
}

/** For a form, which shows the sentence beside what was typed. */
export function catchTooMany(error: unknown): TooMany {
  if (error instanceof TooMany) return error
  throw error
}

/**
 * Counts one more of what a limit is about, for whom it is counted: a member's or a connection's id, say. The count is
 * kept in the database, so that several processes share it, and all times are by the database's clock.
 *
 * Throws {@link TooMany} when there were too many in the window under way; a refused one is not counted, so that asking
 * in vain makes nobody wait longer. A database that cannot be asked throws its own error: nothing goes on uncounted.
 * Must not be called inside a transaction, which the count would outlive or undo.
 */
export async function limit(name: LimitName, key: string): Promise<void> {
  const { most, seconds } = LIMITS[name]
  const db = await getDbOfEveryOrganisation()
  const isOver = sql`${limitCounts.endsAt} <= now()`
  const [counted] = await db
    .insert(limitCounts)
    .values({ name, key, count: 1, endsAt: sql`now() + make_interval(secs => ${seconds})` })
    .onConflictDoUpdate({
      target: [limitCounts.name, limitCounts.key],
      set: {
        count: sql`case when ${isOver} then 1 else ${limitCounts.count} + 1 end`,
        endsAt: sql`case when ${isOver} then excluded.ends_at else ${limitCounts.endsAt} end`,
      },
      setWhere: sql`${isOver} or ${limitCounts.count} < ${most()}`,
    })
    .returning({ count: limitCounts.count })
  if (!counted) throw new TooMany(name, await readWait(name, key))
  if (counted.count === 1) await deleteExpiredCounts()
}

/** Whole seconds until the window under way ends, at least one. */
async function readWait(name: LimitName, key: string): Promise<number> {
  const db = await getDbOfEveryOrganisation()
  const [found] = await db
    .select({ seconds: sql<number>`ceil(extract(epoch from ${limitCounts.endsAt} - now()))::int` })
    .from(limitCounts)
    .where(and(eq(limitCounts.name, name), eq(limitCounts.key, key)))
  return Math.max(found?.seconds ?? 1, 1)
}

/**
 * Expired counts that are deleted when a window begins. More than one, so that deleting keeps up with whoever comes from
 * ever new addresses, and no more than some, so that no visitor waits for it.
 */
const EXPIRED_AT_ONCE = 50

async function deleteExpiredCounts(): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  const expired = db
    .select({ name: limitCounts.name, key: limitCounts.key })
    .from(limitCounts)
    .where(sql`${limitCounts.endsAt} <= now()`)
    .orderBy(limitCounts.endsAt)
    .limit(EXPIRED_AT_ONCE)
    // A row that somebody else counts in at this moment, or deletes, is left to them.
    .for('update', { skipLocked: true })
  await db.delete(limitCounts).where(sql`(${limitCounts.name}, ${limitCounts.key}) in ${expired}`)
}

/**
 * Counts a visitor who may be anybody: for the network of their address first, then for everybody together, so that a
 * network which is refused uses up nothing of what is left for others. Without an address only the latter is counted.
 * Throws {@link TooMany}.
 */
export async function limitVisitor(
  name: 'sign_in' | 'callback' | 'feed_refused',
  address: string | null,
): Promise<void> {
  if (address !== null) await limit(name, hashNetwork(networkOf(address)))
  await limit(`${name}_all`, 'all')
}

/** Addresses are personal data, so the database keeps a keyed hash. All processes of a portal have the same secret. */
function hashNetwork(network: string): string {
  return createHmac('sha256', env().authSecret).update(`limit ${network}`).digest('base64url')
}
