import { and, eq, sql } from 'drizzle-orm'
import { getDbOfEveryOrganisation } from '@/db/client'
import { limitLeases } from '@/db/schema/limits'
import { LEASES, type LeaseName, TooMany } from './limits'
import { log } from './log'

/** Seconds after which it is worth trying again: nobody knows when one of those under way ends, but most end soon. */
const TRY_AGAIN_SECONDS = 5

/**
 * Takes one of the places there are for work of a kind, for a member. Gives the function that frees it, which may be
 * called more than once. Throws {@link TooMany} when the member, or everybody together, has no place left.
 */
export async function takeLease(name: LeaseName, memberId: string): Promise<() => Promise<void>> {
  const { each, all, seconds } = LEASES[name]
  const db = await getDbOfEveryOrganisation()
  const id = await db.transaction(async (tx) => {
    // Two requests that count at the same time would both find the last place free.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`lease ${name}`}, 0))`)
    await tx.delete(limitLeases).where(and(eq(limitLeases.name, name), sql`${limitLeases.expiresAt} <= now()`))
    const [taken] = await tx
      .select({
        all: sql<number>`count(*)::int`,
        each: sql<number>`(count(*) filter (where ${limitLeases.key} = ${memberId}))::int`,
      })
      .from(limitLeases)
      .where(eq(limitLeases.name, name))
    if (!taken || taken.all >= all || taken.each >= each) return null
    const [lease] = await tx
      .insert(limitLeases)
      .values({ name, key: memberId, expiresAt: sql`now() + make_interval(secs => ${seconds})` })
      .returning({ id: limitLeases.id })
    return lease?.id ?? null
  })
  if (id === null) throw new TooMany(name, TRY_AGAIN_SECONDS)
  return async () => {
    try {
      await db.delete(limitLeases).where(eq(limitLeases.id, id))
    } catch (error) {
      // What the work gave or threw is worth more, and the place is free again when its time is over.
      log().warn({ event: 'lease_not_freed', lease: name, error })
    }
  }
}

/** Does some work in one of the places for it. Throws {@link TooMany} without having begun, and whatever the work throws. */
export async function withLease<T>(name: LeaseName, memberId: string, work: () => Promise<T>): Promise<T> {
  const free = await takeLease(name, memberId)
  try {
    return await work()
  } finally {
    await free()
  }
}

/** The same stream, in one of the places for it until it was read to its end, failed, or was given up by the browser. */
export async function streamWithLease(
  name: LeaseName,
  memberId: string,
  open: () => ReadableStream<Uint8Array>,
): Promise<ReadableStream<Uint8Array>> {
  const free = await takeLease(name, memberId)
  const reader = open().getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (value) return controller.enqueue(value)
        if (done) controller.close()
      } catch (error) {
        await free()
        throw error
      }
      await free()
    },
    async cancel(reason) {
      await reader.cancel(reason).finally(free)
    },
  })
}
