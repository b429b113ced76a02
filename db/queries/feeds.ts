import { and, asc, desc, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { feeds } from '@/db/schema/feeds'
import { members } from '@/db/schema/organisations'

export type FeedRow = Awaited<ReturnType<typeof listFeeds>>[number]

/** The feeds of the member who asks, or, for an owner, of everybody: the newest first, each with who made it. */
export async function listFeeds(actor: Actor) {
  const db = await getDb(actor)
  return db
    .select({
      id: feeds.id,
      name: feeds.name,
      query: feeds.query,
      memberId: feeds.memberId,
      memberName: members.name,
      createdAt: feeds.createdAt,
      lastUsedAt: feeds.lastUsedAt,
    })
    .from(feeds)
    .innerJoin(members, and(eq(members.organisationId, feeds.organisationId), eq(members.id, feeds.memberId)))
    .where(
      and(
        eq(feeds.organisationId, actor.organisationId),
        actor.role === 'owner' ? undefined : eq(feeds.memberId, actor.memberId),
      ),
    )
    .orderBy(desc(feeds.createdAt), asc(feeds.id))
}
