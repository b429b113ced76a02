import { and, asc, desc, eq, isNull, or, type SQL } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { members } from '@/db/schema/organisations'
import { savedViews } from '@/db/schema/saved-views'
import { type ListAddress, SAVED_VIEWS_LISTED } from '@/lib/domain/saved-views'
import { inOrder } from './fleet'

/** Whether the actor can open a saved view: their own, and what others share. */
export const isOpenTo = ({ organisationId, memberId }: Actor): SQL | undefined =>
  and(eq(savedViews.organisationId, organisationId), or(eq(savedViews.memberId, memberId), eq(savedViews.shared, true)))

export const isMaker = and(eq(members.organisationId, savedViews.organisationId), eq(members.id, savedViews.memberId))

/**
 * The saved views of one list that the actor can open, each with who made it: their own by name, then those that others share. Of many
 * only the first {@link SAVED_VIEWS_LISTED} are given; the others are found by their names.
 *
 * @returns the views, and whether there are more
 */
export async function listSavedViews(actor: Actor, { list, connectionId }: Omit<ListAddress, 'query'>) {
  const db = await getDb(actor)
  const found = await db
    .select({
      id: savedViews.id,
      name: savedViews.name,
      query: savedViews.query,
      shared: savedViews.shared,
      memberId: savedViews.memberId,
      memberName: members.name,
    })
    .from(savedViews)
    .innerJoin(members, isMaker)
    .where(
      and(
        isOpenTo(actor),
        eq(savedViews.list, list),
        connectionId === null ? isNull(savedViews.connectionId) : eq(savedViews.connectionId, connectionId),
      ),
    )
    .orderBy(desc(eq(savedViews.memberId, actor.memberId)), asc(inOrder(savedViews.name)), asc(savedViews.id))
    .limit(SAVED_VIEWS_LISTED + 1)
  return { views: found.slice(0, SAVED_VIEWS_LISTED), hasMore: found.length > SAVED_VIEWS_LISTED }
}
