import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { isGuid } from '@/db/queries/input'
import { feeds } from '@/db/schema/feeds'
import { members } from '@/db/schema/organisations'
import { audit, mayDo, NotFound } from '@/lib/actor'

/**
 * Revokes a feed: its token reads nothing from now on. Members revoke their own, owners those of anybody. It takes something away, so
 * it asks for no fresh sign-in. Throws {@link NotFound}, also for the feed of somebody else.
 */
export async function revokeFeed(actor: Actor, feedId: string): Promise<void> {
  if (!isGuid(feedId)) throw new NotFound('There is no such feed.')
  const { organisationId, memberId } = actor
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const [revoked] = await tx
      .delete(feeds)
      .where(
        and(
          eq(feeds.organisationId, organisationId),
          eq(feeds.id, feedId),
          mayDo(actor.role, 'revoke_feeds') ? undefined : eq(feeds.memberId, memberId),
        ),
      )
      .returning({ name: feeds.name, memberId: feeds.memberId })
    if (!revoked) throw new NotFound('There is no such feed.')
    const [maker] = await tx
      .select({ name: members.name })
      .from(members)
      .where(and(eq(members.organisationId, organisationId), eq(members.id, revoked.memberId)))
    const madeBy = revoked.memberId === memberId ? null : (maker?.name ?? null)
    await audit(tx, actor, { action: 'feed.revoked', subject: revoked.name, details: { made_by: madeBy } })
  })
}

/** Revokes all feeds of a member who is removed. Gives how many there were. */
export async function revokeFeedsOf(tx: Transaction, organisationId: string, memberId: string): Promise<number> {
  const revoked = await tx
    .delete(feeds)
    .where(and(eq(feeds.organisationId, organisationId), eq(feeds.memberId, memberId)))
    .returning({ id: feeds.id })
  return revoked.length
}
